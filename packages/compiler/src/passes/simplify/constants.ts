/** Owns: arithmetic on constants: folding it, and bringing constants of a product to its front, where they meet. */

import { argumentsOf, type Node, type ScalarFunctionName, scalarFunctionNames, scalarFunctions } from "@adjoint/ir";
import type { Context, Rule, Samples } from "../rewriting/rule.ts";
import { argumentsOfMap, constantValue } from "../rewriting/views.ts";

const fold: Rule = {
  name: "fold",
  doc: "f(c, d) is a constant if c and d are",
  heads: scalarFunctionNames,
  apply: (node, { builder, origin }) => {
    if (node.kind !== "map") return null;
    const values = node.args.map(constantValue);
    if (values.some((value) => value === null)) return null;
    const known = values.flatMap((value) => (value === null ? [] : [value]));
    return builder.constant(scalarFunctions[node.fn].value(...known), node.shape, origin);
  },
  examples: [({ builder }) => builder.map("add", [builder.constant(2, [3]), builder.constant(0.5, [3])])],
};

/** The arguments of a map of one function, else null. */
function operands(node: Node, fn: ScalarFunctionName): readonly [Node, Node] | null {
  if (node.kind !== "map" || node.fn !== fn) return null;
  const [a, b] = node.args;
  return a === undefined || b === undefined ? null : [a, b];
}

/** c · x as [c, x]. */
function scaled(node: Node): readonly [number, Node] | null {
  const factors = operands(node, "mul");
  const c = factors === null ? null : constantValue(factors[0]);
  return factors === null || c === null ? null : [c, factors[1]];
}

const constantFirst: Rule = {
  name: "constant-first",
  doc: "x · c = c · x",
  heads: ["mul"],
  apply: (node, { builder, origin }) => {
    const factors = operands(node, "mul");
    if (factors === null) return null;
    const [x, c] = factors;
    return constantValue(c) === null || constantValue(x) !== null ? null : builder.map("mul", [c, x], origin);
  },
  examples: [({ builder, x }) => builder.map("mul", [x, builder.constant(3, [3])])],
};

const constantsMeet: Rule = {
  name: "constants-meet",
  doc: "c · (d · x) = cd · x, (c · x) · (d · y) = cd · (x · y)",
  heads: ["mul"],
  apply: (node, { builder, origin }) => {
    const factors = operands(node, "mul");
    if (factors === null) return null;
    const [x, y] = factors;
    const right = scaled(y);
    if (right === null) return null;
    const c = constantValue(x);
    if (c !== null) return scale(builder, c * right[0], right[1], origin);
    const left = scaled(x);
    if (left === null) return null;
    return scale(builder, left[0] * right[0], builder.map("mul", [left[1], right[1]], origin), origin);
  },
  examples: [
    ({ builder, x, y }) => builder.map("mul", [times(builder, 3, x), times(builder, 2, y)]),
    ({ builder, x }) => times(builder, 0.5, times(builder, 4, x)),
  ],
};

/** A factor among others leaves them, if that dissolves no name: a sum can then let it out, or another constant meet it. */
const constantOut: Rule = {
  name: "constant-out",
  doc: "x · (c · y) = c · (x · y)",
  heads: ["mul"],
  apply: (node, { builder, origin, named }) => {
    const factors = operands(node, "mul");
    if (factors === null || factors.some((factor) => constantValue(factor) !== null)) return null;
    const [x, y] = factors;
    const right = named(y) ? null : scaled(y);
    if (right !== null) return scale(builder, right[0], builder.map("mul", [x, right[1]], origin), origin);
    const left = named(x) ? null : scaled(x);
    return left === null ? null : scale(builder, left[0], builder.map("mul", [left[1], y], origin), origin);
  },
  examples: [
    ({ builder, x, y }) => builder.map("mul", [x, times(builder, 3, y)]),
    ({ builder, x, y }) => builder.map("mul", [times(builder, 3, y), x]),
  ],
};

const constantTimesNegative: Rule = {
  name: "constant-times-negative",
  doc: "c · −x = (−c) · x",
  heads: ["mul"],
  apply: (node, { builder, origin }) => {
    const product = scaled(node);
    const [x] = product === null ? [] : (argumentsOfMap(builder, product[1], "neg") ?? []);
    return product === null || x === undefined ? null : scale(builder, -product[0], x, origin);
  },
  examples: [({ builder, x }) => times(builder, 3, builder.map("neg", [x]))],
};

