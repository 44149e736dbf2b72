import { expect, test } from "vitest";
import { flat, openExample } from "../workbench.ts";

test("learns sin(t) from u″ + u = 0 and its boundary values alone, to 1e-3", async () => {
  const { begin, read } = await openExample("harmonic-oscillator");
  const network = begin();
  for await (const _epoch of network.train(read("times.csv"))) {
    // As the page says.
  }
  const between = Array.from({ length: 101 }, (_, k) => (k / 100) * (Math.PI / 2));
  const errors = between.map((t) => {
    const { u } = network.predict({ t: [t] });
    return Math.abs((flat(u)[0] ?? Number.NaN) - Math.sin(t));
  });
  expect(Math.max(...errors)).toBeLessThan(1e-3);
  expect(errors[0]).toBe(0);
  expect(errors.at(-1)).toBeLessThan(1e-15);
});
