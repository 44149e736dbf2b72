/**
 * One page for every diagnostic code. What each of them is told stands in golden/diagnostics.txt, to be read: the message,
 * the place, the help. `npx vitest run packages/dsl/test/diagnostics.test.ts -u` rewrites it.
 */

import { describe, expect, it } from "vitest";
import {
  type DiagnosticCode,
  diagnosticCodes,
  diagnosticToJson,
  type LoadOptions,
  load,
  memoryHost,
} from "../src/index.ts";
import { codes, diagnose, type Pages, rendered } from "./loading.ts";

interface Example {
  readonly pages: string | Pages;
  readonly options?: LoadOptions;
}

/** Exhaustive: a code without an example does not compile. */
const examples: Readonly<Record<DiagnosticCode, string | Example>> = {
  "source-too-large": "// a long page\n".repeat(10_000),
  "token-too-long": `function ${"f".repeat(2000)}(x) = x`,
  "nesting-too-deep": `function f(x) = ${"(".repeat(100)}x${")".repeat(100)}`,
  "foreign-character": "function f(x) = 3 × x",
  "foreign-operator": "function f(x) = x ** 2",
  "invisible-character": "function f(x) = x \u2028 + 1",
  "unterminated-string": 'import { f } from "./lib.adj\nfunction g(x) = f(x)',
  "malformed-number": "function f(x) = .5 * x",
  "number-overflow": "function f(x) = 1e999 * x",
  "unexpected-token": "model M {\n  input x +\n}",
  "unclosed-bracket": "function f(x) = (x + 1",
  "unmatched-bracket": "function f(x) = x + 1)",
  "reserved-word": "model M {\n  input model[2]\n}",
  "comparison-chain": "function f(x) = if 0 < x < 1 then x else 0",
  "assignment-in-expression": "function f(x) = if x = 1 then x else 0",
  "argument-equals": "model M {\n  input x[2]\n  h = dense(x, units = 2)\n}",
  "needs-parentheses": "function f(x) = 1 + if x > 0 then x else 0",
  "missing-operator": "function f(x) = 2 x",
  "missing-else": "function f(x) = if x > 0 then x",
  "not-callable": "function f(x) = f(x)(x)",
  "index-not-a-name": "model M {\n  input x[2]\n  y[0] = x[1]\n}",
  "missing-loss-form": "model M {\n  input x\n  loss = x^2\n}",
  "misplaced-import": 'function g(x) = x\nimport { f } from "./lib.adj"',
  "not-a-definition": "h = dense(x)",
  "too-many-errors": "function f(x) = x $ 1\n".repeat(80),

  "file-not-found": 'import { f } from "./lib.adj"\nfunction g(x) = f(x)',
  "import-cycle": 'import { f } from "./page.adj"\nfunction g(x) = f(x)',
  "unknown-import": {
    pages: {
      "page.adj": 'import { swihs } from "./lib.adj"\nfunction g(x) = swihs(x)',
      "lib.adj": "function swish(z) = z * sigmoid(z)",
    },
  },
  "unknown-name": "model M {\n  input x[2]\n  h = sofmax(x)\n  o = y + h\n  y = h * 2\n}",
  "duplicate-name": "model M {\n  input x[2]\n  h = x + 1\n  h = x + 2\n}",
  "unknown-argument": "model M {\n  input x[2]\n  h = dense(x, unit: 2)\n}",
  "missing-argument": "model M {\n  input x[2]\n  h = dense(x)\n  o = max(h)\n}",
  "too-many-arguments": "model M {\n  input x[2]\n  h = relu(x, 2)\n  o = exp(h, h)\n}",
  "unknown-hyperparameter": {
    pages: "model M(hidden = 2) { input x[hidden] }",
    options: { hyperparameters: { hiden: 3 } },
  },
  "reserved-name":
    "function exp(x) = x\noptimizer slow(t = 1) {\n  w <- w - t * g\n}\nmodel M {\n  param v ~ ones\n  loss v^2\n  train { optimizer slow }\n}",
  "shadowed-index": "model M {\n  input x[2]\n  y[i] = sum[i](x[i])\n}",
  "unused-name": "layer half(x[n]) {\n  k = 3\n  return x / 2\n}",
  "missing-name": "model M {\n  input x[2]\n  output x * 2\n}",

  "shape-mismatch":
    "model M {\n  input x[2]\n  param W[3, 3] ~ zeros\n  z[i] = sum[j](W[i, j] * x[j])\n  o = x + W\n  loss mse(x, z)\n}",
  "rank-mismatch": "model M {\n  input A[2, 3]\n  b[i] = A[i]\n  h = dense(A, units: 2)\n}",
  "invalid-size": "model M(n = 3) {\n  input x[n / 2]\n  input y[n - 3]\n  input z[1e10]\n}",
  "tensor-too-large": "model M {\n  param W[100000, 100000] ~ zeros\n}",
  "not-finite": "model M(n = 0) {\n  input x[2]\n  y = x / (1 / n)\n}",
  "unknown-range": "model M {\n  input x[2]\n  y[i] = 1\n  z[i] = x[i - 1 else 0]\n  s[i, j] = x[i + j]\n}",
  "empty-range": "model M {\n  input x[2]\n  input k[3]\n  y[i] = sum[u](k[u] * x[i + u])\n}",
  "scan-initial-value": "model M {\n  input x[4]\n  scan t {\n    carry h = x[t]\n    h <- h / 2 + x[t]\n  }\n}",
  "out-of-bounds": "model M {\n  input x[4]\n  input k[3]\n  y[i < 4] = sum[u](k[u] * x[i + u - 1])\n  z = x[4]\n}",
  "not-affine": "model M {\n  input x[4]\n  y[i] = x[i / 2]\n  z = x[x[0]]\n}",
  "class-mismatch":
    "model M {\n  input x[4]\n  input c: class(3)\n  input d: class(5)\n  loss cross_entropy(x, c) + x[d]\n  metric accuracy(x, x[0])\n}",

  "wrong-kind":
    "model M {\n  input x[2]\n  param W[2] ~ constant(x)\n  param V[2] ~ dense\n  y = x + tanh\n  z = x(1)\n  train { optimizer relu }\n  loss x[0]\n}",
  "misplaced-statement":
    "model M {\n  input x[2]\n  return x\n}\nfunction f(x) {\n  param w ~ zeros\n  return w * x\n}",
  "duplicate-statement":
    "model M {\n  param x ~ ones\n  loss x^2\n  train { optimizer sgd }\n  train { optimizer adam }\n}",
  "unreachable-statement": "function f(x) {\n  return x\n  y = x\n}",
  "misplaced-shape": "function f(x[n]) = x",
  "missing-return": "layer l(x[n]) {\n  y = x * 2\n}\nmodel M { input x[2] h = l(x) }",
  "missing-update":
    "optimizer o(rate = 1) {\n  v = rate * g\n}\nmodel M { param p ~ ones loss p^2 train { optimizer o } }",
  "not-a-state": "model M {\n  input x\n  param w ~ ones\n  w <- 0.9 * w\n  loss (w * x)^2\n}",
  "state-varies":
    "model M {\n  input x[2]\n  param w ~ ones\n  state m ~ zeros\n  m <- 0.9 * m + 0.1 * x[0]\n  loss (w * x[0] - m)^2\n}",
  "no-batch":
    "optimizer slow {\n  w <- w - g / examples\n}\nmodel M {\n  param w ~ ones\n  loss w^2\n  train { optimizer slow }\n}",
  "missing-optimizer": "model M { param p ~ ones loss p^2 train { epochs 3 } }",
  "invalid-setting": "model M { param p ~ ones loss p^2 train { optimizer sgd epochs 0 shuffle maybe } }",
  "missing-loss": "model M { param p ~ ones train { optimizer sgd } }",
  "mode-mismatch":
    "model M {\n  input x[2]\n  target y[2]\n  h = if training then dense(x, units: 2) else x\n  o = if training then h else dense(h, units: 2)\n  param s[2 + training] ~ ones\n  loss mse(o, y) + s[0]\n}",
  "constant-loss": "model M {\n  input x[2]\n  loss 2 * 3\n}",
  "target-in-output": "model M {\n  input x[2]\n  target y[2]\n  e = y - x\n  output e\n}",
  "requirement-not-met":
    "layer halves(x[n]) {\n  // The elements are taken in pairs.\n  require n mod 2 == 0\n  y[i < n / 2] = x[2 * i] + x[2 * i + 1]\n  return y\n}\nmodel M(width = 3) {\n  require width > 3\n  input x[5]\n  h = halves(x)\n}",
  "unused-parameter":
    "model M {\n  input x[2]\n  h = dense(x, units: 2)\n  k = dense(x, units: 2)\n  loss mse(h, x)\n}",
  "misplaced-reduction":
    "model M {\n  input x\n  m = mean[data](x)\n  metric spread = x - mean[data](x)\n  metric deviation = mean[data]((x - mean[data](x))^2)\n  metric most = max[data](x)\n}",
  "not-a-scalar":
    "model M {\n  input x[2]\n  y[i] = x\n  z[i] = relu(x + y[i])\n  m = mean[i]((x - 1)^2)\n  d = grad(x, x)\n  loss x\n}",
  "unknown-reduction": "model M {\n  input x[2]\n  y = average[i](x[i])\n}",
  "reduction-without-index": "model M {\n  input x[2]\n  y = sum(x)\n}",
  "invalid-gradient": "model M {\n  input x[2]\n  y = grad(x[0]^2, x[0])\n}",
  "zero-gradient": "model M {\n  input x[2]\n  input u\n  y = grad(x[0]^2, u)\n}",
  "unmatched-pattern":
    'model M { param p ~ ones loss p^2 train { optimizer sgd optimizer adam for "p" optimizer adam for "*" frozen "q.*" } }',
  "unknown-setting": "model M { param p ~ ones loss p^2 train { optimizer sgd epoch 3 } }",
  "recursive-definition": "layer l(x[n]) {\n  h = l(x)\n  return h\n}\nmodel M { input x[2] y = l(x) }",
  "page-too-large": `function f0(x) = x\n${Array.from({ length: 40 }, (_, k) => `function f${k + 1}(x) = f${k}(x) + f${k}(x)\n`).join("")}`,
};

