/** Owns: what text becomes: the tree of expressions, statements and pages. */

import type { SourceFile } from "@adjoint/ir";
import { textOf } from "@adjoint/ir";
import { describe, expect, it } from "vitest";
import { type Definition, type Expression, parse, type Statement } from "../src/index.ts";
import { partsOf } from "../src/parse-guards.ts";

const file = (text: string): SourceFile => ({ path: "test.adj", text });

function definitionOf(text: string): Definition {
  const { page, diagnostics } = parse(file(text));
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  const definition = page?.definitions[0];
  if (definition === undefined) throw new Error("no definition");
  return definition;
}

function statementsOf(text: string): readonly Statement[] {
  const { body } = definitionOf(`layer f(x) {\n${text}\n}`);
  return body.kind === "block" ? body.statements : [];
}

/** The tree in the notation of Lisp, so that a test shows how tightly things bind. */
function shape(text: string): string {
  const { body } = definitionOf(`function f(x) = ${text}`);
  return body.kind === "expression" ? lisp(body.value) : "";
}

function lisp(node: Expression): string {
  switch (node.kind) {
    case "number":
      return String(node.value);
    case "reference":
      return node.name.text;
    case "unary":
      return `(${node.operator} ${lisp(node.operand)})`;
    case "binary":
      return `(${node.operator} ${lisp(node.left)} ${lisp(node.right)})`;
    case "conditional":
      return `(if ${partsOf(node).map(lisp).join(" ")})`;
    case "call":
      return `(${[node.callee.text, ...node.arguments.map(({ name, value }) => (name === null ? "" : `${name.text}:`) + lisp(value))].join(" ")})`;
    case "read":
      return `${lisp(node.source)}[${node.indices.map(lisp).join(" ")}${node.trailing === null ? "" : " .."}${node.otherwise === null ? "" : ` else ${lisp(node.otherwise)}`}]`;
    case "reduction":
      return `(${node.operator.text} [${node.indices.map(({ name, extent }) => name.text + (extent === null ? "" : `<${lisp(extent)}`)).join(" ")}] ${lisp(node.body)})`;
  }
}

describe("expressions", () => {
  it.each([
    ["a + b * c", "(+ a (* b c))"],
    ["a - b - c", "(- (- a b) c)"],
    ["a / b * c", "(* (/ a b) c)"],
    ["-x^2", "(- (^ x 2))"],
    ["(-x)^2", "(^ (- x) 2)"],
    ["2^-x * y", "(* (^ 2 (- x)) y)"],
    ["a^b^c", "(^ a (^ b c))"],
    ["-a * b", "(* (- a) b)"],
    ["a - -b", "(- a (- b))"],
    ["a < b and not c == d or e", "(or (and (< a b) (not (== c d))) e)"],
    ["if a then b else if c then d else e", "(if a b (if c d e))"],
    ["f(a, units: 2, )", "(f a units:2)"],
    ["f()", "(f)"],
    ["x[i + u - 1, j else 0]", "x[(- (+ i u) 1) j else 0]"],
    ["x[i][j]", "x[i][j]"],
    ["a + b div 2 * c mod 3", "(+ a (mod (* (div b 2) c) 3))"],
    ["mod + div div div mod mod", "(+ mod (mod (div div div) mod))"],
    ["x[i, ..] + x[2, .. else 0, ]", "(+ x[i ..] x[2 .. else 0])"],
    ["f(x)[i]", "(f x)[i]"],
    ["sum[i, j < n + 1](x[i])", "(sum [i j<(+ n 1)] x[i])"],
    ["sum[i](x[i])[j]", "(sum [i] x[i])[j]"],
    ["1e-3 + 0.5 + 2E+2", "(+ (+ 0.001 0.5) 200)"],
    ["θ * 重み // a comment\n + μ", "(+ (* θ 重み) μ)"],
  ])("%s is %s", (text, tree) => {
    expect(shape(text)).toBe(tree);
  });

  it("have the spans of their own text, parentheses of parts included", () => {
    const { body } = definitionOf("function f(x) = (a + b) * (c) + -(d)[i]");
    if (body.kind !== "expression" || body.value.kind !== "binary") throw new Error("not a sum");
    const { left, right } = body.value;
    expect([body.value, left, ...partsOf(left), right, ...partsOf(right)].map(({ span }) => textOf(span))).toEqual([
      "(a + b) * (c) + -(d)[i]",
      "(a + b) * (c)",
      "a + b",
      "c",
      "-(d)[i]",
      "(d)[i]",
    ]);
  });

  it("compare names by their letters, not by how a letter is encoded", () => {
    expect(shape("e\u0301")).toBe("é");
  });
});

