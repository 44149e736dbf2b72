/**
 * Owns: a series of numbers as a line of blocks (sparkline) and as a chart of a few lines (curve). Both turn logarithmic
 * where the values are positive and the greatest is many times the least: a loss that falls keeps its shape to the end.
 */

import asciichart from "asciichart";
import { formatNumber } from "./numbers.ts";

const blocks = "▁▂▃▄▅▆▇█";
const manyTimes = 20;

/** At most `width` blocks, from the least value to the greatest; what isn't finite is a blank. */
export function sparkline(values: readonly number[], width: number): string {
  const { points } = scaled(resample(values, width));
  const finite = points.filter(Number.isFinite);
  const least = Math.min(...finite);
  const range = Math.max(...finite) - least;
  return points
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      const level = range === 0 ? 0 : Math.round(((value - least) / range) * (blocks.length - 1));
      return blocks[level] ?? " ";
    })
    .join("");
}

/** A chart of `height + 1` lines, its values labelled at the left; none if there are fewer than two finite values. */
export function curve(values: readonly number[], width: number, height = 8): readonly string[] {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return [];
  const label = 10;
  const { points, valueAt } = scaled(resample(finite, Math.max(2, width - label - 2)));
  const chart = asciichart.plot([...points], {
    height,
    format: (point) => formatNumber(valueAt(point), 3).padStart(label),
  });
  return chart.split("\n").map((line) => line.trimEnd());
}

/** At most `count` values: the means of as many equal stretches. */
export function resample(values: readonly number[], count: number): readonly number[] {
  if (values.length <= count) return values;
  return Array.from({ length: count }, (_, k) => {
    const start = Math.floor((k * values.length) / count);
    const end = Math.floor(((k + 1) * values.length) / count);
    let sum = 0;
    for (let n = start; n < end; n++) sum += values[n] ?? 0;
    return sum / (end - start);
  });
}

/** The heights at which to draw the values, and the value that a height stands for. */
function scaled(values: readonly number[]): {
  readonly points: readonly number[];
  readonly valueAt: (point: number) => number;
} {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(...finite);
  if (least > 0 && Math.max(...finite) > manyTimes * least) return { points: values.map(Math.log), valueAt: Math.exp };
  return { points: values, valueAt: (point) => point };
}
