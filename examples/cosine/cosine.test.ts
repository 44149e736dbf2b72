import { renderDerivation } from "@adjoint/compiler";
import { expect, test } from "vitest";
import { openExample } from "../workbench.ts";

const { call, explainFunction } = await openExample("cosine");

test.each([-3, -1.2, 0, 0.5, 1.2, 40])("value and derivative at x = %d", (x) => {
  const d = Math.sin(x ** 2) + 3 * x ** 2;
  expect(call("J", x)).toBeCloseTo(Math.cos(d), 12);
  expect(call("J_dx", x)).toBeCloseTo(-Math.sin(d) * (Math.cos(x ** 2) * 2 * x + 6 * x), 10);
});

test("explain writes the tutorial's steps, local derivatives and two paths", () => {
  expect(renderDerivation(explainFunction("J", "x", 1.2), { digits: 4 }).join("\n")).toBe(
    `
Forward
  a = x² = 1.2² = 1.44
  b = sin(a) = sin(1.44) = 0.9915
  c = 3·x² = 3·1.2² = 4.32
  d = b + c = 0.9915 + 4.32 = 5.311
  J = cos(d) = cos(5.311) = 0.5639

Chain rule
  dJ/dx = dJ/dd · dd/db · db/da · da/dx
        + dJ/dd · dd/dc · dc/dx

Factors
  dJ/dd = −sin(d) = −sin(5.311) = 0.8261   (0.8259 without earlier rounding)
  dd/db = 1
  db/da = cos(a) = cos(1.44) = 0.1304
  da/dx = 2·x = 2·1.2 = 2.4
  dd/dc = 1
  dc/dx = 6·x = 6·1.2 = 7.2

Product
  dJ/dx = 0.8261 · 1 · 0.1304 · 2.4 + 0.8261 · 1 · 7.2 = 6.206   (6.205 without earlier rounding)`.trim(),
  );
});
