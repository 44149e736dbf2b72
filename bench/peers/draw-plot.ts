/** Owns: the picture of the comparison: how fast everyone is on every piece of work, relative to the fastest peer. */

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { isOurs, type Row } from "./sections/compare.ts";

/** By the beginning of a label; the first that fits. */
const colours: readonly (readonly [start: string, colour: string])[] = [
  ["Adjoint ts, forward()", "#8ab8e6"],
  ["Adjoint ts", "#2f74c0"],
  ["Adjoint wasm, fused", "#c2185b"],
  ["Adjoint wasm", "#654ff0"],
  ["by hand", "#222222"],
  ["TensorFlow.js cpu", "#ffcc80"],
  ["TensorFlow.js wasm", "#ff8f00"],
  ["jax-js", "#0f9d58"],
  ["convnetjs", "#8d6e63"],
  ["synaptic", "#afb42b"],
  ["brain.js", "#00acc1"],
  ["PyTorch eager, reference", "#f2a99b"],
  ["PyTorch", "#d84315"],
];
const width = 920;
const [legendColumns, legendRow] = [4, 20];

/** A standalone SVG. */
export function drawPlot(rows: readonly Row[]): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const best = new Map<string, number>();
  for (const row of rows) if (!isOurs(row)) best.set(row.work, Math.max(best.get(row.work) ?? 0, row.stepsPerSecond));
  const points = rows.flatMap((row) => {
    const peer = best.get(row.work);
    return peer === undefined ? [] : [{ ...row, ratio: row.stepsPerSecond / peer, ours: isOurs(row) }];
  });
  const labels = [...new Set(points.map(({ label }) => label))];
  const leading = [...best.keys()].flatMap((work) => {
    const ours = points.filter((point) => point.work === work && point.ours);
    return ours.toSorted((a, b) => b.ratio - a.ratio).slice(0, 1);
  });
  const [top, height] = [legendRow * Math.ceil(labels.length / legendColumns) + 24, 70 + 34 * best.size];
  const plot = Plot.plot({
    document,
    width,
    height,
    marginLeft: 290,
    marginRight: 40,
    style: { background: "white", fontSize: "12px" },
    x: { type: "log", label: "times as fast as the fastest peer →", grid: true, tickFormat: "~g" },
    y: { label: null, domain: [...best.keys()] },
    color: { domain: labels, range: labels.map(colourOf) },
    marks: [
      Plot.ruleX([1], { stroke: "#555" }),
      Plot.dot(points, { x: "ratio", y: "work", fill: "label", r: (point) => (point.ours ? 5.5 : 4) }),
      Plot.text(leading, {
        x: "ratio",
        y: "work",
        text: ({ ratio }: Ratio) => `${Number(ratio.toPrecision(2))}×`,
        dy: -12,
      }),
    ],
  });
  const legend = labels.map((label, k) => {
    const [x, y] = [20 + (k % legendColumns) * 220, 20 + Math.floor(k / legendColumns) * legendRow];
    return `<circle cx="${x}" cy="${y - 4}" r="5" fill="${colourOf(label)}"/><text x="${x + 10}" y="${y}">${label}</text>`;
  });
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + height}" viewBox="0 0 ${width} ${top + height}">`;
  return `${head}
<rect width="100%" height="100%" fill="white"/>
<g font-family="system-ui, sans-serif" font-size="12">
${legend.join("\n")}
</g>
${plot.outerHTML.replace("<svg", `<svg y="${top}"`)}
</svg>
`;
}

interface Ratio {
  readonly ratio: number;
}

function colourOf(label: string): string {
  return colours.find(([start]) => label.startsWith(start))?.[1] ?? "#888888";
}
