/** Owns: that a summary leaves nothing out, over pages with recurrences, repeated blocks and layers within layers. */

import { summarise } from "@adjoint/compiler";
import { load, memoryHost } from "@adjoint/dsl";
import { expect, test } from "vitest";

const pages = {
  "a layer": "model M { input x[4] target y[2] h = dense(x, units: 2, activation: tanh) loss mse(h, y) }",
  "a recurrence":
    "model M { input x[5, 3] target y[2] scan t { carry h[2] = 0 z = h + dense(x[t, ..], units: 2) h <- tanh(z) } o[i] = h[4, i] loss mse(o, y) }",
  "two carried values":
    "model M { input x[5] target y param w ~ ones scan t { carry a = 0 carry b = 1 a <- w * sin(a) + b * x[t] b <- cos(b) + a } loss (a[4] * b[4] - y)^2 }",
  "repeated blocks":
    "model M { input x[4] target y h = x repeat 3 { h = h + dense(h, units: 4, activation: tanh) } repeat k < 2 { h = dense(h, units: 2 - k) } loss (h[0] - y)^2 }",
};

test.each(Object.entries(pages))("the rows of %s add up to the total", (_, page) => {
  const { program } = load("m.adj", memoryHost({ "m.adj": page }));
  const model = program?.models[0];
  if (model === undefined) throw new Error("the page has errors");
  const { rows, total } = summarise(model);
  const sum = (of: (row: (typeof rows)[number]) => number | undefined) =>
    rows.reduce((all, row) => all + (of(row) ?? 0), 0);
  expect(sum((row) => row.backward?.operations)).toBe(total.backward?.operations);
  expect(sum((row) => row.backward?.multiplyAdds)).toBe(total.backward?.multiplyAdds);
  expect(sum((row) => row.forward.operations)).toBe(total.forward.operations);
  expect(sum((row) => row.trainable)).toBe(total.trainable);
  // The work is in the first statement of each page, and is counted there, not for the loss that asked for it.
  const [first, ...others] = rows.map(({ backward }) => backward?.operations ?? 0);
  expect(first).toBeGreaterThan(Math.max(...others));
});
