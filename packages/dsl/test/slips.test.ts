/** Owns: what is said of frequent slips, with the text that the remedy asks for, which is without error. */

import { expect, test } from "vitest";
import { diagnose } from "./loading.ts";

const model = (...statements: readonly string[]): string =>
  ["model M {", "  input x[2]", ...statements.map((each) => `  ${each}`), "}"].join("\n");
const layer = (...statements: readonly string[]): string =>
  ["layer l(x[n]) {", ...statements.map((each) => `  ${each}`), "}"].join("\n");
const trained = (...settings: readonly string[]): string =>
  model("h = dense(x, units: 1)", "loss h[0]^2", "train {", ...settings.map((each) => `  ${each}`), "}");

interface Slip {
  readonly wrong: string;
  readonly message: string;
  /** What the label points at. */
  readonly at: string;
  readonly help: string;
  readonly right: string;
}

const classes = "`: class(k)`, whole numbers from 0 to k - 1, is the only type; without it numbers are meant";

const slips: readonly Slip[] = [
  {
    wrong: "model M { input A[2, 3] y = A[.., 0] }",
    message: "`..` stands behind all indices, for the axes that follow them",
    at: "..",
    help: "name the axes that are kept: `y[k] = x[k, 0]`",
    right: "model M { input A[2, 3] y[k] = A[k, 0] }",
  },
  {
    wrong: "model M { input A[2, 3, 4] y[i] = A[i, .., 0] }",
    message: "`..` stands behind all indices, for the axes that follow them",
    at: "..",
    help: "name the axes that are kept: `y[k] = x[k, 0]`",
    right: "model M { input A[2, 3, 4] y[i, k] = A[i, k, 0] }",
  },
  {
    wrong: "function f(z, epsilon: 1e-5) = z / epsilon",
    message: "a default is written with `=`",
    at: ":",
    help: "write `epsilon = 1e-5`",
    right: "function f(z, epsilon = 1e-5) = z / epsilon",
  },
  {
    wrong: "model M(hidden: 8 * 2) { input x[hidden] }",
    message: "a default is written with `=`",
    at: ":",
    help: "write `hidden = …`",
    right: "model M(hidden = 8 * 2) { input x[hidden] }",
  },
  {
    wrong: "layer l(x[n], f: relu) = f(x)",
    message: "a default is written with `=`",
    at: ":",
    help: `write \`f = relu\` for a default; ${classes}`,
    right: "layer l(x[n], f = relu) = f(x)",
  },
  {
    wrong: "layer l(x: [n]) = x",
    message: "a shape stands directly behind the name",
    at: ": [n]",
    help: "write `x[n]`",
    right: "layer l(x[n]) = x",
  },
  {
    wrong: model("input u: [5]"),
    message: "a shape stands directly behind the name",
    at: ": [5]",
    help: "write `u[5]`",
    right: model("input u[5]"),
  },
  {
    wrong: model("input u: 5"),
    message: "a shape stands directly behind the name",
    at: ": 5",
    help: "write `u[5]`",
    right: model("input u[5]"),
  },
  {
    wrong: model("input u(5)"),
    message: "a shape stands in brackets",
    at: "(5)",
    help: "write `input u[5]`",
    right: model("input u[5]"),
  },
  {
    wrong: model("target y: float"),
    message: "there is no type `float`",
    at: "float",
    help: classes,
    right: model("target y"),
  },
  {
    wrong: model("param W[2]", "y = W * x"),
    message: "`W` does not say how it begins",
    at: "W[2]",
    help: "write `W[2] ~ zeros`, or another initializer",
    right: model("param W[2] ~ zeros", "y = W * x"),
  },
  {
    wrong: model("param W[2] = ones", "y = W * x"),
    message: "`W` does not say how it begins",
    at: "=",
    help: "write `W[2] ~ ones`",
    right: model("param W[2] ~ ones", "y = W * x"),
  },
  {
    wrong: model("param b ones", "y = b * x"),
    message: "`b` does not say how it begins",
    at: "ones",
    help: "write `b ~ ones`",
    right: model("param b ~ ones", "y = b * x"),
  },
  {
    wrong: model("param b ~ -0.5", "y = b * x"),
    message: "an initializer stands behind `~`",
    at: "-0.5",
    help: "write `constant(-0.5)`",
    right: model("param b ~ constant(-0.5)", "y = b * x"),
  },
  {
    wrong: "optimizer o {\n  state m\n  m <- g\n  w <- w - m\n}",
    message: "`m` does not say how it begins",
    at: "m",
    help: "write `m ~ zeros`, or another initializer",
    right: "optimizer o {\n  state m ~ zeros\n  m <- g\n  w <- w - m\n}",
  },
  {
    wrong: trained("sgd(rate: 0.1)", "epochs 5"),
    message: "`train` has no setting `sgd`",
    at: "sgd(rate: 0.1)",
    help: "write `optimizer sgd(rate: 0.1)`",
    right: trained("optimizer sgd(rate: 0.1)", "epochs 5"),
  },
  {
    wrong: trained("sgd(0.1)"),
    message: "`train` has no setting `sgd`",
    at: "sgd",
    help: "write `optimizer sgd`, or `optimizer sgd(…)`",
    right: trained("optimizer sgd(0.1)"),
  },
  {
    wrong: trained("adam"),
    message: "`train` has no setting `adam`",
    at: "adam",
    help: "write `optimizer adam`",
    right: trained("optimizer adam"),
  },
  {
    wrong: trained("epochs 5", "adam", "batch 2"),
    message: "`train` has no setting `adam`",
    at: "adam",
    help: "write `optimizer adam`",
    right: trained("epochs 5", "optimizer adam", "batch 2"),
  },
  {
    wrong: trained("optimizer clip_norm(1) adam(rate: 1)"),
    message: "`train` has no setting `adam`",
    at: "adam(rate: 1)",
    help: "steps of an optimizer are joined by commas: optimizer …, adam(rate: 1)",
    right: trained("optimizer clip_norm(1), adam(rate: 1)"),
  },
  {
    wrong: trained("optimizer sgd", "epochs = 10"),
    message: "a setting is followed by its value",
    at: "=",
    help: "write `epochs 10`",
    right: trained("optimizer sgd", "epochs 10"),
  },
  {
    wrong: trained("optimizer: sgd(rate: 0.1)"),
    message: "a setting is followed by its value",
    at: ":",
    help: "write `optimizer sgd(rate: 0.1)`",
    right: trained("optimizer sgd(rate: 0.1)"),
  },
  {
    wrong: trained("optimizer sgd", "epochs"),
    message: "the setting `epochs` has no value",
    at: "epochs",
    help: "write its value behind it, as in `epochs 100`",
    right: trained("optimizer sgd", "epochs 100"),
  },
  {
    wrong: `${layer("y = 2 * x")}\n${model("y = l(x)")}`,
    message: "the layer `l` returns nothing",
    at: "l",
    help: "end it with `return y`",
    right: `${layer("y = 2 * x", "return y")}\n${model("y = l(x)")}`,
  },
  {
    wrong: layer("2 * x"),
    message: "a value does not stand by itself",
    at: "2",
    help: "write `return …` if it is what the layer gives, or name it: `h = …`",
    right: layer("return 2 * x"),
  },
  {
    wrong: layer("y = 2 * x", "y"),
    message: "a value does not stand by itself",
    at: "y",
    help: "write `return …` if it is what the layer gives, or name it: `h = …`",
    right: layer("y = 2 * x", "return y"),
  },
  {
    wrong: layer("softmax(x)"),
    message: "a value does not stand by itself",
    at: "softmax",
    help: "write `return …` if it is what the layer gives, or name it: `h = …`",
    right: layer("return softmax(x)"),
  },
  {
    wrong: model("dense(x, units: 3)"),
    message: "a value does not stand by itself",
    at: "dense",
    help: "name it, `h = …`, or say what it is to the model: `output …`, `loss …`",
    right: model("output dense(x, units: 3)"),
  },
  {
    wrong: "optimizer o {\n  w - g\n}",
    message: "a value does not stand by itself",
    at: "w",
    help: "name it, `d = …`; `w <- …` is the parameter's new value",
    right: "optimizer o {\n  w <- w - g\n}",
  },
  {
    wrong: model('y = dense(x, units: 1, activation: "tanh")'),
    message: "a name stands without quotes",
    at: '"tanh"',
    help: "write `tanh`",
    right: model("y = dense(x, units: 1, activation: tanh)"),
  },
  {
    wrong: model('y = "a b"'),
    message: "there is no text among the values",
    at: '"a b"',
    help: "only files and patterns of names stand in quotes",
    right: model("y = x"),
  },
  {
    wrong: model("noise e[2]", "y = x + e"),
    message: "`e` does not say how it is drawn",
    at: "e[2]",
    help: "write `e[2] ~ normal`, or another distribution",
    right: model("noise e[2] ~ normal", "y = x + e"),
  },
  {
    wrong: model("param W: [2] ~ zeros", "y = W * x"),
    message: "a shape stands directly behind the name",
    at: ": [2]",
    help: "write `W[2]`",
    right: model("param W[2] ~ zeros", "y = W * x"),
  },
  {
    wrong: trained("optimizer adam, epochs 10"),
    message: "settings need no `,` between them",
    at: ",",
    help: "a `,` chains optimizers: `optimizer clip_norm(1), adam`",
    right: trained("optimizer adam epochs 10"),
  },
  {
    wrong: trained('optimizer "adam"'),
    message: "`optimizer` is not set to names",
    at: 'optimizer "adam"',
    help: "write it without quotes: `optimizer adam`",
    right: trained("optimizer adam"),
  },
  {
    wrong: trained("optimizer adam for h.W"),
    message: "`train` has no setting `for`",
    at: "for",
    help: 'names and patterns of parameters are quoted: optimizer sgd for "h.*"',
    right: trained('optimizer adam for "h.*"'),
  },
  {
    wrong: model("h: tanh(x)"),
    message: "a name is given with `=`",
    at: ":",
    help: "write `h = …`",
    right: model("h = tanh(x)"),
  },
  {
    wrong: model("output: x"),
    message: "no `:` stands behind `output`",
    at: ":",
    help: "write `output …`",
    right: model("output x"),
  },
  {
    wrong: model("let h = tanh(x)"),
    message: "a name is given without a word before it",
    at: "let",
    help: "write `h = …`",
    right: model("h = tanh(x)"),
  },
  {
    wrong: model("h = x", "for k in 3 { h = tanh(h) }"),
    message: "there are no loops over elements",
    at: "for",
    help: "a tensor is said by its elements, `y[i] = …`, a sum by `sum[i](…)`; statements are repeated by `repeat 3 { … }`",
    right: model("h = x", "repeat 3 { h = tanh(h) }"),
  },
  {
    wrong: model("h = x", "repeat { h = tanh(h) }"),
    message: "`repeat` does not say how often",
    at: "repeat",
    help: "write `repeat 3 { … }`",
    right: model("h = x", "repeat 3 { h = tanh(h) }"),
  },
  {
    wrong: model("h = x", "repeat 3 times { h = tanh(h) }"),
    message: "the number of turns stands by itself",
    at: "times",
    help: "write `repeat 3 { … }`",
    right: model("h = x", "repeat 3 { h = tanh(h) }"),
  },
  {
    wrong: model("state s ~ zeros", "param w ~ ones", "if training then s <- w"),
    message: "a choice is a value, and does not stand by itself",
    at: "if",
    help: "choose inside an expression: `s <- if c then a else s`; states change in training only, without being told to",
    right: model("state s ~ zeros", "param w ~ ones", "s <- if w > 0 then w else s"),
  },
  {
    wrong: model("if training { h = x }"),
    message: "a choice is a value, and does not stand by itself",
    at: "if",
    help: "choose inside an expression: `h = if c then a else b`",
    right: model("h = if training then x else 2 * x"),
  },
  {
    wrong: model("h = x if training else 2 * x"),
    message: "a condition stands before what it chooses",
    at: "if",
    help: "write `if c then a else b`",
    right: model("h = if training then x else 2 * x"),
  },
  {
    wrong: model("y = x[0:1]"),
    message: "a part of a tensor is said by its elements",
    at: ":",
    help: "write `y[i < 2] = x[i + 1]` for some of an axis, `x[t, ..]` for all of those behind",
    right: model("y[i < 1] = x[i]"),
  },
  {
    wrong: model("y = [0, 2, 4]"),
    message: "a tensor is not written as a list",
    at: "[",
    help: "say its elements, `y[i < 3] = 2 * i`, or take it as an `input`",
    right: model("y[i < 3] = 2 * i"),
  },
  {
    wrong: model("y = x.softmax()"),
    message: "there are no methods",
    at: "x.softmax",
    help: "what is called takes its arguments in parentheses: `softmax(x)`",
    right: model("y = softmax(x)"),
  },
  {
    wrong: "function f(x) = 1 + |x - 1| * 2",
    message: "the language has no `|x - 1|`",
    at: "|x - 1|",
    help: "an absolute value is written `abs(x)`",
    right: "function f(x) = 1 + abs(x - 1) * 2",
  },
  {
    wrong: "function f(x) = if x | (x > 1) then 1 else 0",
    message: "the language has no `|`",
    at: "|",
    help: "write `or`",
    right: "function f(x) = if x or (x > 1) then 1 else 0",
  },
];

test.each(slips)("$wrong", ({ wrong, message, at, help, right }) => {
  const [found, ...others] = diagnose(wrong);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ severity: "error", message, help });
  const { span } = found!.labels[0];
  expect(span.file.text.slice(span.start, span.end)).toBe(at);
  expect(diagnose(right).filter(({ severity }) => severity === "error")).toEqual([]);
});
