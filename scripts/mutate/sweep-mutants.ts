/** Owns: the mutants of the sweeps: what a reduction, a read, a pick and a mask do to cotangents and tangents. */

import { type Mutant, replaced } from "./mutant.ts";

const passes = "packages/compiler/src/passes";
const tests = [
  "packages/compiler/test/passes/differentiate.test.ts",
  "packages/compiler/test/passes/pipeline.test.ts",
  "test/properties/random-graphs.test.ts",
];

/** What is broken, the passage, and what it says instead. */
type Breakage = readonly [name: string, from: string, to: string];

const reverse: readonly Breakage[] = [
  [
    "a value used twice passes back once",
    "const known = terms.get(node) ?? [];\n      known",
    "const known: Masked[] = [];\n      known",
  ],
  ["the seed is ignored", "seed ?? builder.constant(1, root.shape)", "builder.constant(1, root.shape)"],
  ["select passes to the wrong branch", "contribute(argument(node.args, 1),", "contribute(argument(node.args, 2),"],
  ["select passes the same to both", 'builder.map("not", [condition], origin), origin)', "condition, origin)"],
  [
    "0 · ∞ in a map",
    "times(builder, cotangent, factor, ranges.of(factor).tame, origin)",
    "times(builder, cotangent, factor, true, origin)",
  ],
  [
    "sum halves",
    'case "sum":\n        return spread;',
    'case "sum":\n        return times(builder, spread, builder.constant(0.5, node.arg.shape), true, origin);',
  ],
  ["prod as sum", "return times(builder, spread, others, ranges.of(others).tame, origin);", "return spread;"],
  [
    "0 · ∞ in prod",
    "times(builder, spread, others, ranges.of(others).tame, origin)",
    "times(builder, spread, others, true, origin)",
  ],
  ["ties of max all get everything", "times(builder, spread, repeat(share), true, origin)", "spread"],
  [
    "max passes to every element",
    "return restrict(builder, times(builder, spread, repeat(share), true, origin), attains, origin);",
    "return times(builder, spread, repeat(share), true, origin);",
  ],
  ["what is not read is not masked", "const mask = everywhere ? null :", "const mask = true ? null :"],
  ["the mask of a read is lost", "const reads = cotangent.mask ?? builder", "const reads = builder"],
  [
    "reads of one element overwrite each other",
    'gather(builder, inverse, cotangent.clean, "sum", origin)',
    'gather(builder, inverse, cotangent.clean, "max", origin)',
  ],
  ["pick passes to every element", "return restrict(builder, spread, chosen, origin);", "return spread;"],
];

const reductions: readonly Breakage[] = [
  ["prod leaves out nothing", "[same, builder.constant(1, space), others]", "[same, others, others]"],
  [
    "prod over several axes leaves out whole rows",
    '.reduce((a, b) => builder.map("and", [a, b], origin))',
    '.reduce((a, b) => builder.map("or", [a, b], origin))',
  ],
  [
    "ties are not counted",
    'builder.reduce("sum", attains, node.axes, origin)',
    'builder.reduce("max", attains, node.axes, origin)',
  ],
  [
    "all but the greatest attain it",
    'builder.map("eq", [node.arg, bound], origin)',
    'builder.map("ne", [node.arg, bound], origin)',
  ],
];

const inversion: readonly Breakage[] = [
  ["offset of the wrong sign", "offset: -c * equation.offset,", "offset: c * equation.offset,"],
  ["coefficients of the wrong sign", "(v === axis ? 0 : -c * d)", "(v === axis ? 0 : c * d)"],
  ["what cannot be solved is forgotten", "rest.push(equation);\n      continue;", "continue;"],
  ["later equations are not told", "pending = pending.map(replace);", ""],
  ["solved axes are not told", "for (const [v, form] of solved) solved.set(v, replace(form));", ""],
  ["equations that are left are not told", "for (const [k, form] of rest.entries()) rest[k] = replace(form);", ""],
  ["outside is 1", "builder.read(cotangent, space, at, 0, origin)", "builder.read(cotangent, space, at, 1, origin)"],
  ["equations mask nothing", 'value = builder.map("select", [holds, value, zero], origin);', "void holds, zero;"],
  ["everything counts as read", "return (\n    inverse.equations.length === 0 &&", "return (\n    true ||"],
];

const masks: readonly Breakage[] = [
  [
    "an outer mask is forgotten",
    'mask === null ? condition : builder.map("and", [mask, condition], origin)',
    "condition",
  ],
  ["restricted and not cleaned", "filter, clean: under(builder, filter, m.raw, origin) };", "filter, clean: m.raw };"],
  ["what the outer mask covers is uncovered", "const filter = both(m.filter);", "const filter = condition;"],
  ["a wild factor is multiplied by 0", "if (tame) return", "if (tame || m.mask !== null) return"],
  ["what a wild factor made is trusted", "raw, filter: m.mask, clean: under", "raw, filter: null, clean: under"],
  [
    "a sum counts only where all terms do",
    'builder.map("or", [sum.mask, term.mask], origin), clean',
    'builder.map("and", [sum.mask, term.mask], origin), clean',
  ],
  [
    "a sum adds what does not count",
    "const clean = add(sum.clean, term.clean);",
    "const clean = add(sum.raw, term.raw);",
  ],
  ["what moves is not clean", "clean: filter === null ? raw : move(m.clean)", "clean: raw"],
  ["−1 is taken for 1", 'return builder.map("neg", [x], origin);', "return x;"],
];