const constantOfNegative: Rule = {
  name: "constant-of-negative",
  doc: "−(c · x) = (−c) · x, −(c / x) = (−c) / x",
  heads: ["neg"],
  apply: (node, { builder, origin }) => {
    const [inner] = argumentsOf(node);
    if (inner?.kind !== "map" || (inner.fn !== "mul" && inner.fn !== "div")) return null;
    const [c, x] = inner.args;
    const value = c === undefined ? null : constantValue(c);
    if (value === null || x === undefined) return null;
    return builder.map(inner.fn, [builder.constant(-value, node.shape, origin), x], origin);
  },
  examples: [
    ({ builder, x }) => builder.map("neg", [times(builder, 3, x)]),
    ({ builder, x }) => builder.map("neg", [builder.map("div", [builder.constant(3, [3]), x])]),
  ],
};

const negativeTerm: Rule = {
  name: "negative-term",
  doc: "x + (−c) = x − c, x − (−c) = x + c, x + (−c) · y = x − c · y, x − (−c) · y = x + c · y",
  heads: ["add", "sub"],
  apply: (node, { builder, origin }) => {
    if (node.kind !== "map") return null;
    const [x, y] = node.args;
    if (x === undefined || y === undefined) return null;
    const positive = withoutSign(y, builder, origin);
    const opposite = node.fn === "add" ? "sub" : "add";
    if (positive !== null) return builder.map(opposite, [x, positive], origin);
    const first = node.fn === "add" ? withoutSign(x, builder, origin) : null;
    return first === null ? null : builder.map("sub", [y, first], origin);
  },
  examples: [
    ({ builder, x }) => builder.map("add", [x, builder.constant(-2, [3])]),
    ({ builder, x }) => builder.map("sub", [x, builder.constant(-2, [3])]),
    ({ builder, x, y }) => builder.map("add", [x, times(builder, -2, y)]),
    ({ builder, x, y }) => builder.map("sub", [x, times(builder, -2, y)]),
    ({ builder, x, y }) => builder.map("add", [times(builder, -2, y), x]),
    ({ builder, s, x }) => builder.map("add", [x, builder.broadcast(times(builder, -2, s), [3], [])]),
  ],
};

/** −node for a negative constant, or a product with one, perhaps read elsewhere; else null. */
function withoutSign(node: Node, builder: Context["builder"], origin: Context["origin"]): Node | null {
  if (node.kind === "read" && node.fill === null) {
    const positive = node.source.kind === "read" ? null : withoutSign(node.source, builder, origin);
    return positive === null ? null : builder.read(positive, node.shape, node.index, null, origin);
  }
  const value = constantValue(node);
  if (value !== null) return value < 0 ? builder.constant(-value, node.shape, origin) : null;
  const product = scaled(node);
  return product === null || !(product[0] < 0) ? null : scale(builder, -product[0], product[1], origin);
}

const constantQuotient: Rule = {
  name: "constant-quotient",
  doc: "c · (d / x) = cd / x; c · (x / d) = (c/d) · x or x / (d/c), whichever ratio is whole",
  heads: ["mul"],
  apply: (node, { builder, origin }) => {
    const product = scaled(node);
    if (product === null) return null;
    const [c, quotient] = product;
    const parts = operands(quotient, "div");
    if (parts === null) return null;
    const [above, below] = parts;
    const d = constantValue(above);
    if (d !== null) return builder.map("div", [builder.constant(c * d, node.shape, origin), below], origin);
    const divisor = constantValue(below);
    if (divisor === null || divisor === 0 || c === 0) return null;
    if (Number.isInteger(c / divisor)) return scale(builder, c / divisor, above, origin);
    if (!Number.isInteger(divisor / c)) return null;
    return builder.map("div", [above, builder.constant(divisor / c, node.shape, origin)], origin);
  },
  examples: [
    ({ builder, x }) => times(builder, 3, builder.map("div", [builder.constant(2, [3]), x])),
    ({ builder, x }) => times(builder, 6, builder.map("div", [x, builder.constant(2, [3])])),
    ({ builder, x }) => times(builder, 2, builder.map("div", [x, builder.constant(6, [3])])),
  ],
};

const negativeSelect: Rule = {
  name: "negative-select",
  doc: "select(c, −k, 0) = −select(c, k, 0), select(c, 0, −k) = −select(c, 0, k)",
  heads: ["select"],
  apply: (node, { builder, origin }) => {
    if (node.kind !== "map") return null;
    const [condition, x, y] = node.args;
    if (condition === undefined || x === undefined || y === undefined) return null;
    const [a, b] = [constantValue(x), constantValue(y)];
    if (a === null || b === null || !(a <= 0 && b <= 0 && (a === 0) !== (b === 0))) return null;
    const positive = (value: number) => builder.constant(value === 0 ? 0 : -value, node.shape, origin);
    return builder.map("neg", [builder.map("select", [condition, positive(a), positive(b)], origin)], origin);
  },
  examples: [({ builder, x, y }) => select(builder, x, y, -2, 0), ({ builder, x, y }) => select(builder, x, y, 0, -2)],
};

