import { Builder, type FunctionDefinition, nodesOf, verify } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { outputLayout, parameterLayout, portLayout, stateLayout } from "../../src/derive/layout.ts";
import { deriveFunction, deriveProcedures } from "../../src/derive/procedures.ts";
import type { Procedure } from "../../src/procedure.ts";
import { formulas } from "../passes/support.ts";
import { model, movingAverage, plainDescent, runProcedure } from "./models.ts";

const trained = model(movingAverage());
const procedures = deriveProcedures(trained, { inference: false });

function procedure(name: string, from: readonly Procedure[] = procedures): Procedure {
  const found = from.find((p) => p.name === name);
  if (found === undefined) throw new Error(`no procedure ${name}`);
  return found;
}

/** [a0, a1, b0, b1, b2, c0, c1]: trainable first. */
const p = () => [2, -1, 10, 11, 12, 0.5, 0.25];
/** Two examples. */
const x = [9, 9, 1, 3];
const y = [0, 0, 2, -4];
// For example 1: u = (2·1 + 0.5, −1·3 + 0.25) = (2.5, −2.75), error = (0.5, 1.25).
const loss = 0.5 ** 2 + 1.25 ** 2 + 4 + 1;
const slope = [2 * 0.5 * 1 + 2 * 2, 2 * 1.25 * 3 + 2 * -1];

describe("layout", () => {
  test("parameters: trainable ones first, then frozen ones, each in the order of the page", () => {
    const { slots, trainable, size } = parameterLayout(trained);
    expect(slots.map((s) => [s.name, s.offset, s.size])).toEqual([
      ["a", 0, 2],
      ["b", 2, 3],
      ["c", 5, 2],
    ]);
    expect([trainable, size]).toEqual([5, 7]);
  });

  test("outputs lie one after the other; a state covers the trainable parameters", () => {
    expect(outputLayout(trained).slots.map((s) => [s.name, s.offset, s.size])).toEqual([
      ["u", 0, 2],
      ["worst", 2, 1],
    ]);
    expect(stateLayout(trained)).toMatchObject({ size: 5, slots: [{ name: "m", offset: 0, size: 5 }] });
  });

  test("a port named like an argument gets another array", () => {
    expect(portLayout(trained).map(({ port, array }) => [port.name, array])).toEqual([
      ["x", "x"],
      ["p", "p_"],
    ]);
  });
});

