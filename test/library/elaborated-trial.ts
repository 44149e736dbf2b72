/** Owns: an elaborated model with numbers for all it is given, as a subject of the claims about emitted functions. */

import { Expectation, uniformStream } from "@adjoint/check";
import { expandGradients } from "@adjoint/compiler";
import { Builder, elementCount, type InputNode, type Model, reachable } from "@adjoint/ir";
import { imageOf, rebuild, rewriteNodes } from "../../packages/compiler/src/passes/rewrite.ts";
import { type Emittable, judge } from "../properties/support/trial.ts";
import type { LibraryCase } from "./pages.ts";

/** The reference is the interpreter on the graph as it was elaborated, with its gradients expanded. */
export function elaboratedTrial(model: Model, ranges: LibraryCase["ranges"], path: number): Emittable {
  const { loss } = model;
  if (loss === null) throw new Error("a model without a loss has no gradient");
  const builder = new Builder();
  const roots = [loss.node, ...model.outputs.map(({ node }) => node), ...model.parameters.map(({ node }) => node)];
  const image = rewriteNodes(roots, builder, rebuild);
  const of = imageOf(image, loss.node);
  const graph = expandGradients({
    name: "Library",
    outputs: [
      { name: "loss", node: of },
      ...model.outputs.map(({ name, node }) => ({ name, node: imageOf(image, node) })),
      ...model.parameters.map(({ name, node }) => ({
        name: `d_${name}`,
        node: builder.gradient(of, imageOf(image, node)),
      })),
    ],
  });
  const next = uniformStream(path + 1);
  const values = new Map<string, Float64Array>();
  for (const node of reachable(roots))
    if (node.kind === "input") values.set(node.name, draw(node, ranges[node.name], next));
  const read = ({ name }: InputNode): Float64Array => {
    const found = values.get(name);
    if (found === undefined) throw new RangeError(`no numbers for ${name}`);
    return found;
  };
  const reference = new Expectation(graph, read);
  return {
    place: { seed: 0, path },
    model,
    examples: null,
    read,
    reference,
    judge: (actual, precision) => judge(reference, actual, precision),
  };
}

/** Of float32, so that every precision starts from the same numbers. */
function draw({ shape, element }: InputNode, [from, to]: readonly [number, number] = [-1, 1], next: () => number) {
  return Float64Array.from({ length: elementCount(shape) }, () =>
    element.kind === "class" ? Math.floor(next() * element.count) : Math.fround(from + (to - from) * next()),
  );
}
