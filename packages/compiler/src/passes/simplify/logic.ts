/** Owns: identities of conditions and selections. */

import { type Equation, ruleOf } from "../rewriting/equation.ts";

const equations: readonly Equation[] = [
  { name: "select-true", from: ["select", 1, "x", "y"], to: "x" },
  { name: "select-false", from: ["select", 0, "x", "y"], to: "y" },
  { name: "select-same", from: ["select", "c", "x", "x"], to: "x" },
  { name: "select-not", from: ["select", ["not", "c"], "x", "y"], to: ["select", "c", "y", "x"] },
  { name: "select-ne", from: ["select", ["ne", "a", "b"], "x", "y"], to: ["select", ["eq", "a", "b"], "y", "x"] },
  { name: "select-in-then", from: ["select", "c", ["select", "c", "x", "y"], "z"], to: ["select", "c", "x", "z"] },
  { name: "select-in-else", from: ["select", "c", "x", ["select", "c", "y", "z"]], to: ["select", "c", "x", "z"] },
  { name: "select-truth", from: ["select", "c", 1, 0], to: "c", where: { c: "truth" } },
  { name: "select-untruth", from: ["select", "c", 0, 1], to: ["not", "c"] },
  {
    name: "select-both-negative",
    from: ["select", "c", ["neg", "x"], ["neg", "y"]],
    to: ["neg", ["select", "c", "x", "y"]],
  },
  { name: "select-negative", from: ["select", "c", ["neg", "x"], 0], to: ["neg", ["select", "c", "x", 0]] },
  { name: "select-else-negative", from: ["select", "c", 0, ["neg", "x"]], to: ["neg", ["select", "c", 0, "x"]] },
  {
    name: "select-common-factor",
    from: ["select", "c", ["mul", "x", "y"], ["mul", "x", "z"]],
    to: ["mul", "x", ["select", "c", "y", "z"]],
  },
  {
    name: "add-truth-and-select",
    from: ["add", "c", ["select", "c", 0, "y"]],
    to: ["select", "c", 1, "y"],
    where: { c: "truth" },
  },
  { name: "not-not", from: ["not", ["not", "c"]], to: "c", where: { c: "truth" } },
  { name: "and-same", from: ["and", "c", "c"], to: "c", where: { c: "truth" } },
  { name: "or-same", from: ["or", "c", "c"], to: "c", where: { c: "truth" } },
  { name: "and-not", from: ["and", "c", ["not", "c"]], to: 0 },
  { name: "or-not", from: ["or", "c", ["not", "c"]], to: 1 },
  { name: "and-true", from: ["and", "c", 1], to: "c", where: { c: "truth" } },
  { name: "and-false", from: ["and", "c", 0], to: 0 },
  { name: "or-true", from: ["or", "c", 1], to: 1 },
  { name: "or-false", from: ["or", "c", 0], to: "c", where: { c: "truth" } },
  { name: "lt-same", from: ["lt", "x", "x"], to: 0 },
  { name: "le-same", from: ["le", "x", "x"], to: 1, except: "nan" },
  { name: "eq-same", from: ["eq", "x", "x"], to: 1, except: "nan" },
  { name: "ne-same", from: ["ne", "x", "x"], to: 0, except: "nan" },
];

export const logicRules = equations.map(ruleOf);
