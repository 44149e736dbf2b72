/**
 * Owns: forms that lose no digits and do not overflow, for formulas that do. `logistic` and `log1pexp` are functions of
 * their own with derivatives of their own, so that what is differentiated afterwards is right everywhere, at kinks too.
 */

import { type Equation, ruleOf } from "../rewriting/equation.ts";

const equations: readonly Equation[] = [
  { name: "logistic-of-exp", from: ["div", ["exp", "x"], ["add", 1, ["exp", "x"]]], to: ["logistic", "x"] },
  { name: "logistic", from: ["div", 1, ["add", 1, ["exp", "x"]]], to: ["logistic", ["neg", "x"]] },
  { name: "logistic-gate", from: ["div", "y", ["add", 1, ["exp", "x"]]], to: ["mul", "y", ["logistic", ["neg", "x"]]] },
  {
    name: "tanh-of-exp",
    from: ["div", ["sub", ["exp", "x"], ["exp", ["neg", "x"]]], ["add", ["exp", "x"], ["exp", ["neg", "x"]]]],
    to: ["tanh", "x"],
  },
  {
    name: "logit-of-logistic",
    sharper: true,
    from: ["log", ["div", ["logistic", "x"], ["sub", 1, ["logistic", "x"]]]],
    to: "x",
  },
  { name: "log-logistic", from: ["log", ["logistic", "x"]], to: ["neg", ["log1pexp", ["neg", "x"]]] },
  {
    name: "log-one-minus-logistic",
    sharper: true,
    from: ["log", ["sub", 1, ["logistic", "x"]]],
    to: ["neg", ["log1pexp", "x"]],
  },
  {
    name: "log1p-minus-logistic",
    sharper: true,
    from: ["log1p", ["neg", ["logistic", "x"]]],
    to: ["neg", ["log1pexp", "x"]],
  },
  { name: "log1pexp", from: ["log", ["add", 1, ["exp", "x"]]], to: ["log1pexp", "x"] },
  { name: "log1p-exp", from: ["log1p", ["exp", "x"]], to: ["log1pexp", "x"] },
  {
    name: "log1pexp-by-hand",
    from: ["add", ["max", "x", 0], ["log1pexp", ["neg", ["abs", "x"]]]],
    to: ["log1pexp", "x"],
  },
  { name: "log1pexp-minus-self", from: ["sub", "x", ["log1pexp", "x"]], to: ["neg", ["log1pexp", ["neg", "x"]]] },
  { name: "log1pexp-plus-self", from: ["add", "x", ["log1pexp", ["neg", "x"]]], to: ["log1pexp", "x"] },
  { name: "log1p", from: ["log", ["add", 1, "x"]], to: ["log1p", "x"] },
  { name: "log1p-minus", from: ["log", ["sub", 1, "x"]], to: ["log1p", ["neg", "x"]] },
  { name: "expm1", from: ["sub", ["exp", "x"], 1], to: ["expm1", "x"] },
  { name: "expm1-log1p", from: ["expm1", ["log1p", "x"]], to: "x" },
  { name: "log1p-expm1", sharper: true, from: ["log1p", ["expm1", "x"]], to: "x" },
  {
    name: "log-quotient-of-exp",
    from: ["log", ["div", ["exp", "x"], "y"]],
    to: ["sub", "x", ["log", "y"]],
    where: { y: "positive" },
  },
  {
    name: "log-quotient-by-exp",
    from: ["log", ["div", "x", ["exp", "y"]]],
    to: ["sub", ["log", "x"], "y"],
    where: { x: "positive" },
  },
  {
    name: "log-product-of-exp",
    from: ["log", ["mul", ["exp", "x"], "y"]],
    to: ["add", "x", ["log", "y"]],
    where: { y: "positive" },
  },
  { name: "log-reciprocal", from: ["log", ["div", 1, "x"]], to: ["neg", ["log", "x"]] },
  { name: "log-sqrt", from: ["log", ["sqrt", "x"]], to: ["mul", 0.5, ["log", "x"]], where: { x: "positive" } },
  {
    name: "log-power",
    except: "nonfinite",
    from: ["log", ["pow", "x", "y"]],
    to: ["mul", "y", ["log", "x"]],
    where: { x: "positive" },
  },
];

export const stableForms = equations.map(ruleOf);
