import { expect, test } from "vitest";
import { agrees, tutorialTable } from "./tutorial-table.ts";

const rows = await tutorialTable();

test.each(rows)("$example: $quantity is $expected", (row) => {
  expect(agrees(row), `${row.computed}, carried ${row.carried?.value}`).toBe(true);
});

test("where a tutorial carries a rounded number on, the table says which, and both results are close", () => {
  const carried = rows.filter((row) => row.carried !== null);
  expect(carried.map(({ quantity }) => quantity)).toEqual([
    "∂L/∂y",
    "∂L/∂w₁",
    "∂h₁/∂b₁",
    "∂h₁/∂b₁, short",
    "dLoss/dw₂₁₁",
    "do₁₁/dh₁₁",
    "dLoss/dw₁₁₁",
  ]);
  for (const { computed, carried: own } of carried)
    expect(Math.abs((own?.value ?? 0) / computed - 1)).toBeLessThan(0.01);
});
