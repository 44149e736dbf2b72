import type { SourceFile } from "@adjoint/ir";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatPage } from "../src/format.ts";
import { format, parse } from "../src/index.ts";
import { scan } from "../src/scan.ts";
import { page, withoutSpans } from "./arbitrary-page.ts";

const file = (text: string): SourceFile => ({ path: "test.adj", text });

function formatted(text: string): string {
  const result = format(file(text));
  expect(result.diagnostics).toEqual([]);
  return result.text ?? "";
}

function treeOf(text: string): unknown {
  const { page, diagnostics } = parse(file(text));
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  return withoutSpans(page, { docs: true });
}

const rows = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;

describe("the canonical layout", () => {
  it("is the layout of the design's examples", () => {
    const text = rows(
      "// Gender from weight − 135 lb and height − 66 in: the 2-2-1 network.",
      "model Gender {",
      "  input  x[2]",
      "  target y[1]",
      "",
      "  h = dense(x, units: 2, activation: sigmoid)",
      "  o = dense(h, units: 1, activation: sigmoid)",
      "",
      "  loss mse(o, y)",
      "",
      "  train { optimizer sgd(rate: 0.1)  epochs 1000  batch 1 }",
      "}",
      "",
      "layer dense(x[n], units, activation = identity) {",
      "  param W[units, n] ~ glorot_uniform",
      "  param b[units]    ~ zeros",
      "  z[i] = sum[j](W[i, j] * x[j]) + b[i]",
      "  return activation(z)",
      "}",
    );
    expect(formatted(text)).toBe(text);
    // Layout is free: the same page on one line, but for its comment.
    expect(formatted(`${text.split("\n")[0]}\n${text.split("\n").slice(1).join(" ").replace(/ +/g, " ")}`)).toBe(
      text.replaceAll("\n\n  ", "\n  "),
    );
  });

  it.each([
    ["(a + b) + c", "a + b + c"],
    ["a + (b + c)", "a + (b + c)"],
    ["(a * b) + c", "a * b + c"],
    ["a - (b - c)", "a - (b - c)"],
    ["(a / b) * c", "a / b * c"],
    ["-(x^2)", "-x^2"],
    ["(-x)^2", "(-x)^2"],
    ["2^(-x)", "2^-x"],
    ["(a^b)^c", "(a^b)^c"],
    ["a^(b^c)", "a^b^c"],
    ["-(-x)", "- -x"],
    ["not (a == b)", "not a == b"],
    ["(not a) == b", "(not a) == b"],
    ["(a < b) and (b < c)", "a < b and b < c"],
    ["(a and b) or c", "a and b or c"],
    ["a and (b or c)", "a and (b or c)"],
    ["1 + (if a then b else c)", "1 + (if a then b else c)"],
    ["(if a then b else c)", "if a then b else c"],
    ["(3)[i]", "(3)[i]"],
    ["(a + b)[i]", "(a + b)[i]"],
    ["x[ i+u-1,j else 0 , ]", "x[i + u - 1, j else 0]"],
    ["sum[ i , j<n ]( x[i] )", "sum[i, j < n](x[i])"],
    ["f( a , units:2 , )", "f(a, units: 2)"],
    ["1E-3", "1e-3"],
    ["1.50", "1.50"],
  ])("writes %s as %s", (written, canonical) => {
    expect(formatted(`function f(x) = ${written}`)).toBe(`function f(x) = ${canonical}\n`);
  });

  it("nests nothing deeper than the writer did, so that the result is within the limits too", () => {
    const text = formatted(`function f(x) = ${"-".repeat(200)}x`);
    expect(formatted(text)).toBe(text);
  });

  it("breaks a long sum before its operators, and a long call at its arguments", () => {
    const term = "a_rather_long_name * another_long_name";
    const text = formatted(`layer f(x) { z = ${term} + ${term} - ${term} y = f(${term}, b: ${term}, ${term}) }`);
    expect(text).toBe(
      rows(
        "layer f(x) {",
        "  z =",
        `    ${term}`,
        `    + ${term}`,
        `    - ${term}`,
        "  y = f(",
        `    ${term},`,
        `    b: ${term},`,
        `    ${term}`,
        "  )",
        "}",
      ),
    );
  });

  it("aligns declarations of one kind that stand together, and no others", () => {
    const text = rows(
      "layer f(x) {",
      "  param long_name[n] ~ zeros",
      "  param b            ~ normal(stddev: 0.02) frozen",
      "",
      "  param c ~ zeros",
      "  // on its own",
      "  param deep[n, m] ~ zeros",
      "}",
    );
    expect(formatted(text)).toBe(text);
  });

  it("keeps definitions of one line together where the writer did", () => {
    expect(formatted("function f(x)=x\nfunction g(x)=x\n\n\nfunction h(x)=x layer l(x) { return x }")).toBe(
      rows("function f(x) = x", "function g(x) = x", "", "function h(x) = x", "", "layer l(x) {", "  return x", "}"),
    );
  });

  it("says what is wrong instead of changing a page that does not parse", () => {
    const { text, diagnostics } = format(file("function f(x) = "));
    expect(text).toBeNull();
    expect(diagnostics).toHaveLength(1);
  });
});

