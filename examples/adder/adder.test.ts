import { describe, expect, test } from "vitest";
import { openExample } from "../workbench.ts";
import { answers, classesOf, drawSums, written } from "./sums.ts";

describe("sums", () => {
  test("are written with leading zeros, and their answers from the last digit on", () => {
    expect(written({ a: 127, b: 45 }, 3)).toEqual({ question: "127+045=", answer: "2710" });
    expect([...classesOf([{ a: 7, b: 5 }], 1).text]).toEqual([7, 10, 5, 11, 2]);
    expect([...classesOf([{ a: 7, b: 5 }], 1).answer]).toEqual([2, 1]);
  });

  test("to be asked for are not learnt from, the other way round either", () => {
    const { learnt, held } = drawSums(2, 9000, 200, 0);
    const key = ({ a, b }: { a: number; b: number }): string => [a, b].sort().join("+");
    const asked = new Set(held.map(key));
    expect([learnt.length, held.length]).toEqual([9000, 200]);
    expect(new Set(learnt.map(({ a, b }) => `${a}+${b}`)).size).toBe(9000);
    expect(learnt.filter((sum) => asked.has(key(sum)))).toEqual([]);
  });
});

// Three digits take half a minute: npm run examples -- adder.
test("adds one digit to one digit after learning from all such sums", async () => {
  const { begin } = await openExample("adder", {
    target: "wasm",
    hyperparameters: { digits: 1, size: 16, heads: 2, depth: 1 },
  });
  const { learnt } = drawSums(1, 100, 0, 0);
  const net = begin();
  for await (const _ of net.train({ ...classesOf(learnt, 1) }, { epochs: 300, every: 300, batch: 20 }));
  expect(answers(net, learnt, 1)).toEqual(learnt.map(({ a, b }) => a + b));
});
