import { describe, expect, it } from "vitest";
import { loadWasmTarget } from "../../src/targets/wasm/assembler.ts";
import { fixtures } from "../target/fixtures.ts";
import { expected } from "../target/run-emitted.ts";
import { actualInWasm } from "./run-wasm.ts";

const target = await loadWasmTarget();

describe.each([
  ["f64", 1e-11],
  ["f32", 2e-5],
] as const)("as WebAssembly in %s, procedures do what the interpreter says", (precision, tolerance) => {
  it.each(fixtures)("%s", (_name, make) => {
    const { procedure, arrays, values } = make();
    const rounded = new Map([...arrays].map(([name, array]) => [name, array.map(Math.fround)]));
    const should = expected(procedure, rounded, values);
    const does = actualInWasm(target, procedure, rounded, values, precision);
    expectClose(does.returned, should.returned, "the returned number");
    for (const [name, array] of should.after) {
      array.forEach((value, k) => {
        expectClose(does.after.get(name)?.[k], value, `${name}[${k}]`);
      });
    }

    function expectClose(found: number | undefined, wanted: number | undefined, what: string): void {
      if (wanted === undefined || !Number.isFinite(wanted)) expect(found, what).toEqual(wanted);
      else
        expect(Math.abs((found ?? Number.NaN) - wanted) / Math.max(1, Math.abs(wanted)), what).toBeLessThan(tolerance);
    }
  });
});
