/** Owns: short ways for tests to load pages, to print what they become, and to compute with it. */

import {
  type FunctionDefinition,
  type Graph,
  type InputNode,
  interpret,
  type Model,
  type Node,
  printGraph,
  verify,
} from "@adjoint/ir";
import { expect } from "vitest";
import { type Diagnostic, type LoadOptions, load, memoryHost, renderDiagnostic } from "../src/index.ts";

/** Pages by path; `page.adj` is the one that is loaded. */
export type Pages = Readonly<Record<string, string>>;

export function diagnose(pages: string | Pages, options: LoadOptions = {}): readonly Diagnostic[] {
  return load("page.adj", memoryHost(typeof pages === "string" ? { "page.adj": pages } : pages), options).diagnostics;
}

export function rendered(pages: string | Pages, options: LoadOptions = {}): string {
  return diagnose(pages, options)
    .map((diagnostic) => renderDiagnostic(diagnostic, { colour: false }))
    .join("\n\n");
}

/** `code`s of a page, in order. */
export function codes(pages: string | Pages): readonly string[] {
  return diagnose(pages).map((diagnostic) => diagnostic.code);
}

function loaded(pages: string | Pages, options: LoadOptions) {
  const { program, diagnostics } = load(
    "page.adj",
    memoryHost(typeof pages === "string" ? { "page.adj": pages } : pages),
    options,
  );
  expect(diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, { colour: false })).join("\n\n")).toBe("");
  if (program === null) throw new Error("no program, and no diagnostic says why");
  return program;
}

/** The first model of a page without any diagnostic. */
export function modelOf(pages: string | Pages, options: LoadOptions = {}): Model {
  const [model] = loaded(pages, options).models;
  if (model === undefined) throw new Error("the page has no model");
  for (const graph of [graphOf(model), ...model.parameters.map((parameter) => parameter.initializer)]) verify(graph);
  return model;
}

/** The statements of a model, in a model with an input `x[n]`, as the graph prints them: declarations and outputs cut away. */
export function lowered(pages: string | Pages, options: LoadOptions = {}): readonly string[] {
  return definitionsOf(graphOf(modelOf(pages, options)));
}

export function functionsOf(pages: string | Pages): readonly FunctionDefinition[] {
  return loaded(pages, {}).functions;
}

/** All that a model names as it is trained; its metrics too, if it predicts with the same graph. */
export function graphOf(model: Model): Graph {
  const isOne = model.loss?.node === model.validation?.node;
  const named = [...model.bindings, ...(model.loss === null ? [] : [model.loss]), ...(isOne ? model.metrics : [])];
  return { name: model.name, outputs: named.map(({ name, node }) => ({ name, node })) };
}

export function definitionsOf(graph: Graph): readonly string[] {
  return printGraph(graph)
    .split("\n")
    .filter((line) => / = /.test(line) && !line.startsWith("output"));
}

/** Values of inputs by name: numbers, nested as they like. */
export type Values = Readonly<Record<string, Nested>>;
export type Nested = number | readonly Nested[];

export function flat(value: Nested): number[] {
  return typeof value === "number" ? [value] : value.flatMap(flat);
}

/** The named values of a model at the given inputs and parameters. */
export function evaluateModel(model: Model, values: Values): Readonly<Record<string, readonly number[]>> {
  return evaluateGraph(graphOf(model), values);
}

export function evaluateGraph(graph: Graph, values: Values): Readonly<Record<string, readonly number[]>> {
  const results = interpret(graph, (input: InputNode) => {
    const value = values[input.name];
    if (value === undefined) throw new Error(`the test gives no value for ${input.name}`);
    return flat(value);
  });
  return Object.fromEntries([...results].map(([name, numbers]) => [name, [...numbers]]));
}

export function evaluateNode(node: Node, values: Values): readonly number[] {
  const { value } = evaluateGraph({ name: "node", outputs: [{ name: "value", node }] }, values);
  return value ?? [];
}
