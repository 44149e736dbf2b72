/** Owns: what is claimed of the graphs that are made of a program. */

import { checkPoint, Expectation, normalStream, precisions, subjectOf } from "@adjoint/check";
import { batch, expandGradients, runPipeline, tangents } from "@adjoint/compiler";
import { Builder, elementCount, type Graph, type InputNode, interpret, type Node, nodesOf, verify } from "@adjoint/ir";
import { cotangents } from "../../../packages/compiler/src/passes/differentiate.ts";
import { substitute } from "../../../packages/compiler/src/passes/rewrite.ts";
import { agreed, type Claims, judge, mismatch, type Trial, type Verdict } from "./trial.ts";

export function claimOfGraphs(trials: readonly Trial[], record: Claims): void {
  for (const trial of trials) {
    record.claim(trial, "every pass leaves a sound graph, which means the same", () => passes(trial));
    record.claim(trial, "derivatives = differences, to second order", () => differences(trial));
    record.claim(trial, "⟨v, J·u⟩ = ⟨Jᵀ·v, u⟩", () => pairing(trial));
    record.claim(trial, "Jᵀ is linear in its seed", () => linearity(trial));
    record.claim(trial, "what the loss does not depend on has the gradient 0", () => independence(trial));
    // These two make large graphs: one program in four has to do.
    if (trial.recipe.seed % 4 === 0 && trial.examples === null)
      record.claim(trial, "a batch is the mean of its examples", () => batched(trial));
    if (trial.recipe.seed % 4 === 1) record.claim(trial, "Hessians are symmetric", () => symmetry(trial));
  }
}

function passes(trial: Trial): Verdict {
  verify(trial.asked);
  verify(trial.plain, { expanded: true });
  const result = runPipeline(trial.asked, { observe: (_, graph) => verify(graph) });
  verify(result, { expanded: true });
  return trial.judge(interpret(result, trial.read), precisions.f64);
}

/** Backward against central differences, forward mode against reverse, second order, along a random direction. */
function differences({ program, recipe, values }: Trial): Verdict {
  const subject = subjectOf("Random", ofCount(program));
  const normal = normalStream(recipe.seed);
  const raw = subject.variables.map((node) => [node.name, draw(node, normal)] as const);
  const length = Math.hypot(...raw.flatMap(([, x]) => [...x])) || 1;
  const direction = new Map(raw.map(([name, x]) => [name, x.map((component) => component / length)]));
  const verdict = checkPoint(subject, values, direction);
  switch (verdict.kind) {
    case "agree":
      return agreed;
    // A kink inside every stencil: differences can say nothing, and the other claims still do.
    case "undecided":
      return { kind: "undecided" };
    case "disagree":
      return mismatch(`${verdict.claim}: ${verdict.actual} instead of ${verdict.expected} ± ${verdict.tolerance}`);
  }
}

/** The loss; of a batch, for as many examples as there are: a count has no derivative. */
function ofCount({ loss, batch: coupled, values }: Trial["program"]): Node {
  if (coupled === null) return loss;
  const { examples } = coupled;
  const builder = new Builder();
  const count = builder.constant(values.get(examples.name)![0]!);
  return substitute([loss], new Map([[examples, count]]), builder)[0]!;
}

/** The program's results, expanded, and what they depend on, in one builder. */
function resultsOf({ program }: Trial) {
  const outputs = program.results.map((node, k) => ({ name: `${k}`, node }));
  const expanded = expandGradients({ name: "Results", outputs });
  const builder = new Builder();
  const roots = substitute(
    expanded.outputs.map(({ node }) => node),
    new Map(),
    builder,
  );
  const graph: Graph = { name: "Results", outputs: roots.map((node, k) => ({ name: `${k}`, node })) };
  return { builder, roots, variables: realInputs(graph) };
}

function realInputs(graph: Graph): readonly InputNode[] {
  return nodesOf(graph).filter(
    (node): node is InputNode => node.kind === "input" && node.element.kind === "real" && node.role !== "step",
  );
}

/** ⟨a, b⟩ */
function product(builder: Builder, a: Node, b: Node): Node {
  const axes = a.shape.map((_, axis) => axis);
  return builder.reduce("sum", builder.map("mul", [a, b]), axes);
}

function sum(builder: Builder, terms: readonly Node[]): Node {
  return terms.reduce((total, term) => builder.map("add", [total, term]), builder.constant(0));
}

/** Forward mode against reverse mode, for all results at once, each with a seed of its shape. */
function pairing(trial: Trial): Verdict {
  const { builder, roots, variables } = resultsOf(trial);
  const directions = variables.map(({ name, shape }) => builder.input(`u ${name}`, "tangent", shape));
  const seeds = roots.map(({ shape }, k) => builder.input(`v ${k}`, "cotangent", shape));
  const forward = tangents(builder, roots, new Map<Node, Node>(variables.map((node, k) => [node, directions[k]!])));
  const left = sum(
    builder,
    seeds.map((seed, k) => product(builder, seed, forward[k]!)),
  );
  const right = sum(
    builder,
    roots.flatMap((root, k) =>
      cotangents(builder, root, variables, seeds[k]).map((gradient, a) => product(builder, gradient, directions[a]!)),
    ),
  );
  const read = seeded(trial, trial.recipe.seed);
  const graph = (node: Node): Graph => ({ name: "Pairing", outputs: [{ name: "pairing", node }] });
  return judge(new Expectation(graph(left), read), interpret(graph(right), read), {
    tolerance: 1e-12,
    disturbance: 2 ** -44,
  });
}

