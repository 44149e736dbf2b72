import { describe, expect, it } from "vitest";
import { accumulateInRegisters } from "../../src/schedule/accumulate-in-registers.ts";
import { contractBuffers } from "../../src/schedule/contract-buffers.ts";
import { hoistInvariants } from "../../src/schedule/hoist-invariants.ts";
import { combineForms, type IndexSymbol, symbolForm, zeroForm } from "../../src/schedule/index-form.ts";
import {
  type Access,
  type Bound,
  type Buffer,
  forEachExpression,
  forEachLeaf,
  type Item,
  type LoopExpression,
  type StoreItem,
} from "../../src/schedule/loop-nest.ts";
import { mergeLoops } from "../../src/schedule/merge-loops.ts";
import { restrictLoops } from "../../src/schedule/restrict-loops.ts";
import { shareValues } from "../../src/schedule/share-values.ts";
import { splitAtBounds } from "../../src/schedule/split-at-bounds.ts";
import { spreadNumbers } from "../../src/schedule/spread-numbers.ts";
import { Supply } from "../../src/schedule/supply.ts";

/** A small notation for loop programs. */
let nextId = 0;
const buffer = (label: string, size = 8, array: string | null = null): Buffer => ({ id: nextId++, label, array, size });
const index = (extent = 8): IndexSymbol => ({ id: nextId++, kind: "loop", extent, label: "" });
const at = (b: Buffer, symbol: IndexSymbol | null, offset = 0): Access => {
  const form = symbol === null ? zeroForm : symbolForm(symbol);
  return { buffer: b, at: { ...form, offset }, label: b.label };
};
const load = (access: Access): LoopExpression => ({ kind: "load", access });
const exp = (value: LoopExpression): LoopExpression => ({ kind: "apply", fn: "exp", args: [value] });
const set = (target: Access, value: LoopExpression): StoreItem => {
  return { kind: "store", target, operator: "set", value, origin: null };
};
const add = (target: Access, value: LoopExpression): StoreItem => ({ ...set(target, value), operator: "sum" });
const loop = (symbol: IndexSymbol, ...body: Item[]): Item => ({ kind: "loop", symbol, body });
const symbols = new Supply();
const none: ReadonlySet<Buffer> = new Set();
const x = buffer("x", 8, "x");

describe("loops merge", () => {
  it("where each iteration reads what the same iteration wrote", () => {
    const [s, y, i, j] = [buffer("s"), buffer("y", 8, "y"), index(), index()];
    const items = [loop(i, set(at(s, i), exp(load(at(x, i))))), loop(j, set(at(y, j), load(at(s, j))))];
    expect(mergeLoops(items)).toHaveLength(1);
  });

  it.each([1, -1])("but not where it reads another iteration's: offset %d", (offset) => {
    const [s, y, i, j] = [buffer("s", 16), buffer("y", 8, "y"), index(), index()];
    const items = [loop(i, set(at(s, i, 4), exp(load(at(x, i))))), loop(j, set(at(y, j), load(at(s, j, 4 + offset))))];
    expect(mergeLoops(items)).toHaveLength(2);
  });

  it("nor where it reads a sum that is not complete", () => {
    const [s, y, i, j] = [buffer("s", 1), buffer("y", 8, "y"), index(), index()];
    const items = [loop(i, add(at(s, null), load(at(x, i)))), loop(j, set(at(y, j), load(at(s, null))))];
    expect(mergeLoops(items)).toHaveLength(2);
  });
});

describe("a buffer becomes a local", () => {
  it("where one iteration sets it before it reads it", () => {
    const [s, y, i] = [buffer("s"), buffer("y", 8, "y"), index()];
    const items = [loop(i, set(at(s, i), exp(load(at(x, i)))), set(at(y, i), load(at(s, i))))];
    expect(contractBuffers({ items, result: null })).toEqual(new Set([s]));
  });

  it("but not where it is read outside the loop that sets it", () => {
    const [s, y, i] = [buffer("s", 1), buffer("y", 1, "y"), index()];
    const items = [loop(i, set(at(s, null), load(at(x, i)))), set(at(y, null), load(at(s, null)))];
    expect(contractBuffers({ items, result: null })).toEqual(new Set());
  });

  it("nor where it is added to before it is set", () => {
    const [s, i] = [buffer("s"), index()];
    const items = [loop(i, add(at(s, i), load(at(x, i))))];
    expect(contractBuffers({ items, result: null })).toEqual(new Set());
  });
});

