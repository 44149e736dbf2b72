/** Owns: which passes make a graph ready for a target, in which order. */

import { type Graph, type Node, nodesOf } from "@adjoint/ir";
import { Analysis } from "./passes/analysis.ts";
import { expandGradients, expandInnerGradients } from "./passes/expand-gradients.ts";
import { raiseReshapes } from "./passes/raise-reshapes.ts";
import { recordSteps } from "./passes/record-steps.ts";
import { reuseSigns } from "./passes/reuse-signs.ts";
import { rewriteWithRules, tableOfRules } from "./passes/rewriting/engine.ts";
import { releaseRules } from "./passes/simplify/release.ts";
import { simplifyRules } from "./passes/simplify/rules.ts";
import { stabiliseRules } from "./passes/stabilise/rules.ts";

/** A pure function from graph to graph, with the name under which its result can be printed. */
export interface Pass {
  readonly name: string;
  readonly doc: string;
  readonly run: (graph: Graph) => Graph;
}

const stable = tableOfRules([...stabiliseRules, ...simplifyRules]);
const released = tableOfRules([...releaseRules, ...simplifyRules]);

const stabilise = (graph: Graph): Graph => rewriteWithRules(graph, stable);

/**
 * Stable forms come before differentiation: `logistic` and `log1pexp` have derivatives of their own, so the gradient is
 * stable by construction, and right at kinks. What is not in the results is gone after every pass.
 */
export const pipeline: readonly Pass[] = [
  {
    name: "expand",
    doc: "derivatives inside derivatives become formulas",
    run: (graph) => expandInnerGradients(graph, stabilise),
  },
  {
    name: "stabilise",
    doc: "formulas take the form that neither overflows nor loses digits",
    run: stabilise,
  },
  {
    name: "differentiate",
    doc: "one reverse sweep for the derivatives asked for",
    run: (graph) => recordSteps(expandGradients(graph)),
  },
  {
    name: "simplify",
    doc: "fewer operations, along fewer axes; what derivatives made takes its stable form too",
    run: stabilise,
  },
  {
    name: "release",
    doc: "what kept derivatives apart (stop_gradient, nested extremes) has done its work",
    run: (graph) => rewriteWithRules(graph, released),
  },
  {
    name: "arrange",
    doc: "less memory: work goes along the axes of what is reshaped, and what is kept is asked for its sign",
    run: (graph) => raiseReshapes(reuseSigns(graph)),
  },
];

export interface PipelineOptions {
  /** Default: all of {@link pipeline}. */
  readonly passes?: readonly Pass[];
  /** Called with the graph after each pass. */
  readonly observe?: (pass: string, graph: Graph) => void;
}

/**
 * Runs the passes in order. The graph itself is not changed: every pass builds its own. What the source names is mentioned
 * until the last pass has run: a page's `h = sigmoid(z)` may have no user between a stable form of the loss and the
 * derivative of that form, which is h again.
 */
export function runPipeline(graph: Graph, { passes = pipeline, observe }: PipelineOptions = {}): Graph {
  let current: Graph = { ...graph, mentions: namedValues(graph) };
  for (const pass of passes) {
    current = pass.run(current);
    observe?.(pass.name, current);
  }
  return { name: current.name, outputs: current.outputs };
}

/** The named values of the forward pass: of what is still to be differentiated nothing is known yet. */
function namedValues(graph: Graph): readonly Node[] {
  const awaitsGradient = new Analysis<boolean>((node, args) => node.kind === "gradient" || args.includes(true));
  return nodesOf(graph).filter((node) => {
    if (node.kind === "input" || node.origin === null || node.origin.name === null) return false;
    return !node.origin.adjoint && !awaitsGradient.of(node);
  });
}