const forward: readonly Breakage[] = [
  ["what lies outside moves", "node.fill === null ? null : 0", "node.fill"],
  ["select takes the other branch", "whenTrue ?? zero, whenFalse ?? zero", "whenFalse ?? zero, whenTrue ?? zero"],
  [
    "only the first argument counts",
    "total(builder, terms, node.origin)",
    "total(builder, terms.slice(0, 1), node.origin)",
  ],
  ["sum as max", 'return builder.reduce("sum", t, axes, origin);', 'return builder.reduce("max", t, axes, origin);'],
  ["prod as sum", "times(builder, unmasked(t), exclusiveProduct(builder, node, origin), true, origin)", "unmasked(t)"],
  ["ties of max all count fully", "times(builder, unmasked(t), repeated, true, origin)", "unmasked(t)"],
  [
    "every element counts as the greatest",
    "restrict(builder, times(builder, unmasked(t), repeated, true, origin), attains, origin)",
    "times(builder, unmasked(t), repeated, true, origin)",
  ],
  [
    "a pick stands still",
    "return t === undefined ? null : builder.pick(t, node.axis, node.at, node.origin);",
    "return null;",
  ],
];

const expansion: readonly Breakage[] = [
  [
    "gradients of one value are mixed up",
    "expanded.set(g, results[k]",
    "expanded.set(g, results[results.length - 1 - k]",
  ],
  ["a derivative of a derivative is left for later", "inner.has(node) || ", ""],
];

const signs: readonly Breakage[] = [
  ["what is above 0 otherwise counts as above 0", "otherwise.value <= 0", "otherwise.value <= 1"],
  ["what nobody reads is asked", "isRead.has(node) ? comparisonWithin(node)", "true ? comparisonWithin(node)"],
];

const reshapes: readonly Breakage[] = [
  ["digits count from the wrong end", "group.reduceRight((stride, axis)", "group.reduce((stride, axis)"],
  ["any axes are digits", "if (product !== extent) return null;", ""],
  [
    "what is beside is not read by digits",
    "composeAffine(form, digits.index, shape.length)",
    "digits.index[0] ?? form",
  ],
  ["other axes are reduced", "digits.groups[axis] ?? []", "[axis]"],
  ["what is carried is reshaped", "if (stepped.has(node)) return", "if (stepped.has(graph.outputs[0]!.node)) return"],
  ["what has several users is raised for one", "uses.get(node) === 1 &&", "true ||"],
];

const digits: readonly Breakage[] = [
  ["digits need not be packed", "return c > 0 && isPacked &&", "return c > 0 &&"],
  [
    "a digit may move another index too",
    "isPacked && elsewhere.every((other) => other.coefficients[axis] === 0)",
    "isPacked",
  ],
  ["the leading digit comes last", "sort((a, b) => b.c - a.c)", "sort((a, b) => a.c - b.c)"],
  ["a group moves as its first digit does", "group.at(-1) ?? 0", "group[0] ?? 0"],
  [
    "what repeats itself counts once",
    "builder.reduce(op, x, spare, origin)",
    'builder.reduce("max", x, spare, origin)',
  ],
  [
    "axes stay where they were",
    "axisIndex(order.indexOf(axis), order.length)",
    "axisIndex(kept.indexOf(axis), order.length)",
  ],
];

export function sweepMutants(): readonly Mutant[] {
  const of = (
    group: string,
    file: string,
    breakages: readonly Breakage[],
    first: readonly string[] = [],
  ): readonly Mutant[] =>
    breakages.map(([name, from, to]) => ({
      group,
      name,
      file: `${passes}/${file}`,
      change: replaced(from, to),
      tests: [...first, ...tests],
    }));
  const own = (name: string): readonly string[] => [`packages/compiler/test/passes/${name}.test.ts`];
  return [
    ...of("reverse sweep", "differentiate.ts", reverse),
    ...of("derivatives of reductions", "derivatives-of-reductions.ts", reductions),
    ...of("inversion of reads", "invert-read.ts", inversion),
    ...of("masked cotangents", "masked.ts", masks),
    ...of("forward mode", "push-forward.ts", forward),
    ...of("gradients as values", "expand-gradients.ts", expansion),
    ...of("digits of an index", "join-digits.ts", digits, own("join-digits")),
    ...of("signs of what is kept", "reuse-signs.ts", signs, own("reuse-signs")),
    ...of("reshapes", "raise-reshapes.ts", reshapes, own("raise-reshapes")),
  ];
}
