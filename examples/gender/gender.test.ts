import { expect, test } from "vitest";
import { flat, openExample } from "../workbench.ts";

const { begin, read } = await openExample("gender");
const people = read("people.csv");

test.each([0, 1, 2, 7])("learns the four people in 1,000 epochs, from seed %d", async (seed) => {
  const network = begin({ seed });
  const losses: number[] = [];
  for await (const { loss } of network.train(people)) losses.push(loss);
  expect(losses).toHaveLength(1000);
  expect(network.evaluate(people).loss).toBeLessThan(0.005);
  const { o: female } = network.predict({ x: [-7, -3] });
  const { o: male } = network.predict({ x: [20, 2] });
  expect(flat(female)[0]).toBeGreaterThan(0.9);
  expect(flat(male)[0]).toBeLessThan(0.1);
});