describe("procedures", () => {
  test("are listed in order, with the arguments that they need", () => {
    const signature = ({ name, parameters }: Procedure) => `${name}(${parameters.map((q) => q.name).join(", ")})`;
    expect(procedures.map(signature)).toEqual([
      "forward(p, x, out, n)",
      "evaluate(p, x, p_, metrics, n)",
      "gradient(p, x, p_, grad, n)",
      "update(p, grad, state, t, examples)",
      "step(p, x, p_, state, t, n)",
      "initializeState(state)",
      "initialize(p, seed)",
    ]);
    expect(deriveProcedures(model(plainDescent()), { inference: false }).map(signature).slice(3)).toEqual([
      "update(p, grad, examples)",
      "step(p, x, p_, n)",
      "initialize(p, seed)",
    ]);
  });

  test("a model without training has no update; inference needs forward only", () => {
    const names = (list: readonly Procedure[]) => list.map((q) => q.name);
    expect(names(deriveProcedures(model(null), { inference: false }))).toEqual([
      "forward",
      "evaluate",
      "gradient",
      "initialize",
    ]);
    expect(names(deriveProcedures(trained, { inference: true }))).toEqual(["forward"]);
  });

  test.each(procedures.map((q) => [q.name, q] as const))("%s is whole: places and results cover its graph", (_, q) => {
    verify(q.graph, { expanded: true });
    const inputs = nodesOf(q.graph).filter((node) => node.kind === "input");
    expect(new Set(q.inputs.keys())).toEqual(new Set(inputs));
    expect([...q.results.keys()]).toEqual(q.graph.outputs.map((output) => output.name));
  });

  test("forward writes the example's outputs to its place", () => {
    const arrays = { p: p(), x, out: [0, 0, 0, 0, 0, 0] };
    expect(runProcedure(procedure("forward"), { arrays, numbers: { n: 1 } })).toBeNull();
    expect(arrays.out).toEqual([0, 0, 0, 2.5, -2.75, 0.25]);
  });

  test("evaluate returns the loss and writes the metrics", () => {
    const arrays = { p: p(), x, p_: y, metrics: [0] };
    expect(runProcedure(procedure("evaluate"), { arrays, numbers: { n: 1 } })).toBe(loss);
    expect(arrays.metrics).toEqual([1.25]);
  });

  test("gradient adds to grad, returns the loss, and leaves what is frozen or unused", () => {
    const arrays = { p: p(), x, p_: y, grad: [1, 1, 1, 1, 1] };
    expect(runProcedure(procedure("gradient"), { arrays, numbers: { n: 1 } })).toBe(loss);
    expect(arrays.grad).toEqual([1 + (slope[0] ?? 0), 1 + (slope[1] ?? 0), 1, 1, 1]);
    expect([...procedure("gradient").results.keys()]).toEqual(["loss", "d_a"]);
  });

  test("update makes a step with the mean gradient, keeps the state, clears grad", () => {
    const arrays = { p: p(), grad: [4, 8, 0, 0, -4], state: [1, 0, 2, 0, 0] };
    runProcedure(procedure("update"), { arrays, numbers: { t: 2, examples: 4 } });
    const m = [1.9, 2, 1.8, 0, -1];
    arrays.state.forEach((value, k) => {
      expect(value).toBeCloseTo(m[k] ?? Number.NaN, 15);
      expect(arrays.p[k]).toBeCloseTo((p()[k] ?? Number.NaN) - (0.5 * value) / 2, 14);
    });
    expect(arrays.p.slice(5)).toEqual([0.5, 0.25]);
    expect(arrays.grad).toEqual([0, 0, 0, 0, 0]);
  });

  test("step is gradient and update of one example", () => {
    const once = { p: p(), x, p_: y, state: [1, 0, 2, 0, 0] };
    const twice = { p: p(), x, p_: y, state: [1, 0, 2, 0, 0], grad: [0, 0, 0, 0, 0] };
    const numbers = { n: 1, t: 3, examples: 1 };
    const before = runProcedure(procedure("step"), { arrays: once, numbers });
    expect(before).toBe(runProcedure(procedure("gradient"), { arrays: twice, numbers }));
    runProcedure(procedure("update"), { arrays: twice, numbers });
    once.p.forEach((value, k) => {
      expect(value).toBeCloseTo(twice.p[k] ?? Number.NaN, 14);
    });
    once.state.forEach((value, k) => {
      expect(value).toBeCloseTo(twice.state[k] ?? Number.NaN, 14);
    });
  });

  test("initialize gives every noise tensor a stream of its own, in the order of the page", () => {
    const arrays = { p: [0, 0, 0, 0, 0, 0, 0] };
    runProcedure(procedure("initialize"), { arrays, noise: (stream, k) => 100 * stream + k });
    expect(arrays.p).toEqual([0, 2, 200, 202, 204, 7, 7]);
  });

  test("initializeState repeats each state's initial value", () => {
    const arrays = { state: [9, 9, 9, 9, 9] };
    runProcedure(procedure("initializeState"), { arrays });
    expect(arrays.state).toEqual([0.25, 0.25, 0.25, 0.25, 0.25]);
  });
});

describe("a plain function", () => {
  const builder = new Builder();
  const f = formulas(builder);
  const a = f.input("a");
  const b = f.input("b");
  const span = { file: { path: "page.adj", text: "" }, start: 0, end: 0 };
  const definition: FunctionDefinition = {
    name: "f",
    doc: "a²·b",
    span,
    parameters: [a, b],
    bindings: [],
    result: f.call("mul", f.call("pow", a, 2), b),
  };

  test("has a value and a derivative in each argument", () => {
    const derived = deriveFunction(definition, {});
    const numbers = { a: 3, b: 5 };
    expect(derived.map((q) => [q.name, runProcedure(q, { arrays: {}, numbers })])).toEqual([
      ["f", 45],
      ["f_da", 30],
      ["f_db", 9],
    ]);
    expect(derived.every((q) => q.parameters.map((r) => r.name).join() === "a,b")).toBe(true);
  });
});
