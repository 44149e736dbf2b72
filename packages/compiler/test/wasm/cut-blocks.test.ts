import { expect, test } from "vitest";
import { symbolForm, zeroForm } from "../../src/schedule/index-form.ts";
import type { Access, Item, LoopExpression } from "../../src/schedule/loop-nest.ts";
import { Supply } from "../../src/schedule/supply.ts";
import { findCuts } from "../../src/targets/wasm/cut-blocks.ts";

const supply = new Supply();
const lane = supply.lane(4, "");
let address = 0;
const memory = { id: 0, label: "x", array: "x", size: 0 };

function load(): LoopExpression {
  const at = { ...symbolForm(lane), offset: 4 * address++ };
  return { kind: "load", access: { buffer: memory, at, label: "x" } };
}

/** rows × columns sums of products: each row's factor and each column's is loaded once. */
function tile(rows: number, columns: number): readonly Item[] {
  const named = (): { readonly item: Item; readonly value: LoopExpression } => {
    const value = load();
    const symbol = supply.naming(value, "x");
    return {
      item: { kind: "let", symbol, value, origin: null },
      value: { kind: "position", form: symbolForm(symbol) },
    };
  };
  const across = Array.from({ length: columns }, named);
  return [
    ...across.map(({ item }) => item),
    ...Array.from({ length: rows }, named).flatMap((row): readonly Item[] => [
      row.item,
      ...across.map((column): Item => {
        const target: Access = { buffer: supply.local("sum", 4), at: zeroForm, label: "sum" };
        const value: LoopExpression = { kind: "apply", fn: "mul", args: [row.value, column.value] };
        return { kind: "store", target, operator: "sum", value, origin: null };
      }),
    ]),
  ];
}

const cutsOf = (body: readonly Item[]): readonly number[] =>
  [...findCuts(body, supply.locals)].map((item) => body.indexOf(item));

test("a tile whose sums and loads fit into registers together is one block", () => {
  expect(cutsOf(tile(4, 2))).toEqual([]);
  expect(cutsOf(tile(3, 3))).toEqual([]);
});

test("a tile of eight sums that loads nine vectors is cut in half, in front of its fifth sum", () => {
  const body = tile(8, 1);
  const sums = body.filter(({ kind }) => kind === "store");
  expect(cutsOf(body)).toEqual([body.indexOf(sums[4] ?? body[0]!)]);
});

test("where sums alone fill the registers, cuts leave no more of them", () => {
  expect(cutsOf(tile(4, 4))).toEqual([]);
});

test("what stores to memory keeps its order by itself", () => {
  const stored: Item = {
    kind: "store",
    target: { buffer: memory, at: symbolForm(lane), label: "x" },
    operator: "set",
    value: load(),
    origin: null,
  };
  expect(cutsOf([...tile(8, 1), stored])).toEqual([]);
});