describe("what does not change in a loop moves in front of it", () => {
  it("if nothing in the loop writes what it reads", () => {
    const [c, y, i] = [buffer("c", 1), buffer("y", 8, "y"), index()];
    const [first] = hoistInvariants([loop(i, set(at(y, i), exp(load(at(c, null)))))], none, symbols);
    expect(first?.kind).toBe("let");
  });

  it("and stays otherwise", () => {
    const [c, y, i] = [buffer("c", 1), buffer("y", 8, "y"), index()];
    const items = [loop(i, set(at(y, i), exp(load(at(c, null)))), add(at(c, null), load(at(x, i))))];
    expect(hoistInvariants(items, none, symbols)).toEqual(items);
  });
});

describe("an element is loaded once", () => {
  it("between two writes", () => {
    const [y, i] = [buffer("y", 16, "y"), index()];
    const items = [set(at(y, i), exp(load(at(x, i)))), set(at(y, i, 8), load(at(x, i)))];
    expect(shareValues(items, none, symbols).map(({ kind }) => kind)).toEqual(["let", "store", "store"]);
  });

  it("and anew after a write, whoever makes it", () => {
    const [s, y, i, j] = [buffer("s"), buffer("y", 16, "y"), index(), index()];
    for (const write of [add(at(s, i), load(at(x, i))), loop(j, set(at(s, j), load(at(x, j))))]) {
      const items = [set(at(y, i), exp(load(at(s, i)))), write, set(at(y, i, 8), load(at(s, i)))];
      expect(shareValues(items, none, symbols)).toEqual(items);
    }
  });
});

describe("a sum is kept in a register", () => {
  it("where a loop adds to one address", () => {
    const [s, i] = [buffer("s", 1), index()];
    const supply = new Supply();
    const items = accumulateInRegisters([loop(i, add(at(s, null), load(at(x, i))))], supply);
    expect(supply.locals.size).toBe(1);
    expect(items.map(({ kind }) => kind)).toEqual(["store", "loop", "store"]);
  });

  it("but not where the loop reads that address besides", () => {
    const [s, y, i] = [buffer("s", 1), buffer("y", 8, "y"), index()];
    const items = [loop(i, add(at(s, null), load(at(x, i))), set(at(y, i), load(at(s, null))))];
    expect(accumulateInRegisters(items, new Supply())).toEqual(items);
  });
});

describe("a tensor that is put together from parts", () => {
  const inside = (value: LoopExpression, bound: Bound): LoopExpression => {
    return { kind: "guard", bounds: [bound], value, fill: 0 };
  };
  const plus = (a: LoopExpression, b: LoopExpression): LoopExpression => ({ kind: "apply", fn: "add", args: [a, b] });
  const tests = (items: readonly Item[]): number => {
    let count = 0;
    for (const item of items) {
      forEachLeaf(item, ({ value }) => forEachExpression(value, ({ kind }) => (count += Number(kind === "guard"))));
    }
    return count;
  };

  it("is computed part by part, without tests, each with what computes the part", () => {
    const [a, b, y] = [buffer("a"), buffer("b"), buffer("y", 16, "y")];
    const [i, j, k] = [index(), index(), index(16)];
    const first = inside(load(at(a, k)), { form: symbolForm(k), least: null, limit: 8 });
    const second = inside(load(at(b, k, -8)), { form: symbolForm(k), least: 8, limit: null });
    const whole = loop(k, set(at(y, k), plus(first, second)));
    const items = [loop(i, set(at(a, i), exp(load(at(x, i))))), loop(j, set(at(b, j), load(at(x, j)))), whole];
    const split = splitAtBounds(items, symbols);
    expect(tests(split)).toBe(0);
    expect(split.slice(2).map((part) => part.kind === "loop" && part.symbol.extent)).toEqual([8, 8]);
    const merged = mergeLoops(split);
    expect(contractBuffers({ items: merged, result: null })).toEqual(new Set([a, b]));
  });

  it("stays whole where another index has a part in the bound", () => {
    const [i, k, y] = [index(3), index(16), buffer("y", 16, "y")];
    const form = combineForms(0, [1, 1], [symbolForm(i), symbolForm(k)]);
    const value = inside(load(at(x, k)), { form, least: null, limit: 8 });
    const items = [loop(i, loop(k, set(at(y, k), value)))];
    expect(splitAtBounds(items, symbols)).toEqual(items);
  });
});

