import { Builder } from "@adjoint/ir";
import { expect, test } from "vitest";
import { loadWasmTarget } from "../../src/targets/wasm/assembler.ts";
import { ports, prepare } from "../target/procedures.ts";
import { expected } from "../target/run-emitted.ts";
import { actualInWasm } from "./run-wasm.ts";

const target = await loadWasmTarget();

/** Square roots of numbers of either sign: of every second pair, about, one or both are NaN. */
function prepared() {
  const g = new Builder();
  const { parameter, input } = ports(g);
  const [a, b] = [g.map("sqrt", [parameter("a", [5, 12])]), g.map("sqrt", [input("b", [5, 12])])];
  const [few, many] = [g.constant(0.25, a.shape), g.constant(0.75, a.shape)];
  return prepare("f", {
    greater: { node: g.map("max", [a, b]), to: "out" },
    less: { node: g.map("min", [a, b]), to: "out" },
    bounded: { node: g.map("min", [many, g.map("max", [a, few])]), to: "out" },
    greatest: { node: g.reduce("max", a, [0]), to: "out" },
    least: { node: g.reduce("min", a, [1]), to: "out" },
  });
}

test.each(["f64", "f32"] as const)(
  "in %s, an extreme is NaN where one of its numbers is, in vectors too",
  (precision) => {
    const { procedure, arrays, values } = prepared();
    const rounded = new Map([...arrays].map(([name, array]) => [name, array.map(Math.fround)]));
    const should = [...expected(procedure, rounded, values).after];
    const does = actualInWasm(target, procedure, rounded, values, precision).after;
    const wanted = should.flatMap(([, array]) => [...array]);
    const found = should.flatMap(([name]) => [...(does.get(name) ?? [])]);
    expect(wanted.filter(Number.isNaN).length).toBeGreaterThan(20);
    expect(found.map(Number.isNaN)).toEqual(wanted.map(Number.isNaN));
    for (const [k, value] of wanted.entries()) if (!Number.isNaN(value)) expect(found[k]).toBeCloseTo(value, 6);
  },
);
