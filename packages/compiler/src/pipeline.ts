/** Owns: which passes make a graph ready for a target, in which order. */

import type { Graph } from "@adjoint/ir";
import { expandGradients, expandInnerGradients } from "./passes/expand-gradients.ts";

/** A pure function from graph to graph, with the name under which its result can be printed. */
export interface Pass {
  readonly name: string;
  readonly doc: string;
  readonly run: (graph: Graph) => Graph;
}

export const pipeline: readonly Pass[] = [
  { name: "expand", doc: "derivatives that the page asks for become expressions", run: expandInnerGradients },
  { name: "differentiate", doc: "derivatives of the result, by one reverse sweep", run: expandGradients },
];

export interface PipelineOptions {
  /** Default: all of {@link pipeline}. */
  readonly passes?: readonly Pass[];
  /** Called with the graph after each pass. */
  readonly observe?: (pass: string, graph: Graph) => void;
}

/** Runs the passes in order. The graph itself is not changed: every pass builds its own. */
export function runPipeline(graph: Graph, { passes = pipeline, observe }: PipelineOptions = {}): Graph {
  return passes.reduce((current, pass) => {
    const next = pass.run(current);
    observe?.(pass.name, next);
    return next;
  }, graph);
}