/** How many of a function's first arguments are conditions, of which only counts whether they are 0. */
const conditions: ReadonlyMap<ScalarFunctionName, number> = new Map([
  ["select", 1],
  ["and", 2],
  ["or", 2],
]);

/** Brings a known condition to the one form in which other rules look for it. */
const constantTruth: Rule = {
  name: "constant-truth",
  doc: "a condition k ≠ 0 is the condition 1",
  heads: [...conditions.keys()],
  apply: (node, { builder, origin }) => {
    if (node.kind !== "map") return null;
    const count = conditions.get(node.fn) ?? 0;
    const isOther = (arg: Node, k: number): boolean => {
      const value = constantValue(arg);
      return k < count && value !== null && value !== 0 && value !== 1;
    };
    if (!node.args.some(isOther)) return null;
    const args = node.args.map((arg, k) => (isOther(arg, k) ? builder.constant(1, arg.shape, arg.origin) : arg));
    return builder.map(node.fn, args, origin);
  },
  examples: [
    ({ builder, x, y }) => builder.map("select", [builder.constant(2, [3]), x, y]),
    ({ builder, x, y }) => builder.map("and", [builder.map("lt", [x, y]), builder.constant(-2, [3])]),
    ({ builder, x, y }) => builder.map("or", [builder.constant(Number.NaN, [3]), builder.map("lt", [x, y])]),
  ],
};

/** The same product or sum with its arguments in the other order, if that is in the graph already. */
const commuted: Rule = {
  name: "commuted",
  doc: "x + y = y + x, x · y = y · x",
  heads: ["add", "mul", "min", "max", "eq", "ne", "and", "or"],
  apply: (node, { builder, known }) => {
    if (node.kind !== "map" || known(node)) return null;
    const twin = builder.map(node.fn, [...node.args].reverse(), node.origin);
    return known(twin) ? twin : null;
  },
  examples: [],
};

/** A quotient that is in the graph already, instead of another one. */
const regrouped: Rule = {
  name: "regrouped",
  doc: "(x / y) · z = x · (z / y)",
  heads: ["mul"],
  apply: (node, { builder, known, origin }) => {
    const factors = operands(node, "mul");
    if (factors === null) return null;
    for (const [quotient, z] of [factors, [factors[1], factors[0]] as const]) {
      const [x, y] = argumentsOfMap(builder, quotient, "div") ?? [];
      if (x === undefined || y === undefined) continue;
      const other = builder.map("div", [z, y], origin);
      // The older of the two is the one that the forward pass has.
      if (known(other) && other.id < quotient.id) return builder.map("mul", [x, other], origin);
    }
    return null;
  },
  examples: [],
};

function scale(builder: Context["builder"], c: number, x: Node, origin: Context["origin"]): Node {
  return builder.map("mul", [builder.constant(c, x.shape, origin), x], origin);
}

const times = (builder: Samples["builder"], c: number, x: Node): Node => scale(builder, c, x, null);

function select(builder: Samples["builder"], x: Node, y: Node, whenTrue: number, whenFalse: number): Node {
  const condition = builder.map("lt", [x, y]);
  return builder.map("select", [condition, builder.constant(whenTrue, [3]), builder.constant(whenFalse, [3])]);
}

export const constantRules: readonly Rule[] = [
  fold,
  constantTruth,
  constantFirst,
  constantsMeet,
  constantOut,
  constantTimesNegative,
  constantOfNegative,
  negativeTerm,
  constantQuotient,
  negativeSelect,
];

/** Whether z > 0 can be read off the value that the page selects by it: then z itself need not be kept. */
const positivePart: Rule = {
  name: "positive-part",
  doc: "0 < z is 0 < select(0 < z, z, 0)",
  heads: ["select"],
  apply: (node, { builder, known, origin }) => {
    if (node.kind !== "map") return null;
    const [condition, x, y] = node.args;
    if (condition === undefined || x === undefined || y === undefined) return null;
    const [zero, z] = operands(condition, "lt") ?? [];
    if (zero === undefined || z === undefined || constantValue(zero) !== 0) return null;
    const part = builder.map("select", [condition, z, zero], origin);
    if (!known(part) || part.id >= node.id) return null;
    return builder.map("select", [builder.map("lt", [zero, part], origin), x, y], origin);
  },
  examples: [],
};

/** Tried last, because they ask what else is in the graph. */
export const sharingRules: readonly Rule[] = [regrouped, positivePart, commuted];
