/** Owns: what text alone is refused for, where, and with which remedy; and that no text is too much. */

import type { SourceFile } from "@adjoint/ir";
import { textOf } from "@adjoint/ir";
import { describe, expect, it } from "vitest";
import { parse } from "../src/index.ts";
import { limits } from "../src/parse-guards.ts";

const file = (text: string): SourceFile => ({ path: "test.adj", text });

function findings(text: string): readonly string[] {
  return parse(file(text)).diagnostics.map(
    ({ code, labels: [{ span }], help }) => `${code} at ${JSON.stringify(textOf(span))}: ${help}`,
  );
}

describe("slips", () => {
  it.each([
    ["not-a-definition", "modle M {}", '"modle": did you mean `model`?'],
    [
      "not-a-definition",
      "x = 3",
      '"x": a page holds imports, and definitions that begin with model, layer, function, loss, metric, optimizer or initializer',
    ],
    [
      "misplaced-import",
      'function f(x) = x import { a } from "a"',
      '"import { a } from \\"a\\"": move it to the top of the page',
    ],
    ["unclosed-bracket", "layer f(x) {\n  h = g(x, units: 2\n  return h\n}", '"(": add `)`'],
    ["unclosed-bracket", "layer f(x) {\n  return x\n", '"{": add `}`'],
    ["unmatched-bracket", "function f(x) = x)", '")": delete it, or open it where it should begin'],
    ["unmatched-bracket", "function f(x) = g(x]", '"]": close `(` first'],
    ["argument-equals", "function f(x) = g(x, units = 2)", '"=": write `units: …`'],
    [
      "assignment-in-expression",
      "function f(x) = if x = 2 then 1 else 0",
      '"=": equality is written `==`; a definition begins on the left: `z = …`',
    ],
    ["comparison-chain", "function f(x) = 0 < x <= 1", '"<=": write `a < b and b <= c`'],
    ["comparison-chain", "layer f(x) { z[i < n < 3] = 1 }", '"n < 3": the range of an index has one bound: `i < n`'],
    ["needs-parentheses", "function f(x) = 1 + if x then 2 else 3", '"if": write `(if c then a else b)`'],
    ["needs-parentheses", "function f(x) = 1 == not x", '"not": write `(not …)`'],
    [
      "missing-else",
      "layer f(x) { h = if x then 1\n return h }",
      '"return": an expression has a value either way: `if c then a else b`',
    ],
    ["missing-loss-form", "model M { loss = mse(o, y) }", '"loss": write `loss mse(o, y)` or `loss name = …`'],
    [
      "missing-loss-form",
      "model M { metric = mse(o, y) }",
      '"metric": write `metric accuracy(o, y)` or `metric name = …`',
    ],
    ["reserved-word", "function f(x) = model + 1", null],
    ["reserved-word", "layer loss(x) { }", '"loss": choose another name, such as `loss_1`'],
    ["reserved-word", "layer f(x) { param if[2] ~ zeros }", '"if": choose another name, such as `if_1`'],
    ["index-not-a-name", "layer f(x) { z[0] = 1 }", null],
    ["index-not-a-name", "layer f(x) { z[i + 1] = 1 }", null],
    ["index-not-a-name", "layer f(x) { z[i] = sum[2 * j](x[j]) }", null],
    ["not-callable", "function f(x) = g(x)(x)", null],
    ["not-callable", "function f(x) = 2 (x + 1)", null],
    ["missing-operator", "layer f(x) {\n  h = a b\n  return h\n}", null],
    ["missing-operator", "function f(x) = 2 x", null],
    ["unexpected-token", "layer f(x) {\n  parm W[2] ~ zeros\n}", '"parm": did you mean `param`?'],
    [
      "unexpected-token",
      "layer f(x) { h = x[i] else 0 }",
      '"else": what lies outside a tensor is said inside the brackets: `x[i + 1 else 0]`',
    ],
    [
      "unexpected-token",
      "layer f(x) { h = x <-1 }",
      '"<-": to compare with a negative number, put a space between: `x < -1`',
    ],
    ["foreign-operator", "function f(x) = x ** 2", '"**": a power is written `x^2`'],
    ["foreign-operator", "function f(x) = x && 2", '"&&": write `and`'],
    ["foreign-character", "function f(x) = x − 2", '"−": write the minus sign of the keyboard, `-`'],
    ["foreign-character", "function f(x) = x\u00a0+ 2", '"\u00a0": replace this unusual space by an ordinary one'],
    ["foreign-character", "function f(x) = ☃", '"☃": names are made of letters, digits and `_`'],
    ["invisible-character", "function f(x) = x // \u202e", '"\u202e": delete it'],
    ["invisible-character", "function f(x) = x // \u2028 evil()", '"\u2028": delete it'],
    ["unterminated-string", 'import { a } from "a.adj', '"\\"a.adj": close it with `"` on the same line'],
    ["malformed-number", "function f(x) = .5", '".5": write `0.5`'],
    ["malformed-number", "function f(x) = 1.", '"1.": write `1.0`'],
    ["malformed-number", "function f(x) = 1_000", '"1_000": write `1000`'],
    ["malformed-number", "function f(x) = 2x", '"2x": a product needs its `*`: `2 * x`'],
    ["malformed-number", "function f(x) = 0x10", '"0x10": numbers are written in decimal'],
    ["number-overflow", "function f(x) = 1e999", '"1e999": numbers lie between 5e-324 and 1.8e308'],
    ["number-overflow", "function f(x) = 1e-999", '"1e-999": numbers lie between 5e-324 and 1.8e308'],
  ])("%s: %s", (code, text, rest) => {
    const [finding = "", ...others] = findings(text);
    expect(others).toEqual([]);
    expect(finding).toContain(`${code} at `);
    if (rest !== null) expect(finding).toBe(`${code} at ${rest}`);
  });

  it("are told in the user's words where nothing better is known", () => {
    const message = (text: string): string =>
      parse(file(text))
        .diagnostics.map(({ message }) => message)
        .join("; ");
    expect(message("function f(x) = ")).toBe("expected an expression, found the end of the file");
    expect(message("layer f(x) { param W[2] ~ }")).toBe("expected a name, found `}`");
    expect(message("layer f(x) { input x: }")).toBe("expected `class`, found `}`");
    expect(message("layer f(x)\n layer g(x) { }")).toBe("expected `=` or `{`, found the end of the definition");
    expect(message("layer f(x) { * }")).toBe("expected `}` or a statement, found `*`");
  });

  it("do not hide each other", () => {
    const text = [
      "layer f(x) {",
      "  a = (x",
      "  b = x *",
      "  return",
      "}",
      "loss l(p) = p +",
      "layer g(x) {",
      "  c = 1 2",
      "}",
    ].join("\n");
    expect(
      parse(file(text)).diagnostics.map(({ code, labels: [{ span }] }) => [
        code,
        text.slice(0, span.start).split("\n").length,
      ]),
    ).toEqual([
      ["unclosed-bracket", 2],
      ["unexpected-token", 4],
      ["unexpected-token", 5],
      ["unexpected-token", 6],
      ["missing-operator", 8],
    ]);
  });

  it("beyond fifty are counted out", () => {
    const { diagnostics } = parse(file("function f(x) = ;".repeat(300)));
    expect(diagnostics).toHaveLength(51);
    expect(diagnostics.at(-1)?.code).toBe("too-many-errors");
  });
});

