import { expect, test } from "vitest";
import { openExample } from "../workbench.ts";

test("the loss of several people is the mean of their losses, (1 + 0 + 0 + 1) / 4", async () => {
  const { begin, read } = await openExample("mse");
  expect(begin().evaluate(read("data.json")).loss).toBe(0.5);
});

test("a network without weights has no gradients", async () => {
  const { begin, read } = await openExample("mse");
  expect(begin().gradients(read("data.json"))).toEqual({});
});
