/** Owns: a series of numbers as a line of blocks (sparkline) and as a chart of a few lines (curve). */

import asciichart from "asciichart";
import { formatNumber } from "./numbers.ts";

const blocks = "▁▂▃▄▅▆▇█";

/** At most `width` blocks, from the least value to the greatest; what isn't finite is a blank. */
export function sparkline(values: readonly number[], width: number): string {
  const points = resample(values, width);
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

/** A chart of `height + 1` lines, its values labelled at the left; empty if there are fewer than two finite values. */
export function curve(values: readonly number[], width: number, height = 8): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return "";
  const label = 10;
  const points = resample(finite, Math.max(2, width - label - 2));
  return asciichart.plot(points, { height, format: (value) => formatNumber(value, 3).padStart(label) });
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
