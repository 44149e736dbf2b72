/** What is decided already is not asked: conditions within conditions, and indices that are numbers once loops are tiled. */

import { Builder } from "@adjoint/ir";
import { describe, expect, it, test } from "vitest";
import { forEachExpression, forEachLeaf } from "../../src/schedule/loop-nest.ts";
import { scheduleLoops } from "../../src/schedule/schedule-loops.ts";
import { decideConditions } from "../../src/targets/typescript/decide-conditions.ts";
import { dropUnused } from "../../src/targets/typescript/drop-unused.ts";
import { printStatements } from "../../src/targets/typescript/print.ts";
import {
  asCondition,
  binary,
  type Expression,
  element,
  number,
  type Statement,
  variable,
} from "../../src/targets/typescript/target-language.ts";
import { ports, prepare } from "./procedures.ts";
import { expected } from "./run-emitted.ts";
import { runSchedule } from "./run-schedule.ts";

const [a, b, x, y] = ["a", "b", "x", "y"].map(variable) as [Expression, Expression, Expression, Expression];
const [p, q] = [binary("<", a, b), binary("<=", x, y)] as const;
const choose = (condition: Expression, whenTrue: Expression, whenFalse: Expression): Expression => ({
  kind: "conditional",
  condition,
  whenTrue,
  whenFalse,
});
const not = (operand: Expression): Expression => ({ kind: "unary", operator: "!", operand });
const text = (value: Expression): string => {
  const [line] = printStatements(decideConditions([{ kind: "return", value, span: null }]), { language: "js" });
  return line?.text.replace(/^return |;$/g, "") ?? "";
};

describe("inside a condition, what it tells is known:", () => {
  it.each([
    ["where it holds", choose(p, choose(p, x, y), number(0)), "a < b ? x : 0"],
    ["where it fails", choose(p, number(0), choose(p, x, y)), "a < b ? 0 : y"],
    [
      "both parts of a conjunction",
      choose(binary("&&", p, q), choose(q, choose(p, x, y), b), y),
      "a < b && x <= y ? x : y",
    ],
    ["neither part of a disjunction", choose(binary("||", p, q), x, choose(q, a, y)), "a < b || x <= y ? x : y"],
    [
      "of a disjunction that holds, no part",
      choose(binary("||", p, q), choose(q, a, y), x),
      "a < b || x <= y ? (x <= y ? a : y) : x",
    ],
    ["its negation", choose(p, choose(not(p), x, y), b), "a < b ? y : b"],
    [
      "equal is the negation of unequal",
      choose(asCondition(a), choose(binary("===", a, number(0)), x, y), b),
      "a !== 0 ? y : b",
    ],
    [
      "what equals one number equals no other",
      choose(binary("===", a, number(3)), choose(binary("===", a, number(4)), x, y), b),
      "a === 3 ? y : b",
    ],
    [
      "in the right part of a conjunction, the left one",
      choose(binary("&&", p, binary("||", p, q)), x, y),
      "a < b ? x : y",
    ],
    ["literals", choose(binary("===", number(1), number(0)), x, y), "y"],
    ["only there", binary("+", choose(p, x, y), choose(p, a, b)), "(a < b ? x : y) + (a < b ? a : b)"],
    ["not the order of what may be NaN", choose(p, x, choose(binary("<=", b, a), x, y)), "a < b ? x : b <= a ? x : y"],
  ])("%s", (_, expression, expected) => {
    expect(text(expression)).toBe(expected);
  });
});

test("variables that nothing reads are dropped, and what only they read", () => {
  const constant = (name: string, value: Expression): Statement => ({
    kind: "declare",
    keyword: "const",
    declarations: [{ name, value }],
    span: null,
  });
  const statements: Statement[] = [
    constant("a", element("p", number(0))),
    constant("b", binary("*", a, a)),
    constant("x", b),
    { kind: "for", index: "i", from: number(0), to: number(3), end: null, body: [constant("y", x)], span: null },
    { kind: "return", value: a, span: null },
  ];
  const lines = printStatements(dropUnused(statements), { language: "js" });
  expect(lines.map(({ text: line }) => line)).toEqual(["const a = p[0];", "return a;"]);
});

test("a variable of one block is not read by what has its name in another", () => {
  const declare = (name: string, value: Expression): Statement => ({
    kind: "declare",
    keyword: "const",
    declarations: [{ name, value }],
    span: null,
  });
  const store = (at: number, value: Expression): Statement => ({
    kind: "assign",
    target: element("out", number(at)),
    operator: "=",
    value,
    span: null,
  });
  const loop = (...body: Statement[]): Statement => ({
    kind: "for",
    index: "i",
    from: number(0),
    to: number(3),
    end: null,
    body,
    span: null,
  });
  const [a, outer] = [variable("a"), variable("outer")];
  const statements = [
    declare("outer", number(2)),
    loop(declare("a", element("p", number(0))), store(0, number(1))),
    loop(declare("a", outer), store(1, a)),
  ];
  const lines = printStatements(dropUnused(statements), { language: "js" }).map(({ text: line }) => line.trim());
  expect(lines).not.toContain("const a = p[0];");
  expect(lines).toContain("const a = outer;");
  expect(lines).toContain("const outer = 2;");
});

test("in a tile of rows, which row it is is known: a table with one row from elsewhere asks nothing", () => {
  // C[i, j] = Σ over k of (if i = 1 then a[k] else b[k]) · W[j, k], for 2 rows: each in a tile by itself.
  const builder = new Builder();
  const { parameter } = ports(builder);
  const shape = [2, 24, 40];
  const along = (name: string, axes: readonly number[]) => {
    const index = axes.map((axis) => ({ offset: 0, coefficients: [0, 1, 2].map((at) => (at === axis ? 1 : 0)) }));
    const extents = axes.map((axis) => shape[axis] ?? 0);
    return builder.read(parameter(name, extents), shape, index, null);
  };
  const row = builder.index(shape, { offset: 0, coefficients: [1, 0, 0] });
  const chosen = builder.map("select", [
    builder.map("eq", [row, builder.constant(1, shape)]),
    along("a", [2]),
    along("b", [2]),
  ]);
  const sums = builder.reduce("sum", builder.map("mul", [chosen, along("W", [1, 2])]), [2]);
  const { procedure, arrays, values } = prepare("f", { c: { node: sums, to: "out" } });
  const should = expected(procedure, arrays, values).after.get("out") ?? [];
  for (const lanes of [1, 4]) {
    const options = { storageRounds: false, lanes, leastTiled: 0 };
    const asked = new Set<string>();
    for (const item of scheduleLoops(procedure, options).parts.flat()) {
      forEachLeaf(item, ({ value }) => {
        forEachExpression(value, (part) => {
          if (part.kind === "apply") asked.add(part.fn);
        });
      });
    }
    expect([...asked]).toEqual(["mul"]);
    const { after } = runSchedule(procedure, arrays, values, options);
    should.forEach((value, k) => {
      expect(after.get("out")?.[k]).toBeCloseTo(value, 9);
    });
  }
});