describe("a number that a vector is multiplied by", () => {
  const four = (b: Buffer, group: IndexSymbol, lane: IndexSymbol): Access => {
    return { buffer: b, at: combineForms(0, [4, 1], [symbolForm(group), symbolForm(lane)]), label: b.label };
  };
  const times = (a: LoopExpression, b: LoopExpression): LoopExpression => ({ kind: "apply", fn: "mul", args: [a, b] });
  const program = (...others: readonly ((value: LoopExpression) => Item[])[]): readonly Item[] => {
    const [c, y, i] = [buffer("c", 1, "c"), buffer("y", 8, "y"), index(2)];
    const [name, lane] = [symbols.naming(load(at(c, null)), "c"), symbols.lane(4, "")];
    const value: LoopExpression = { kind: "position", form: symbolForm(name) };
    const store = set(four(y, i, lane), times(value, load(four(x, i, lane))));
    const named: Item = { kind: "let", symbol: name, value: load(at(c, null)), origin: null };
    return [named, { kind: "loop", symbol: i, lane, body: [store] }, ...others.flatMap((make) => make(value))];
  };
  const lanesOfName = (items: readonly Item[]): number | undefined => {
    const [first] = spreadNumbers(items, 4, symbols);
    return first?.kind === "let" ? first.symbol.lanes : undefined;
  };

  it("is repeated along the lanes where it becomes known", () => {
    expect(lanesOfName(program())).toBe(4);
  });

  it("but not if it is used as a number besides", () => {
    const alone = (value: LoopExpression): Item[] => [set(at(buffer("z", 1, "z"), null), exp(value))];
    expect(lanesOfName(program(alone))).toBeUndefined();
  });
});

describe("a sum over what may lie outside its tensor", () => {
  /** y[i] += w · x[i + j − 1] where that is inside 0 … 7, over i < 8 and j < 3. */
  const padded = (i: IndexSymbol, j: IndexSymbol): Item => {
    const [w, y] = [buffer("w", 1, "w"), buffer("y", 8, "y")];
    const form = combineForms(-1, [1, 1], [symbolForm(i), symbolForm(j)]);
    const value: LoopExpression = { kind: "load", access: { buffer: x, at: form, label: "x" } };
    const inside: LoopExpression = { kind: "guard", bounds: [{ form, least: 0, limit: 8 }], value, fill: 0 };
    return add(at(y, i), { kind: "apply", fn: "mul", args: [load(at(w, null)), inside] });
  };
  const guards = (item: Item): number => {
    let count = 0;
    forEachLeaf(item, ({ value }) => {
      forEachExpression(value, ({ kind }) => {
        if (kind === "guard") count++;
      });
    });
    return count;
  };

  it("tests no index in its innermost loop, which runs over those inside", () => {
    const [i, j] = [index(), index(3)];
    const [outer] = restrictLoops([loop(j, loop(i, padded(i, j)))]);
    expect(outer === undefined ? 1 : guards(outer)).toBe(0);
    const inner = outer?.kind === "loop" ? outer.body[0] : undefined;
    expect(inner?.kind === "loop" ? inner.range : null).toEqual({
      where: [],
      from: [{ form: { offset: 1, terms: [{ symbol: j, coefficient: -1 }] }, divisor: 1 }],
      to: [{ form: { offset: 9, terms: [{ symbol: j, coefficient: -1 }] }, divisor: 1 }],
    });
  });

  it("but keeps the test where the loop does other work too", () => {
    const [i, j, z] = [index(), index(3), buffer("z", 8, "z")];
    const items = [loop(j, loop(i, padded(i, j), set(at(z, i), load(at(x, i)))))];
    expect(restrictLoops(items).map(guards)).toEqual([1]);
  });
});
