import { expect, test } from "vitest";
import { type IndexForm, symbolForm, zeroForm } from "../../src/schedule/index-form.ts";
import type { Access, Item, LoopExpression, StoreItem } from "../../src/schedule/loop-nest.ts";
import { shareValues } from "../../src/schedule/share-values.ts";
import { Supply } from "../../src/schedule/supply.ts";

const supply = new Supply();
const i = supply.loop(8, "i");
const memory = { id: 1, label: "w", array: "w", size: 0 };
const access = (at: IndexForm): Access => ({ buffer: memory, at, label: "w" });
const load = (at: IndexForm): LoopExpression => ({ kind: "load", access: access(at) });

function sum(value: LoopExpression): StoreItem {
  const target: Access = { buffer: supply.local("sum"), at: zeroForm, label: "sum" };
  return { kind: "store", target, operator: "sum", value, origin: null };
}

function guarded(value: LoopExpression): LoopExpression {
  return { kind: "guard", bounds: [{ form: symbolForm(i), least: 2, limit: null }], value, fill: 0 };
}

/** `let` for what is loaded in front, then what each store has as its value. */
function shapesOf(items: readonly Item[]): readonly string[] {
  return shareValues(items, supply.locals, supply).map((item) => {
    if (item.kind !== "store") return item.kind;
    return item.value.kind === "guard" ? `guarded ${item.value.value.kind}` : item.value.kind;
  });
}

test("what a block reads in any case is loaded once, also for those who read it within bounds", () => {
  const w = symbolForm(i);
  expect(shapesOf([sum(guarded(load(w))), sum(load(w))])).toEqual(["let", "guarded position", "position"]);
});

test("what is read within bounds only is loaded nowhere else", () => {
  const w = symbolForm(i);
  expect(shapesOf([sum(guarded(load(w))), sum(guarded(load(w)))])).toEqual(["guarded load", "guarded load"]);
});

test("what is read in any case only after it was overwritten is another value", () => {
  const w = symbolForm(i);
  const overwrite: Item = { kind: "store", target: access(w), operator: "sum", value: load(zeroForm), origin: null };
  expect(shapesOf([sum(guarded(load(w))), overwrite, sum(load(w))])).toEqual(["guarded load", "load", "load"]);
});
