import { readFileSync } from "node:fs";
import type { SourceFile } from "@adjoint/ir";
import { textOf } from "@adjoint/ir";
import fc from "fast-check";
import * as ohm from "ohm-js";
import { describe, expect, it } from "vitest";
// @ts-expect-error: a script, without types
import { generateGrammar } from "../scripts/generate-grammar.mjs";
import { formatPage } from "../src/format.ts";
import { grammar } from "../src/grammar.ts";
import { type Definition, type Expression, parse, type Statement } from "../src/index.ts";
import { limits, partsOf } from "../src/parse-guards.ts";
import { scan } from "../src/scan.ts";
import { reservedWords } from "../src/statement-words.ts";
import { page } from "./arbitrary-page.ts";

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
        "z[i, j < n] = x h = z m <- h return h loss mse(h, y) metric close = h metric accuracy(h, y) output h output p = h train { epochs 3 }",
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
      ...["result", "result", "result", "result", "train"],
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

describe("the grammar", () => {
  const source = readFileSync(new URL("../src/adjoint.ohm", import.meta.url), "utf8");

  it("is the one in adjoint.ohm", () => {
    const generated = readFileSync(new URL("../src/generated/grammar.generated.ts", import.meta.url), "utf8");
    expect(generated).toBe(generateGrammar());
  });

  it("accepts whole pages as the parser does part by part", () => {
    fc.assert(
      fc.property(page, (tree) => {
        const text = formatPage(tree, []);
        expect(grammar.match(text, "Page").succeeded()).toBe(true);
        expect(parse(file(text)).page).not.toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it("reserves the words that the parser says are reserved, and no others", () => {
    const everyWord = new Set([...source.matchAll(/"([a-z]+)"/g)].map(([, word = ""]) => word));
    const reserved = [...everyWord].filter((word) => grammar.match(word, "name").failed());
    expect(new Set(reserved)).toEqual(reservedWords);
  });

  it("agrees with the scanner on words, numbers and strings", () => {
    const rules = { word: "dotted", number: "number", string: "string" } as const;
    const piece = fc.oneof(
      fc.constantFrom(
        "x",
        "_1",
        "é",
        "重み",
        "0",
        "1.5",
        "1e-3",
        "2E+7",
        '"a b"',
        ".",
        "h.W",
        "e",
        "1",
        "-",
        "x_1",
        "𝑥",
        "ﬀ",
        "ª",
      ),
      fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join("")),
        (text) => {
          const { tokens, comments, diagnostics } = scan(file(text));
          const [only] = tokens;
          const whole = diagnostics.length === 0 && comments.length === 0 && tokens.length === 1 && only?.text === text;
          const kind = whole && only !== undefined && only.kind !== "mark" ? only.kind : null;
          for (const [token, rule] of Object.entries(rules)) {
            // A string in the grammar may hold what the scanner refuses anywhere in a page.
            if (diagnostics.some(({ code }) => code === "invisible-character" || code === "number-overflow")) continue;
            expect([rule, grammar.match(text, rule).succeeded()]).toEqual([rule, kind === token]);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("loads from its recipe as from its text", () => {
    const fromText = ohm.grammar(source);
    expect(Object.keys(grammar.rules).sort()).toEqual(Object.keys(fromText.rules).sort());
  });
});
