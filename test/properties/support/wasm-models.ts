/** Owns: running what the compiler emits as WebAssembly, through the runtime's own network. */

import { deriveProcedures, outputLayout, portLayout, type WasmTarget } from "@adjoint/compiler";
import type { Model } from "@adjoint/ir";
import { WasmCode, WasmNetwork } from "@adjoint/runtime";
import { compileNetwork, runsInWasm } from "../../../packages/compiler/src/targets/wasm/compile-network.ts";
import type { Argument, EmittedModel } from "./emitted-models.ts";

/** A model's functions as WebAssembly that works on `block` examples at once, or on those that see each other. */
export function wasmModel(target: WasmTarget, model: Model, precision: "f64" | "f32", most: number): EmittedModel {
  const block = model.coupling?.size ?? most;
  const procedures = deriveProcedures(model, { inference: false, weighted: block > 1 });
  const inWasm = procedures.filter(runsInWasm);
  const {
    binary,
    products,
    noise: _,
    threads: __,
    ...layout
  } = compileNetwork(target, model, inWasm, block, precision);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const code = new WasmCode(hex(binary), hex(products));
  const network =
    precision === "f64"
      ? new WasmNetwork<Float64Array | Float32Array>(code, Float64Array, layout)
      : new WasmNetwork<Float64Array | Float32Array>(code, Float32Array, layout);
  const ports = portLayout(model);
  const p = network.allocate(0, "parameters");
  const state = network.allocate(0, "state");
  const grad = network.allocate(0, "gradient");

  const call = (name: string, args: Readonly<Record<string, Argument>>): number => {
    const array = (key: string): Float64Array | Float32Array => {
      const given = args[key];
      return given === undefined || typeof given === "number" ? new Float64Array() : given;
    };
    const number = (key: string): number => Number(args[key] ?? 0);
    const isBatch = model.coupling !== null;
    // A batch begins with the first example.
    const skipped = isBatch ? number("n") : 0;
    const columns = ports.map((port) => Float64Array.from(array(port.array).subarray(skipped * port.size)));
    p.set(array("p"));
    state.set(array("state"));
    grad.set(array("grad"));
    const run = (): number => {
      const [n, count] = isBatch ? [0, number("examples")] : [number("n"), 1];
      let loss = 0;
      switch (name) {
        case "forward":
          if (isBatch)
            network.forwardAll(p, columns, array("out").subarray(skipped * outputLayout(model).size), count, 0);
          else network.forward(p, columns, array("out"), n, 0);
          return Number.NaN;
        case "evaluate":
          if (isBatch) return network.evaluateAll(p, columns, new Float64Array(), count, 0);
          return network.evaluate(p, columns, array("metrics"), n, 0);
        case "gradient":
          if (!isBatch) return network.gradient(p, columns, grad, n, 0);
          loss = network.gradientAll(p, columns, grad, count, 0);
          // Of a mean, the sum that the procedure is about.
          for (const [k, mean] of grad.entries()) grad[k] = mean * count;
          return loss;
        case "update":
          network.update(p, grad, state, number("t"), number("examples"));
          return Number.NaN;
        default:
          return network.step(p, columns, grad, state, number("t"), count, n, n + count, null, 0, 0);
      }
    };
    const returned = run();
    for (const [key, view] of [
      ["p", p],
      ["state", state],
      ["grad", grad],
    ] as const) {
      if (typeof args[key] === "object") args[key].set(view);
    }
    return returned;
  };
  return { text: "", call };
}
