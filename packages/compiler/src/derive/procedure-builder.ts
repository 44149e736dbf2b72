/** Owns: putting a procedure together: a graph through the pipeline, each input to its place, each result to its destination. */

import type { Graph, InputNode, Node } from "@adjoint/ir";
import { inputKey, inputsOf } from "../passes/rewrite.ts";
import { type PipelineOptions, runPipeline } from "../pipeline.ts";
import type { Destination, NoisePlace, Place, Procedure, ProcedureParameter } from "../procedure.ts";
import { uniqueName } from "./layout.ts";

export type ArrayPlace = Place & { readonly kind: "array" };

export interface Result {
  readonly name: string;
  readonly node: Node;
  readonly destination: Destination;
}

export interface ProcedurePlan {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly ProcedureParameter[];
  /** Parameters that are left out where nothing reads or writes them; the others stay, so that signatures are regular. */
  readonly optional: ReadonlySet<string>;
  readonly results: readonly Result[];
  /** By {@link inputKey}. */
  readonly places: ReadonlyMap<string, Place>;
}

/** Runs the pipeline over the plan's results and resolves places in the graph that comes out. */
export function buildProcedure(plan: ProcedurePlan, options: PipelineOptions): Procedure {
  const taken = new Set<string>();
  const results = plan.results.map((result) => {
    const name = uniqueName(result.name, taken);
    taken.add(name);
    return { ...result, name };
  });
  const raw: Graph = { name: plan.name, outputs: results.map(({ name, node }) => ({ name, node })) };
  const byName = new Map(results.map(({ name, destination }) => [name, destination]));
  const graph = withoutNothing(runPipeline(raw, options), byName);
  const inputs = new Map<InputNode, Place>();
  for (const [key, node] of inputsOf(graph)) {
    const place = plan.places.get(key);
    if (place === undefined) throw new RangeError(`${plan.name}: nobody supplies ${inputKey(node)}`);
    inputs.set(node, place);
  }
  const destinations = new Map(
    graph.outputs.map(({ name }) => [name, destinationOf(byName, name)] as [string, Destination]),
  );
  const used = new Set<string>();
  for (const place of [...inputs.values(), ...[...destinations.values()].map(placeOf)]) {
    if (place === null) continue;
    used.add(place.kind === "array" ? place.array : place.kind === "argument" ? place.name : "seed");
  }
  return {
    name: plan.name,
    doc: plan.doc,
    parameters: plan.parameters.filter(({ name }) => used.has(name) || !plan.optional.has(name)),
    graph,
    inputs,
    results: destinations,
  };
}

/** Adding 0 to an array is no work. */
function withoutNothing(graph: Graph, destinations: ReadonlyMap<string, Destination>): Graph {
  const outputs = graph.outputs.filter(({ name, node }) => {
    const nothing = node.kind === "constant" && node.value === 0;
    return !(nothing && destinationOf(destinations, name).kind === "add");
  });
  return { name: graph.name, outputs };
}

function destinationOf(destinations: ReadonlyMap<string, Destination>, name: string): Destination {
  const destination = destinations.get(name);
  if (destination === undefined) throw new RangeError(`no destination for ${name}`);
  return destination;
}

function placeOf(destination: Destination): Place | null {
  return destination.kind === "return" ? null : destination.place;
}

/** @throws {RangeError} for an input that is no noise */
export function noisePlace(
  { name, role }: InputNode,
  at: { readonly stream: number; readonly exampleStride: number; readonly rows?: boolean },
): NoisePlace {
  if (role !== "uniform" && role !== "normal") throw new RangeError(`${name} is ${role}, which is no noise`);
  return { kind: "noise", distribution: role, rows: false, ...at };
}

export function arrayPlace(array: string, offset = 0, exampleStride = 0): ArrayPlace {
  return { kind: "array", array, offset, exampleStride };
}
