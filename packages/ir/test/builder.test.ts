/** Owns: what holds by construction: equal definitions are one node, and reads are in their canonical form. */

import { Builder, GraphError, type Node } from "@adjoint/ir";
import { beforeEach, describe, expect, test } from "vitest";
import { form, named } from "./networks.ts";

let b: Builder;
let x: Node;
beforeEach(() => {
  b = new Builder();
  x = b.input("x", "input", [2, 3]);
});

describe("equal definitions are one node", () => {
  test.each<[string, (b: Builder, x: Node) => Node]>([
    ["input", (b) => b.input("x", "input", [2, 3])],
    ["constant", (b) => b.constant(1, [2])],
    ["index", (b) => b.index([2], form(0, 1))],
    ["map", (b, x) => b.map("exp", [x])],
    ["reduce", (b, x) => b.reduce("sum", x, [1, 0])],
    ["read", (b, x) => b.read(x, [2], [form(0, 1), form(-1, 1)], 0)],
    ["pick", (b, x) => b.pick(x, 0, b.constant(1, [3]))],
    ["reshape", (b, x) => b.reshape(x, [3, 2])],
    ["gradient", (b, x) => b.gradient(b.reduce("sum", x, [0, 1]), x)],
  ])("%s", (_, make) => {
    expect(make(b, x)).toBe(make(b, x));
  });

  test("the origin takes no part, and the first one stays", () => {
    const first = b.map("exp", [x], named("first"));
    expect(b.map("exp", [x], named("second"))).toBe(first);
    expect(first.origin?.name).toBe("first");
  });

  test("0 and −0 differ, as constants and as fills", () => {
    expect(b.constant(0)).not.toBe(b.constant(-0));
    const outside = (fill: number): Node => b.read(x, [2], [form(0, 1), form(-1, 1)], fill);
    expect(outside(0)).not.toBe(outside(-0));
  });

  test("coefficients on an axis of extent 1 make no difference", () => {
    expect(b.index([1, 3], form(0, 5, 1))).toBe(b.index([1, 3], form(0, 0, 1)));
    expect(b.read(x, [1, 3], [form(0, 7, 0), form(0, 0, 1)])).toBe(b.read(x, [1, 3], [form(0, 0, 0), form(0, 0, 1)]));
  });

  test("the order of reduced axes makes no difference", () => {
    expect(b.reduce("sum", x, [1, 0, 1])).toBe(b.reduce("sum", x, [0, 1]));
  });
});

describe("reshapes", () => {
  test("one that regroups nothing is its source, or a read that adds and drops axes of extent 1", () => {
    expect(b.reshape(x, [2, 3])).toBe(x);
    expect(b.reshape(x, [1, 2, 3])).toBe(b.read(x, [1, 2, 3], [form(0, 0, 1, 0), form(0, 0, 0, 1)]));
    expect(b.reshape(b.reshape(x, [6]), [2, 3])).toBe(x);
    expect(b.reshape(b.reshape(x, [6]), [3, 2])).toBe(b.reshape(x, [3, 2]));
    expect(b.reshape(b.constant(7, [2, 3]), [6])).toBe(b.constant(7, [6]));
  });

  test("a read that undoes the grouping reads the source itself", () => {
    const flat = b.reshape(x, [6]);
    expect(b.read(flat, [2, 3], [form(0, 3, 1)])).toBe(x);
    expect(b.read(flat, [3, 2], [form(0, 1, 3)])).toBe(b.read(x, [3, 2], [form(0, 0, 1), form(0, 1, 0)]));
    expect(b.read(flat, [2], [form(3, 1)])).toBe(b.read(x, [2], [form(1, 0), form(0, 1)]));
    expect(b.read(flat, [4], [form(0, 1)])).toMatchObject({ kind: "read", source: flat });
  });

  test("keep the number of elements", () => {
    expect(() => b.reshape(x, [5])).toThrow(GraphError);
  });
});

describe("reads", () => {
  test("one that moves nothing is its source", () => {
    expect(b.read(x, [2, 3], [form(0, 1, 0), form(0, 0, 1)])).toBe(x);
    const column = b.input("c", "input", [3, 1]);
    expect(b.read(column, [3, 1], [form(0, 1, 0), form(0, 0, 0)])).toBe(column);
  });

  test("a transpose of a square tensor is not its source", () => {
    const square = b.input("s", "input", [2, 2]);
    expect(b.read(square, [2, 2], [form(0, 0, 1), form(0, 1, 0)])).not.toBe(square);
  });

  test("one of a constant is a constant, one of an index an index", () => {
    expect(b.broadcast(b.constant(7), [4], [])).toBe(b.constant(7, [4]));
    expect(b.read(b.index([6], form(1, 2)), [3], [form(5, -2)])).toBe(b.index([3], form(11, -4)));
  });

  test("one of a read is one read, with the inner fill", () => {
    const padded = b.read(x, [4, 3], [form(-1, 1, 0), form(0, 0, 1)], 9);
    const row = b.read(padded, [3], [form(3, 0), form(2, -1)]);
    expect(row).toBe(b.read(x, [3], [form(2, 0), form(2, -1)], 9));
  });

  test("a fill that cannot be seen is dropped", () => {
    expect(b.read(x, [2], [form(0, 1), form(1, 1)], 0)).toBe(b.read(x, [2], [form(0, 1), form(1, 1)]));
  });

  test("a fill of a constant stays, for it can be seen", () => {
    expect(b.read(b.constant(1, [2]), [4], [form(-1, 1)], 0)).toMatchObject({ kind: "read", fill: 0 });
  });
});

test("an index that nothing moves is a constant", () => {
  expect(b.index([1, 3], form(4, 2, 0))).toBe(b.constant(4, [1, 3]));
});

test("reducing no axis is the argument", () => {
  expect(b.reduce("prod", x, [])).toBe(x);
});

describe("refuses at the door", () => {
  test.each<[string, (b: Builder, x: Node) => unknown]>([
    ["input x has two shapes", (b) => b.input("x", "input", [3, 2])],
    ["input x has two element types", (b) => b.input("x", "input", [2, 3], { kind: "class", count: 2 })],
    ["exp takes 1 arguments", (b, x) => b.map("exp", [x, x])],
    ["add of shapes [2,3], []", (b, x) => b.map("add", [x, b.constant(1)])],
    ["sum: no axis 2", (b, x) => b.reduce("sum", x, [2])],
    ["one coefficient per axis", (b) => b.index([2], form(0))],
    ["one index per axis", (b, x) => b.read(x, [2], [form(0, 1)])],
    ["forms of another rank", (b, x) => b.read(x, [2], [form(0, 1, 0), form(0, 1, 0)])],
    ["no fill says what lies there", (b, x) => b.read(x, [3], [form(0, 1), form(0, 1)])],
    ["pick: no axis 2", (b, x) => b.pick(x, 2, x)],
    ["pick from [2,3] at [2]", (b, x) => b.pick(x, 0, b.constant(0, [2]))],
    ["no scalar", (b, x) => b.gradient(x, x)],
  ])("%s", (message, make) => {
    expect(() => make(b, x)).toThrow(GraphError);
    expect(() => make(b, x)).toThrow(message);
  });
});

test("ids ascend from arguments to users", () => {
  const y = b.map("exp", [x]);
  const z = b.reduce("sum", y, [0]);
  expect(x.id < y.id && y.id < z.id).toBe(true);
});