function exampleOf(code: DiagnosticCode): Example {
  const example = examples[code];
  return typeof example === "string" ? { pages: example } : example;
}

const allCodes = Object.keys(examples) as readonly DiagnosticCode[];

describe("every diagnostic code", () => {
  it.each(allCodes)("%s is reported by its example", (code) => {
    const { pages, options } = exampleOf(code);
    expect(diagnose(pages, options).map((diagnostic) => diagnostic.code)).toContain(code);
  });

  it("tells the message, the place and the remedy", async () => {
    const gallery = allCodes.map((code) => {
      const { pages, options } = exampleOf(code);
      const text = rendered(pages, options);
      // Of many, the first few and the last.
      const all = text.split("\n\n");
      const cut = all.length > 12 ? [...all.slice(0, 2), "…", ...all.slice(-1)].join("\n\n") : text;
      return `${"═".repeat(120)}\n${code}: ${diagnosticCodes[code]}\n\n${cut}\n`;
    });
    await expect(gallery.join("\n")).toMatchFileSnapshot("golden/diagnostics.txt");
  });

  it.each(allCodes)("%s is plain data for programs, whose lines and columns are the places of the text", (code) => {
    const { pages, options } = exampleOf(code);
    for (const diagnostic of diagnose(pages, options)) {
      const json = diagnosticToJson(diagnostic);
      const { severity, message, help } = diagnostic;
      expect(JSON.parse(JSON.stringify(json))).toEqual(json);
      expect(json).toMatchObject({ code: diagnostic.code, severity, message, help });
      expect(json.labels).toHaveLength(diagnostic.labels.length);
      for (const [k, { span, text }] of diagnostic.labels.entries()) {
        const { file } = span;
        const offsetOf = (line: number, column: number): number =>
          file.text
            .split("\n")
            .slice(0, line - 1)
            .join("\n").length +
          (line > 1 ? 1 : 0) +
          column -
          1;
        const { path, start, end, text: said } = json.labels[k]!;
        expect([path, said, start.offset, end.offset]).toEqual([file.path, text, span.start, span.end]);
        expect(offsetOf(start.line, start.column)).toBe(span.start);
        expect(offsetOf(end.line, end.column)).toBe(span.end);
      }
    }
  });

  it.each(allCodes)("%s says what is wrong, and is told in words", (code) => {
    const { pages, options } = exampleOf(code);
    for (const { message, help, labels } of diagnose(pages, options)) {
      for (const text of [message, ...(help === null ? [] : [help]), ...labels.map((label) => label.text)]) {
        expect(text).not.toMatch(/undefined|\[object|NaN|^\s|\s$|\.$/);
        expect(text).not.toBe("");
      }
    }
  });
});

describe("diagnostics of one run", () => {
  it("are several, in reading order, without consequences of the first", () => {
    const page =
      "function f(x) = y\nmodel M {\n  input x[n]\n  h = dense(x, units: 2)\n  o = h + sofmax(h)\n  loss mse(o)\n}";
    expect(codes(page)).toEqual(["unknown-name", "unknown-name", "unknown-name", "missing-argument"]);
  });

  it("are one for each cause", () => {
    const model = (statement: string): string => `model M {\n  input x[4]\n  input A[2, 3, 4]\n  ${statement}\n}`;
    // A name that means nothing, at all its places in a statement; indices that a forgotten binder would bind.
    expect(codes(model("y = x[i] * x[i] + x[i]"))).toEqual(["unknown-name"]);
    expect(diagnose(model("y = x[i] * x[i] + x[i]"))[0]?.labels).toHaveLength(3);
    expect(codes(model("loss mean((x[i] - x[j])^2)"))).toEqual(["reduction-without-index"]);
    expect(diagnose(model("loss mean((x[i] - x[j])^2)"))[0]?.help).toBe("write mean[i, j](…)");
    // A read that leaves its tensor on several axes; an argument under another name, which is not also missing.
    expect(codes(model("y[i < 2, j < 3, k < 4] = A[i + 1, j + 1, k + 1]"))).toEqual(["out-of-bounds"]);
    expect(codes(model("y = dense(x, width: 3)"))).toEqual(["unknown-argument"]);
  });

  it("help by the place in which a name stands", () => {
    const help = (page: string): string | null | undefined => diagnose(page)[0]?.help;
    expect(help("model M { input x[2] y = x[i] }")).toBe(
      "an index is bound on the left, y[i] = …, or by a reduction, sum[i](…)",
    );
    expect(help("layer f(x) { param W[n] ~ zeros return W }")).toBe(
      "a size is named where a tensor is declared: layer f(x[n])",
    );
    expect(help("model M { input x[n] }")).toBe("a model's sizes are its hyperparameters: model M(n = 1)");
    expect(help("model M { input x[2] h = dense(x, units: 1) loss h }")).toBe("read its only element: h[0]");
    expect(help("model M { input x[2] target y loss mse(x, y) }")).toBe("a tensor of one element is declared y[1]");
    expect(help("model M { input A[2, 2] p = softmax(A) }")).toContain("y[i, ..] = softmax(A[i, ..])");
    expect(help("model M { input x[2] h = dense(x, units: 2, activation: sigmoid(x)) }")).toBe(
      "a function is given by its name alone: activation: tanh",
    );
    expect(help("model M { input x[2] param W[2] ~ normal(std: 0.1) loss sum[i](W[i] * x[i]) }")).toBe(
      "did you mean `stddev`?",
    );
    expect(help("model M { input x[2] param W[3, 2] ~ zeros h = W * x }")).toContain("z[i] = sum[j](W[i, j] * x[j])");
  });

  it("go on after text that cannot be read, whose names mean nothing wrong", () => {
    const model = "model M {\n  input x[2]\n  a = f(x) + foo(x)\n  b = x + yy\n  loss mse(a, zz)\n}";
    const mistakes = ["unknown-name", "unknown-name", "unknown-name"];
    expect(codes(model)).toEqual(["unknown-name", ...mistakes]);
    expect(codes(`function f(x) = x ** 2\n${model}`)).toEqual(["foreign-operator", ...mistakes]);
    expect(codes(`${model}\nfunction f(x) = x ** 2`)).toEqual([...mistakes, "foreign-operator"]);
    expect(codes(`layer f(x[n] {\n  return x\n}\n${model}`)).toEqual(["unexpected-token", ...mistakes]);
    expect(codes(`f(x) = x\n${model}`)).toEqual(["not-a-definition", ...mistakes]);
    expect(codes(`import { f } form "./f.adj"\n${model}`)).toEqual(["unexpected-token", ...mistakes]);
  });

  it("go on in a page that imports text that cannot be read", () => {
    const page = 'import { f, g, h } from "./lib.adj"\nfunction k(x) = f(x) + g(x) + h(x) + m(x)';
    const library = "function f(x) = x ** 2\nfunction g(x, y) = x";
    expect(codes({ "page.adj": page, "lib.adj": library })).toEqual([
      "unknown-import",
      "missing-argument",
      "unknown-name",
      "foreign-operator",
    ]);
  });

  it("take nothing for unused, and no hyperparameter for unknown, that text in error may use", () => {
    const pages = {
      "page.adj": 'import { f } from "./lib.adj"\nmodel M(k = 1) { input }',
      "lib.adj": "function f(x) = x",
    };
    const { diagnostics } = load("page.adj", memoryHost(pages), { hyperparameters: { k: 2 } });
    expect(diagnostics.map(({ code }) => code)).toEqual(["unexpected-token"]);
  });
});
