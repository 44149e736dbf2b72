/** Owns: running procedures as WebAssembly in tests, on copies of the same arrays as everything else. */

import { WasmCode } from "@adjoint/runtime";
import type { Procedure } from "../../src/procedure.ts";
import type { WasmTarget } from "../../src/targets/wasm/assembler.ts";
import { emitWasm } from "../../src/targets/wasm/emit.ts";
import { type Arrays, seed, type Values } from "../target/run-emitted.ts";

/** What the procedure does as WebAssembly; its workspace holds NaN before: what is read of it must have been written. */
export function actualInWasm(
  target: WasmTarget,
  procedure: Procedure,
  arrays: Arrays,
  values: Values,
  precision: "f32" | "f64",
  products: "fused" | "rounded" = "rounded",
) {
  const sizes = new Map([...arrays].map(([name, { length }]) => [name, length]));
  const code = emitWasm(target, [procedure], { precision, arrays: sizes });
  const { binary, offsets, pages } = code;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const Floats = precision === "f32" ? Float32Array : Float64Array;
  new Floats(memory.buffer).fill(Number.NaN);
  const after = new Map<string, Float32Array | Float64Array>();
  for (const [name, array] of arrays) {
    const view = new Floats(memory.buffer, offsets.get(name), array.length);
    view.set(array);
    after.set(name, view);
  }
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const { module } = new WasmCode(hex(binary), products === "fused" ? hex(code.products) : "");
  const { exports } = new WebAssembly.Instance(module, {
    memory: { memory },
    math: { ...Object.fromEntries(Object.getOwnPropertyNames(Math).map((name) => [name, Reflect.get(Math, name)])) },
  });
  const run = exports[procedure.name];
  if (typeof run !== "function") throw new Error(`no function ${procedure.name}`);
  const args = procedure.parameters
    .filter(({ type }) => type === "number")
    .map(({ name }) => (name === "seed" ? seed : (values[name] ?? 0)));
  const returned: unknown = run(...args);
  return { after, returned: typeof returned === "number" ? returned : undefined, binary };
}