describe("limits", () => {
  const codes = (text: string): readonly string[] => parse(file(text)).diagnostics.map(({ code }) => code);

  it("bound the length of a page", () => {
    expect(codes(`//${"x".repeat(limits.sourceLength)}`)).toEqual(["source-too-large"]);
    expect(codes(`//${"x".repeat(limits.sourceLength - 2)}`)).toEqual([]);
  });

  it("bound the length of a name, a number and a file name", () => {
    const long = (unit: string): string => unit.repeat(limits.tokenLength);
    expect(codes(`function f(${long("x")}) = 1`)).toEqual([]);
    expect(codes(`function f(${long("x")}x) = 1`)).toEqual(["token-too-long"]);
    expect(codes(`function f(x) = 0.${long("1")}`)).toEqual(["token-too-long"]);
    expect(codes(`import { x } from "${long("x")}"`)).toEqual(["token-too-long"]);
  });

  it.each([
    ["parentheses", "(", "x", ")"],
    ["calls", "f(", "x", ")"],
    ["named arguments", "f(a: ", "x", ")"],
    ["reads", "x[", "i", "]"],
    ["outside values", "x[i else ", "i", "]"],
    ["reductions", "sum[i](", "x", ")"],
    ["extents", "sum[i < (", "x", ")](x)"],
    ["conditions", "if a then b else ", "x", ""],
  ])("let %s nest up to a depth and no deeper", (_, open, inner, close) => {
    const nested = (depth: number): string => `function f(x) = ${open.repeat(depth)}${inner}${close.repeat(depth)}`;
    const deepest = open.includes("[i < (") ? limits.nesting / 2 : limits.nesting;
    expect(codes(nested(deepest - 1))).toEqual([]);
    expect(codes(nested(deepest + 1))).toEqual(["nesting-too-deep"]);
    expect(codes(nested(2_500))).toEqual(["nesting-too-deep"]);
  });

  it.each([
    ["signs", "-", ""],
    ["sums", "x + ", ""],
    ["powers", "x^", ""],
    ["reads", "", "[i]"],
  ])("let chains of %s grow up to a depth and no deeper", (_, before, after) => {
    const chain = (length: number): string => `function f(x) = ${before.repeat(length)}x${after.repeat(length)}`;
    expect(codes(chain(limits.treeDepth - 1))).toEqual([]);
    expect(codes(chain(limits.treeDepth + 1))).toEqual(["nesting-too-deep"]);
    expect(codes(chain(10_000))).toEqual(["nesting-too-deep"]);
  });

  it("do not count what stands side by side", () => {
    const statements = Array.from({ length: 1000 }, (_, k) => `z${k} = if x then f(x[${k}]) else -x`).join(" ");
    expect(codes(`layer f(x) { ${statements} }`)).toEqual([]);
  });
});