/** Jᵀ(2v − 3w) = 2·Jᵀv − 3·Jᵀw */
function linearity(trial: Trial): Verdict {
  const { builder, roots, variables } = resultsOf(trial);
  const root = roots[0]!;
  const combine = (a: Node, b: Node): Node =>
    builder.map("sub", [
      builder.map("mul", [builder.constant(2, a.shape), a]),
      builder.map("mul", [builder.constant(3, b.shape), b]),
    ]);
  const [v, w] = [builder.input("v", "cotangent", root.shape), builder.input("w", "cotangent", root.shape)];
  const together = cotangents(builder, root, variables, combine(v, w));
  const [ofV, ofW] = [cotangents(builder, root, variables, v), cotangents(builder, root, variables, w)];
  const apart = ofV.map((gradient, k) => combine(gradient, ofW[k]!));
  const graph = (nodes: readonly Node[]): Graph => ({
    name: "Linearity",
    outputs: nodes.map((node, k) => ({ name: variables[k]!.name, node })),
  });
  const read = seeded(trial, trial.recipe.seed + 1);
  return judge(new Expectation(graph(together), read), interpret(graph(apart), read), precisions.f64);
}

/** ⟨∇⟨∇f, u⟩, v⟩ = ⟨∇⟨∇f, v⟩, u⟩ for the loss f and directions u and v. */
function symmetry(trial: Trial): Verdict {
  const builder = new Builder();
  const expanded = expandGradients(trial.program.graph).outputs.map(({ node }) => node);
  const [loss] = substitute(expanded, new Map(), builder);
  const variables = realInputs({ name: "Loss", outputs: [{ name: "loss", node: loss! }] });
  const [u, v] = ["u", "v"].map((name) =>
    variables.map((node) => builder.input(`${name} ${node.name}`, "tangent", node.shape)),
  );
  const along = (of: Node, directions: readonly Node[]): Node =>
    sum(
      builder,
      cotangents(builder, of, variables).map((gradient, k) => product(builder, gradient, directions[k]!)),
    );
  const graph = (node: Node): Graph => ({ name: "Hessian", outputs: [{ name: "curvature", node }] });
  const read = seeded(trial, trial.recipe.seed);
  const expectation = new Expectation(graph(along(along(loss!, u!), v!)), read);
  return judge(expectation, interpret(graph(along(along(loss!, v!), u!)), read), precisions.f64);
}

/** Exactly 0, not just nearly, and known to be so before anything runs. */
function independence({ program }: Trial): Verdict {
  const { builder, loss, parameters } = program;
  const used = new Set(nodesOf(program.graph));
  const idle = parameters.filter((node) => !used.has(node));
  const outputs = idle.map((node) => ({ name: node.name, node: builder.gradient(loss, node) }));
  for (const { name, node } of expandGradients({ name: "Idle", outputs }).outputs) {
    if (node.kind !== "constant" || node.value !== 0) return mismatch(`the gradient in ${name} is no constant 0`);
  }
  return agreed;
}

const batchSize = 3;

/** Values and gradients of a batch, against those of its examples one by one. */
function batched(trial: Trial): Verdict {
  const { program, plain, model } = trial;
  const loss = expandGradients(program.graph);
  const builder = new Builder();
  const [total, ...parameters] = substitute(
    [batch(loss, batchSize).outputs[0]!.node, ...program.parameters],
    new Map(),
    builder,
  );
  const outputs = [
    { name: "loss", node: total! },
    ...parameters.map((node, k) => ({
      name: `d_${program.parameters[k]!.name}`,
      node: builder.gradient(total!, node),
    })),
  ];
  const together = expandGradients({ name: "Batch", outputs });
  verify(together, { expanded: true });
  // Each example has the program's numbers turned around; parameters are the same for all.
  const turned = (node: InputNode, example: number): Float64Array => {
    const values = trial.read(node);
    if (node.role === "parameter") return values;
    return values.map(
      (_, k) => values[(k + example) % values.length]! * (node.element.kind === "class" ? 1 : 1 - example / 4),
    );
  };
  const all = new Expectation(together, (node) => {
    const own = model.parameters.find(({ name }) => name === node.name);
    if (own !== undefined) return trial.read(node);
    const single = program.inputs.find(({ name }) => name === node.name)!;
    return Array.from({ length: batchSize }, (_, example) => [...turned(single, example)]).flat();
  });
  const means = new Map<string, Float64Array>();
  for (let example = 0; example < batchSize; example++) {
    for (const [name, values] of interpret(plain, (node) => turned(node, example))) {
      const mean = means.get(name) ?? new Float64Array(values.length);
      means.set(
        name,
        mean.map((sum, k) => sum + values[k]! / batchSize),
      );
    }
  }
  return judge(all, means, precisions.f64);
}

/** The trial's numbers, and normal ones for every seed. */
function seeded(trial: Trial, seed: number): (node: InputNode) => Float64Array {
  const drawn = new Map<string, Float64Array>();
  const normal = normalStream(seed);
  return (node) => {
    if (node.role !== "tangent" && node.role !== "cotangent") return trial.read(node);
    const known = drawn.get(node.name) ?? draw(node, normal);
    drawn.set(node.name, known);
    return known;
  };
}

function draw({ shape }: InputNode, next: () => number): Float64Array {
  return Float64Array.from({ length: elementCount(shape) }, next);
}
