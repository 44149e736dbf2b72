/** Owns: what the tests of passes share: running graphs on numbers, comparing, and drawing reproducible numbers. */

import {
  Builder,
  type Graph,
  type InputNode,
  interpret,
  type Node,
  nodesOf,
  type ScalarFunctionName,
  type Shape,
} from "@adjoint/ir";

export type Values = Readonly<Record<string, readonly number[]>>;

/** Numbers in [−1, 1) from a linear congruential generator (Numerical Recipes' constants): the same in every run. */
export function numbers(count: number, seed: number): number[] {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function run(nodes: readonly Node[], values: Values): number[][] {
  const graph: Graph = { name: "test", outputs: nodes.map((node, k) => ({ name: `${k}`, node })) };
  const results = interpret(graph, (input: InputNode) => {
    const found = values[input.name];
    if (found === undefined) throw new RangeError(`no values for ${input.name}`);
    return found;
  });
  return nodes.map((_, k) => [...(results.get(`${k}`) ?? [])]);
}

export function runGraph(graph: Graph, values: Values): Record<string, number[]> {
  const rows = run(
    graph.outputs.map((output) => output.node),
    values,
  );
  return Object.fromEntries(graph.outputs.map(({ name }, k) => [name, rows[k] ?? []]));
}

/** Functions of a graph, short enough to write formulas in. */
export function formulas(builder: Builder) {
  const like = (x: Node | number, shape: Shape): Node =>
    typeof x === "number" ? builder.constant(x, shape) : x.shape.length === 0 ? builder.broadcast(x, shape, []) : x;
  const call = (fn: ScalarFunctionName, ...args: (Node | number)[]): Node => {
    const shape = args.reduce<Shape>(
      (found, arg) => (typeof arg === "number" || arg.shape.length === 0 ? found : arg.shape),
      [],
    );
    return builder.map(
      fn,
      args.map((arg) => like(arg, shape)),
    );
  };
  return {
    builder,
    call,
    input: (name: string, shape: Shape = []) => builder.input(name, "input", shape),
    label: (name: string, count: number, shape: Shape = []) =>
      builder.input(name, "target", shape, { kind: "class", count }),
    sum: (x: Node, ...axes: number[]) => builder.reduce("sum", x, axes.length > 0 ? axes : x.shape.map((_, a) => a)),
    /** x, whose axes are the named axes of the result. */
    spread: (x: Node, shape: Shape, ...axes: number[]) => builder.broadcast(x, shape, axes),
  };
}

export type Formulas = ReturnType<typeof formulas>;

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, k) => sum + x * (b[k] ?? Number.NaN), 0);
}

export function countNodes(graph: Graph): number {
  return nodesOf(graph).length;
}

export { Builder };