describe("comments", () => {
  it("stay where they are", () => {
    const text = rows(
      "// the page",
      "",
      "// about f",
      'import { a } from "a.adj" // an import',
      "",
      "layer f(",
      "  x[n], // first",
      "  // second",
      "  y",
      ") { // opened",
      "  // before",
      "  z = // a value",
      "    a",
      "    // a reason",
      "    + b // a term",
      "",
      "  // last words",
      "} // closed",
      "",
      "layer g(x) { // nothing here",
      "}",
      "",
      "model M {",
      "  // nor here",
      "}",
      "// the end",
      "",
      "// after the end",
    );
    expect(formatted(text)).toBe(text);
  });

  it("without a break to stand at go to the end of the line", () => {
    expect(formatted("layer f(x) { param // why\n W[n] ~ zeros }")).toBe(
      rows("layer f(x) {", "  param W[n] ~ zeros // why", "}"),
    );
  });

  it("directly above a thing are its documentation, and remain so", () => {
    const text =
      "// not this\n\n// one\n// two\nlayer f(x) {\n // three\n z = x // not this\n y = z\n\n // nor this\n\n w = y }";
    const tree = treeOf(text);
    expect(tree).toMatchObject({
      definitions: [{ doc: "one\ntwo", body: { statements: [{ doc: "three" }, { doc: "" }, { doc: "" }] } }],
    });
    expect(treeOf(formatted(text))).toEqual(tree);
  });
});

describe("formatting any page", () => {
  it("gives a text with the same tree, which formatting leaves alone", () => {
    fc.assert(
      fc.property(page, (tree) => {
        const text = formatPage(tree, []);
        expect(treeOf(text)).toEqual(withoutSpans(tree, { docs: true }));
        expect(formatted(text)).toBe(text);
      }),
      { numRuns: 400 },
    );
  });

  it("keeps every comment, in order, and the tree, wherever comments and line breaks stand", () => {
    const scatter = fc.array(fc.constantFrom(" ", " ", "\n", "\n\n", " // ", "\n// ", "\n\n// "), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(page, scatter, (tree, separators) => {
        const compact = formatPage(tree, []);
        const { tokens } = scan(file(compact));
        let count = 0;
        const text = tokens
          .map((token, k) => {
            const separator = separators[k % separators.length] ?? " ";
            return separator.endsWith("// ") ? `${separator}c${count++}\n${token.text}` : separator + token.text;
          })
          .join("");
        const result = formatted(text);
        expect(treeOf(result)).toEqual(treeOf(text));
        expect(formatted(result)).toBe(result);
        expect(result.match(/\/\/ c\d+/g) ?? []).toEqual(text.match(/\/\/ c\d+/g) ?? []);
      }),
      { numRuns: 300 },
    );
  });
});
