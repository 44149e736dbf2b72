/** Owns: the text of the functions that emitted code calls and that JavaScript's Math lacks. */

import type { EmittedFunction } from "../../procedure.ts";
import type { HelperName } from "./scalar-printing.ts";

interface Helper {
  readonly doc: string;
  readonly argument: string;
  readonly body: readonly string[];
}

const helpers: Readonly<Record<HelperName, Helper>> = {
  erf: {
    doc: "The error function 2/√π ∫₀ˣ e^(−t²) dt (Abramowitz & Stegun 7.1.6 below 2.5, 7.1.14 above).",
    argument: "x",
    body: [
      "const a = Math.abs(x);",
      "if (!(a < 6)) return Number.isNaN(x) ? x : Math.sign(x);",
      "if (a < 2.5) {",
      "  let term = x;",
      "  let sum = x;",
      "  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {",
      "    term *= (2 * x * x) / (2 * k + 1);",
      "    sum += term;",
      "  }",
      "  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;",
      "}",
      "let tail = a;",
      "for (let k = 60; k > 0; k--) tail = a + k / 2 / tail;",
      "return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * tail));",
    ],
  },
  log1pexp: {
    doc: "log(1 + eˣ) without overflow.",
    argument: "x",
    body: ["return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));"],
  },
};

/** Guaranteed by the type of the table: its keys are the names, in the order in which modules declare them. */
export const helperNames = Object.keys(helpers) as readonly HelperName[];

export function helperFunction(name: HelperName): EmittedFunction {
  const { doc, argument, body } = helpers[name];
  return {
    name,
    doc,
    parameters: [{ name: argument, type: "number", initializer: null }],
    returnType: "number",
    body: body.map((text) => ({ text, span: null })),
  };
}
