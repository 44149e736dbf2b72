/** Owns: the comparison on one page: of each work, how many times as fast Adjoint's best is as the best of each kind of peer. */

import type { Report } from "../report.ts";
import { isOurs, type Row } from "./compare.ts";

export interface SummaryRow {
  readonly work: string;
  readonly best: string;
  /** The fastest library of JavaScript, and how many times as fast Adjoint is. */
  readonly peer: string | null;
  readonly overPeer: number | null;
  readonly overHand: number | null;
  /** By PyTorch's label. */
  readonly overTorch: Readonly<Record<string, number>>;
}

const isTorch = ({ label }: Row): boolean => label.startsWith("PyTorch");
const isHand = ({ label }: Row): boolean => label === "by hand";

export function summarise(report: Report, rows: readonly Row[]): readonly SummaryRow[] {
  const works = [...new Set(rows.map(({ work }) => work))];
  const summary = works.flatMap((work): SummaryRow[] => {
    const own = rows.filter((row) => row.work === work);
    const ours = fastest(own.filter(isOurs));
    if (ours === null) return [];
    const over = (row: Row | null): number | null => (row === null ? null : ours.stepsPerSecond / row.stepsPerSecond);
    const peer = fastest(own.filter((row) => !isOurs(row) && !isTorch(row) && !isHand(row)));
    return [
      {
        work,
        best: ours.label,
        peer: peer?.label ?? null,
        overPeer: over(peer),
        overHand: over(own.find(isHand) ?? null),
        overTorch: Object.fromEntries(
          own.filter(isTorch).map((row) => [row.label, ours.stepsPerSecond / row.stepsPerSecond]),
        ),
      },
    ];
  });
  const torches = [...new Set(rows.filter(isTorch).map(({ label }) => label))];
  report.heading(
    "In short",
    "How many times as fast Adjoint's best is, one thread against one thread: ratios of medians.",
  );
  report.table(
    ["", "Adjoint's best", "fastest of JavaScript", "times", "by hand", ...torches],
    summary.map(({ work, best, peer, overPeer, overHand, overTorch }) => [
      work,
      best.replace("Adjoint ", ""),
      peer ?? "",
      times(overPeer),
      times(overHand),
      ...torches.map((label) => times(overTorch[label] ?? null)),
    ]),
  );
  return summary;
}

function fastest(rows: readonly Row[]): Row | null {
  return rows.reduce<Row | null>(
    (best, row) => (best === null || row.stepsPerSecond > best.stepsPerSecond ? row : best),
    null,
  );
}

function times(ratio: number | null): string {
  if (ratio === null) return "";
  return ratio >= 100 ? Math.round(ratio).toLocaleString("en-US") : ratio.toFixed(2);
}