describe("statements", () => {
  it("need no separators", () => {
    const kinds = statementsOf(
      "input x[2, 3] target y: class(10) param W[n] ~ normal(stddev: 1) frozen param b ~ zeros state m ~ zeros noise e[n] ~ normal " +
        "z[i, j < n] = x h = z m <- h return h loss mse(h, y) metric close = h metric accuracy(h, y) output h output p = h output q[i, ..] = h train { epochs 3 }",
    ).map((statement) => statement.kind);
    expect(kinds).toEqual([
      ...[
        "port",
        "port",
        "parameter",
        "parameter",
        "state",
        "noise",
        "binding",
        "binding",
        "update",
        "return",
        "loss-statement",
      ],
      ...["result", "result", "result", "result", "result", "train"],
    ]);
  });

  it("leave their words as names wherever `=`, `[` or `<-` follows", () => {
    const words = [
      "input",
      "target",
      "param",
      "state",
      "noise",
      "output",
      "train",
      "frozen",
      "class",
      "from",
      "epochs",
    ];
    for (const word of words) {
      const statements = statementsOf(
        `${word} = ${word} ${word}[i] = ${word}[i] ${word} <- ${word} return ${word}(${word}: ${word})`,
      );
      expect(statements.map(({ kind }) => kind)).toEqual(["binding", "binding", "update", "return"]);
    }
    expect(statementsOf("param a ~ zeros frozen = 3").map(({ kind }) => kind)).toEqual(["parameter", "binding"]);
    expect(statementsOf("param a ~ zeros frozen b = 3")).toMatchObject([{ frozen: true }, { kind: "binding" }]);
  });

  it("name the settings of a training run, reserved words among them", () => {
    expect(statementsOf("train { optimizer sgd(rate: 0.1) epochs 1000 batch 1 shuffle off seed -7 }")).toMatchObject([
      { settings: [..."optimizer epochs batch shuffle seed".split(" ")].map((text) => ({ name: { text } })) },
    ]);
  });
});

describe("a page", () => {
  it("may be empty, begin with a byte order mark, and have lines that end as on Windows", () => {
    expect(parse(file("")).page).toMatchObject({ imports: [], definitions: [] });
    expect(parse(file("\ufeff// f\r\nfunction f(x) = x\r\n")).page).toMatchObject({ definitions: [{ doc: "f" }] });
  });

  it("has imports, formals of every form, and definitions of every kind", () => {
    const { page } = parse(
      file(
        'import { a, b, } from "./a b.adj" model M {} layer f(x[n, 2], k, g = identity, label: class(k)) {} function J(x) = x ' +
          "loss l(p[n]) = p metric m(p) { return p } optimizer o(rate = 1e-3) {} initializer i() = 1",
      ),
    );
    expect(page).toMatchObject({
      imports: [{ names: [{ text: "a" }, { text: "b" }], from: { text: "./a b.adj" } }],
      definitions: "model layer function loss metric optimizer initializer".split(" ").map((keyword) => ({ keyword })),
    });
    expect(page?.definitions.map(({ formals }) => formals?.length ?? null)).toEqual([null, 4, 1, 1, 1, 1, 0]);
  });
});

/** `code at "text": help` for each finding. */
