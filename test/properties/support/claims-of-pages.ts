/** Owns: what is claimed of the page that a program prints as: it loads, it means that program, and its class computes it. */

import { precisions, type Results } from "@adjoint/check";
import { expandGradients } from "@adjoint/compiler";
import { load, memoryHost, renderDiagnostic } from "@adjoint/dsl";
import { Builder, elementCount, type Graph, interpret, type Model, nodesOf, type Shape } from "@adjoint/ir";
import { substitute } from "../../../packages/compiler/src/passes/rewrite.ts";
import { elementsOf, type Network, runNetworks } from "./networks.ts";
import { printPage } from "./print-page.ts";
import { agreed, type Claims, mismatch, type Trial, type Verdict } from "./trial.ts";

export function claimOfPages(trials: readonly Trial[], record: Claims): void {
  // A page says what is carried of each example by itself as soon as anything in the scan is of an example, and what is
  // derived by it is another derivative then: no page means a graph that carries one tensor for all of them.
  const sayable = trials.filter(
    ({ examples, plain }) => examples === null || !nodesOf(plain).some(({ kind }) => kind === "scan"),
  );
  const loaded: { readonly trial: Trial; readonly model: Model; readonly text: string }[] = [];
  for (const trial of sayable) {
    record.claim(trial, "a page loads", () => {
      const text = printPage(trial.model, trial.recipe.seed);
      const { program, diagnostics } = load("page.adj", memoryHost({ "page.adj": text }));
      const model = program?.models[0];
      if (model !== undefined) loaded.push({ trial, model, text });
      const messages = diagnostics.map((each) => renderDiagnostic(each, { colour: false }));
      return model === undefined ? mismatch([text, ...messages].join("\n")) : agreed;
    });
  }
  // Half of the batches as loops.
  const unrollLimit = (trials[0]?.recipe.seed ?? 0) % 2 === 0 ? 0 : 1000;
  const networks = classesOf(
    loaded.map(({ model }) => model),
    unrollLimit,
  );
  for (const { trial, model, text } of loaded) {
    const told = (verdict: Verdict): Verdict =>
      verdict.kind === "mismatch" ? mismatch(`${verdict.detail}\n${text}`) : verdict;
    record.claim(trial, "a page means the graph it was printed from", () =>
      told(trial.judge(interpret(derivativesOf(model), trial.read), precisions.f64)),
    );
    record.claim(trial, "the class of a page computes it", () => {
      const make = networks.get(model.name);
      if (make === undefined) return mismatch(`no class ${model.name}`);
      if (make instanceof Error) return told(mismatch(make.stack ?? make.message));
      return told(trial.judge(resultsOf(make(), model, trial), precisions.f64));
    });
  }
}

/** By the name of the model, the maker of its network or why there is none. All are in one text, if all can be. */
function classesOf(models: readonly Model[], unrollLimit: number): ReadonlyMap<string, (() => Network) | Error> {
  try {
    return runNetworks({ path: "page.adj", models, functions: [] }, { unrollLimit });
  } catch (error) {
    const [model, ...others] = models;
    if (model === undefined) return new Map();
    if (others.length === 0) return new Map([[model.name, error instanceof Error ? error : new Error(String(error))]]);
    return new Map(models.flatMap((each) => [...classesOf([each], unrollLimit)]));
  }
}

/** Loss, outputs and the gradient in each parameter, expanded and otherwise as they are. */
function derivativesOf(model: Model): Graph {
  const builder = new Builder();
  if (model.loss === null) throw new Error("a random program has a loss");
  const roots = [
    model.loss.node,
    ...model.outputs.map(({ node }) => node),
    ...model.parameters.map(({ node }) => node),
  ];
  const [loss, ...rest] = substitute(roots, new Map(), builder);
  const outputs = rest.slice(0, model.outputs.length);
  const parameters = rest.slice(model.outputs.length);
  return expandGradients({
    name: model.name,
    outputs: [
      { name: "loss", node: loss! },
      ...model.outputs.map(({ name }, k) => ({ name, node: outputs[k]! })),
      ...model.parameters.map(({ name }, k) => ({ name: `d_${name}`, node: builder.gradient(loss!, parameters[k]!) })),
    ],
  });
}

/**
 * What the class answers to one example, given twice where it takes several: the mean is that of the one. Of a batch, it is
 * told those examples that count; what it predicts is of a batch of one, and not asked.
 */
function resultsOf(network: Network, model: Model, { values, examples, reference }: Trial): Results {
  let offset = 0;
  for (const { name } of model.parameters) {
    network.p.set(values.get(name)!, offset);
    offset += values.get(name)!.length;
  }
  const rows = (name: string, shape: Shape): readonly unknown[] => {
    const all = values.get(name)!;
    const size = elementCount(shape);
    return Array.from({ length: examples ?? 2 }, (_, k) => {
      const row = examples === null ? all : all.subarray(k * size, (k + 1) * size);
      return shape.length === 0 ? row[0] : row;
    });
  };
  const ports = [...model.inputs, ...model.targets];
  const data = Object.fromEntries(ports.map(({ name, shape }) => [name, rows(name, shape)]));
  // The loss of a batch is the sum of its examples', and what the class says is the mean.
  const sum = (mean: number): number => mean * (examples ?? 1);
  const results = new Map<string, ArrayLike<number>>([["loss", [sum(network.evaluate(data).loss)]]]);
  if (examples === null) {
    const inputs = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, rows(name, shape)[0]]));
    for (const [name, output] of Object.entries(network.predict(inputs))) results.set(name, elementsOf(output));
  } else for (const { name } of model.outputs) results.set(name, reference.results.get(name) ?? []);
  for (const [name, gradient] of Object.entries(network.gradients(data))) {
    results.set(`d_${name}`, elementsOf(gradient).map(sum));
  }
  return results;
}
