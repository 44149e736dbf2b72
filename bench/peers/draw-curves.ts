/** Owns: the picture of the cost curves: steps a second above, milliseconds of compiling below, both by size. */

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Curve } from "./sections/cost-curves.ts";

const [width, height] = [1100, 280];

/** A standalone SVG. */
export function drawCurves(curves: readonly Curve[]): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const points = curves.flatMap(({ series, axis, target, points: all }) =>
    all.map((point) => ({ ...point, series: `${series}: ${axis}`, target, compile: Math.max(1, point.compile) })),
  );
  const panel = (measure: "stepsPerSecond" | "compile", label: string): string => {
    const channels = { x: "size", y: measure, stroke: "target", fx: "series" };
    return Plot.plot({
      document,
      width,
      height,
      marginLeft: 60,
      style: { background: "white", fontSize: "12px" },
      fx: { label: null, domain: [...new Set(points.map(({ series }) => series))] },
      x: { type: "log", base: 2, label: "size", grid: true, ticks: 5 },
      y: { type: "log", label, grid: true, inset: 14 },
      color: { domain: ["ts", "wasm"], range: ["#3178c6", "#654ff0"] },
      marks: [
        Plot.frame({ stroke: "#ddd" }),
        Plot.line(points, channels),
        Plot.dot(points, { ...channels, r: 2.5, fill: "target" }),
        Plot.text(measure === "compile" ? [] : firsts(points), {
          x: "size",
          y: measure,
          fx: "series",
          text: "target",
          fill: "target",
          dx: 6,
          dy: -8,
          textAnchor: "start",
        }),
      ],
    }).outerHTML;
  };
  const place = (svg: string, y: number): string => svg.replace("<svg", `<svg y="${y}"`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${2 * height}" viewBox="0 0 ${width} ${2 * height}">
${place(panel("stepsPerSecond", "steps a second"), 0)}
${place(panel("compile", "compiling, ms"), height)}
</svg>
`;
}

/** The first point of each curve, where its name is written. */
function firsts<P extends { readonly series: string; readonly target: string }>(points: readonly P[]): readonly P[] {
  return points.filter(
    (point, k) => points.findIndex(({ series, target }) => series === point.series && target === point.target) === k,
  );
}
