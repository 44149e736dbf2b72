/** Owns: the picture of the comparison: steps a second of everyone on every piece of work, relative to the fastest peer. */

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { isOurs, type Row } from "./sections/compare.ts";

/** A standalone SVG. */
export function drawPlot(rows: readonly Row[]): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const best = new Map<string, number>();
  for (const { work, label, stepsPerSecond } of rows) {
    if (!isOurs({ label })) best.set(work, Math.max(best.get(work) ?? 0, stepsPerSecond));
  }
  const points = rows.flatMap((row) => {
    const peer = best.get(row.work);
    return peer === undefined ? [] : [{ ...row, ratio: row.stepsPerSecond / peer }];
  });
  const plot = Plot.plot({
    document,
    width: 860,
    height: 60 + 42 * best.size,
    marginLeft: 230,
    style: { background: "white", fontSize: "12px" },
    x: { type: "log", label: "steps a second, where the fastest peer is 1", grid: true },
    y: { label: null, domain: [...best.keys()] },
    color: { legend: true },
    marks: [
      Plot.ruleX([1]),
      Plot.dot(points, { x: "ratio", y: "work", fill: "label", r: 5, symbol: "circle" }),
      Plot.text(
        points.filter(({ label }) => label.startsWith("Adjoint wasm")),
        { x: "ratio", y: "work", text: ({ ratio }: { ratio: number }) => `${ratio.toFixed(1)}×`, dy: -10 },
      ),
    ],
  });
  return `${plot.outerHTML}\n`;
}
