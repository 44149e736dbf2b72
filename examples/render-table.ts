/** Owns: the table of the tutorials' numbers as text. */

import { agrees, type TutorialRow } from "./tutorial-table.ts";

/** Expected beside computed, a line a number, under a heading for each example. */
export function renderTutorialTable(rows: readonly TutorialRow[]): readonly string[] {
  const cells = rows.map((row) => ({
    example: row.example,
    texts: [row.quantity, row.expected, show(row.computed), agrees(row) ? "✓" : "✗", remark(row)],
  }));
  const widths = [0, 1, 2].map((k) => Math.max(...cells.map(({ texts }) => texts[k]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, k) => (k === 0 ? text.padEnd(widths[k] ?? 0) : text.padStart(widths[k] ?? 0)))
      .join("  ")
      .trimEnd();
  return cells.flatMap(({ example, texts }, k) => [
    ...(cells[k - 1]?.example === example ? [] : [...(k === 0 ? [] : [""]), example]),
    `  ${line(texts)}`,
  ]);
}

function show(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(6);
}

function remark({ carried, lastDigit }: TutorialRow): string {
  if (carried !== null) return `${show(carried.value)} with ${carried.because}`;
  return lastDigit === "cut off" ? "the tutorial cuts the last digit off" : "";
}
