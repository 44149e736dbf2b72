/** Where a network begins: the same bits in TypeScript and in WebAssembly, where most parameters are drawn in vectors. */

import { type CompileOptions, compile, loadWasmTarget } from "@adjoint/compiler";
import { expect, test } from "vitest";
import { allowRelaxedSimd } from "../../packages/compiler/test/wasm/relaxed-simd.ts";
import { programOf } from "../properties/support/networks.ts";

// Where operations may be fused, those of an initializer are not.
allowRelaxedSimd();
const target = await loadWasmTarget();
const seeds = [0, 7, 2 ** 40 + 5, 2 ** 53 - 1];

type Class = new (options: object) => { readonly p: Float64Array | Float32Array };

async function classOf(page: string, options: Partial<CompileOptions>): Promise<{ text: string; Net: Class }> {
  const { text, exports } = compile(programOf(page), { ...options, language: "js", standalone: true });
  const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
  const imported: Readonly<Record<string, Class>> = await import(/* @vite-ignore */ url);
  const Net = imported[exports.get("Net") ?? ""];
  if (Net === undefined) throw new Error("the module has no network");
  return { text, Net };
}

/**
 * By what a parameter begins as, whether WebAssembly draws it where it is a large matrix: not what takes a sum, a function
 * that is not exact, or scratch memory.
 */
const initializers: readonly (readonly [name: string, inWasm: boolean])[] = [
  ["zeros", true],
  ["constant(0.3)", true],
  ["uniform(low: -0.7, high: 1.9)", true],
  ["normal(mean: 0.3, stddev: 0.7)", true],
  ["truncated_normal(stddev: 0.02)", false],
  ["bernoulli(p: 0.3)", true],
  ["identity_matrix", true],
  ["glorot_uniform", true],
  ["he_normal", true],
  ["orthogonal", false],
  ["twisted", true],
  ["lifted", false],
];

const shapes: readonly (readonly [rows: number, columns: number])[] = [
  [3, 2],
  [1, 1],
  [37, 51],
  [64, 40],
];

test.each(initializers)("%s: the same bits on every target", async (initializer, inWasm) => {
  for (const [rows, columns] of shapes) {
    const page = `initializer twisted {
  a = random_normal
  b = random_uniform
  w[i < fan_out, j < fan_in] = a[fan_out - 1 - i, j] * 0.1 + b[i, fan_in - 1 - j] * 0.7
  return w
}

initializer lifted = exp(random_normal)

model Net {
  input  x[${columns}]
  param W[${rows}, ${columns}] ~ ${initializer}
  param b[${rows}] ~ uniform
  y[i] = sum[j](W[i, j] * x[j]) + b[i]
  loss sum[i](y[i]^2)
  train { optimizer sgd(rate: 0.1)  batch 8 }
}
`;
    for (const precision of ["f64", "f32"] as const) {
      const plain = await classOf(page, { precision });
      const fast = await classOf(page, { precision, target });
      if (rows === 37) expect(fast.text.includes("function initialize(")).toBe(!inWasm);
      for (const seed of seeds) {
        const [wanted, found] = [new plain.Net({ seed }).p, new fast.Net({ seed }).p];
        expect(found.length).toBe(wanted.length);
        for (const [k, value] of wanted.entries()) {
          if (!Object.is(found[k], value))
            throw new Error(`p[${k}] is ${found[k]}, not ${value} (${rows}, seed ${seed})`);
        }
      }
    }
  }
});
