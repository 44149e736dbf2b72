/** Owns: a run's history as data. Reports are plain data already, and so is a list of them; this is their table. */

import type { EpochReport } from "./report.ts";

/**
 * The reports of a run as CSV, a line each: epoch, step, loss, metrics, then loss and metrics of the validation as
 * `validation_…`. A number's shortest decimal form reads back as the same number.
 */
export function historyCsv(
  reports: readonly Pick<EpochReport<object>, "epoch" | "step" | "loss" | "metrics" | "validation">[],
): string {
  const rows = reports.map(({ epoch, step, loss, metrics, validation }) => {
    const measured = validation === null ? [] : [["loss", validation.loss], ...Object.entries(validation.metrics)];
    return new Map<string, unknown>([
      ["epoch", epoch],
      ["step", step],
      ["loss", loss],
      ...Object.entries(metrics),
      ...measured.map(([name, value]) => [`validation_${name}`, value] as const),
    ]);
  });
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const lines = rows.map((row) => names.map((name) => String(row.get(name) ?? "")).join(","));
  return `${[names.join(","), ...lines].join("\n")}\n`;
}
