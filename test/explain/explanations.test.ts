import { arbitraryRecipe, buildProgram, distance, type RandomProgram, tolerances } from "@adjoint/check";
import { type Derivation, expandGradients, explainParameter, renderDerivation } from "@adjoint/compiler";
import {
  type Binding,
  Builder,
  type Element,
  elementCount,
  interpret,
  type Model,
  reachable,
  type Span,
} from "@adjoint/ir";
import fc from "fast-check";
import { expect, test } from "vitest";

const span: Span = { file: { path: "random.adj", text: "" }, start: 0, end: 0 };

/** The program as a page would have it that names every `nth` of its tensors; 0 names none. */
function modelOf({ loss, parameters, inputs }: RandomProgram, nth: number): Model {
  const computed = reachable([loss]).filter(
    (node) => node.kind !== "input" && node.kind !== "constant" && node !== loss,
  );
  const chosen = nth === 0 ? [] : computed.filter((_, k) => k % nth === 0);
  // Each statement may name all that stand before it.
  const text = chosen.map((_, k) => `m${k}`).join(" ");
  const statement: Span = { file: { path: "random.adj", text }, start: 0, end: text.length };
  const bind = (name: string, node: Binding["node"]): Binding => ({ name, node, span: statement, doc: "" });
  const element: Element = { kind: "real" };
  const ports = inputs.map((node) => ({ name: node.name, node, shape: node.shape, element, span, doc: "" }));
  return {
    name: "Random",
    doc: "",
    span,
    hyperparameters: [],
    inputs: ports.filter(({ node }) => node.role === "input"),
    targets: ports.filter(({ node }) => node.role === "target"),
    parameters: parameters.map((node) => ({
      name: node.name,
      node,
      shape: node.shape,
      initializer: { name: node.name, outputs: [{ name: "value", node: new Builder().constant(0, node.shape) }] },
      frozen: false,
      update: null,
      span,
      doc: "",
    })),
    noise: [],
    bindings: chosen.map((node, k) => bind(`m${k}`, node)),
    outputs: [],
    loss: bind("loss", loss),
    validation: bind("loss", loss),
    metrics: [],
    statistics: [],
    coupling: null,
    training: null,
  };
}

/** ∂loss/∂p by the compiler's reverse sweep. */
function compiledGradient({ builder, loss, values }: RandomProgram, parameter: RandomProgram["parameters"][number]) {
  const graph = { name: "g", outputs: [{ name: "g", node: builder.gradient(loss, parameter) }] };
  return interpret(expandGradients(graph), ({ name }) => values.get(name) ?? []).get("g") ?? new Float64Array();
}

function unexplained({ total, paths, rest }: Derivation): number {
  const sum = paths.reduce((known, { value }) => known + value, rest);
  const size = paths.reduce((known, { value }) => known + Math.abs(value), 1);
  return Math.abs(total - sum) / size;
}

test("of random programs, whatever values they name, paths add up to the compiler's derivative", () => {
  fc.assert(
    fc.property(
      arbitraryRecipe({ steps: 8, gradients: true }),
      fc.integer({ min: 0, max: 4 }),
      fc.nat(),
      fc.nat(),
      (recipe, nth, which, where) => {
        const program = buildProgram(recipe);
        const parameter = program.parameters[which % program.parameters.length];
        if (parameter === undefined) return;
        const flat = where % elementCount(parameter.shape);
        const index = parameter.shape.map((_, axis) => {
          const inner = elementCount(parameter.shape.slice(axis + 1));
          return Math.floor(flat / inner) % (parameter.shape[axis] ?? 1);
        });
        const values = Object.fromEntries(program.values);
        const derivation = explainParameter(
          modelOf(program, nth),
          { parameter: parameter.name, index },
          { parameters: values, inputs: values, targets: values },
          { paths: 64 },
        );
        const expected = compiledGradient(program, parameter)[flat] ?? Number.NaN;
        fc.pre(Number.isFinite(expected));
        expect(distance(derivation.total, expected)).toBeLessThan(tolerances.reordered);
        if (derivation.complete) expect(unexplained(derivation)).toBeLessThan(tolerances.reordered);
        expect(renderDerivation(derivation, { digits: 4 }).join("\n")).not.toMatch(/undefined|NaN|\[object/);
      },
    ),
    { numRuns: 500 },
  );
});
