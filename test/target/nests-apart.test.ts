/** A network whose nests can be called by themselves: nothing else about it is different, and its work is counted right. */

import { loadWasmTarget, type ProfiledNetwork, profileNetwork } from "@adjoint/compiler";
import { describe, expect, test } from "vitest";
import { programOf } from "../properties/support/networks.ts";

const target = await loadWasmTarget();
const batch = 4;

const dense = `model Net {
  input  x[40]
  target y: class(3)
  h = dense(x, units: 16, activation: tanh)
  z = dense(h, units: 3)
  loss cross_entropy(z, y)
  train { optimizer sgd(rate: 0.1)  batch ${batch} }
}`;

const convolution = `model Net {
  input  x[2, 9, 9]
  target y: class(3)
  a = conv2d(x, filters: 4, kernel: 3, padding: 1, activation: relu)
  z = dense(flatten(max_pool2d(a, size: 3)), units: 3)
  loss cross_entropy(z, y)
  train { optimizer sgd(rate: 0.1)  batch ${batch} }
}`;

function profiled(page: string): ProfiledNetwork {
  const [model] = programOf(page).models;
  if (model === undefined) throw new Error("the page has no model");
  return profileNetwork(target, model);
}

function flopsOf({ nests }: ProfiledNetwork, procedure: string): number {
  return nests.filter((nest) => nest.procedure === procedure).reduce((sum, { flops }) => sum + flops, 0);
}

describe.each([
  ["dense layers", dense],
  ["a convolution", convolution],
])("of %s", (_name, page) => {
  test("the nests one after another leave the memory that the whole procedure leaves", () => {
    const network = profiled(page);
    const whole = memoryAfter(network, ["gradient"]);
    const nests = network.nests.filter(({ procedure }) => procedure === "gradient").map(({ name }) => name);
    expect(nests.length).toBeGreaterThan(2);
    expect(memoryAfter(network, nests)).toEqual(whole);
  });
});

describe("work", () => {
  test("of dense layers is two operations for each weight and example", () => {
    const network = profiled(dense);
    const [first, second] = [40 * 16, 16 * 3];
    expect(flopsOf(network, "forward")).toBe(2 * (first + second));
    expect(flopsOf(network, "forwardAll")).toBe(2 * batch * (first + second));
    // The cotangent of what the first layer is given is nobody's business. A block would weigh its losses, too.
    const single = profiled(dense.replace(`batch ${batch}`, "batch 1"));
    expect(flopsOf(single, "gradient")).toBe(2 * (2 * first + 3 * second));
  });

  test("of a convolution leaves out what lies in the padding", () => {
    const inside = (2 * 2 + 7 * 3) ** 2;
    const [convolved, last] = [inside * 2 * 4, 4 * 3 * 3 * 3];
    expect(flopsOf(profiled(convolution), "forwardAll")).toBe(2 * batch * (convolved + last));
  });
});

/** All of a network's memory after the functions have run on numbers that are the same each time. */
function memoryAfter(network: ProfiledNetwork, functions: readonly string[]): Float32Array {
  const memory = new WebAssembly.Memory({ initial: network.pages, maximum: network.pages });
  const module = new WebAssembly.Module(new Uint8Array(network.binary));
  const { exports } = new WebAssembly.Instance(module, { memory: { memory }, math: { exp: Math.exp, log: Math.log } });
  for (const span of [network.p, ...network.columns.slice(0, 1)]) {
    const numbers = new Float32Array(memory.buffer, ...span);
    for (let k = 0; k < numbers.length; k++) numbers[k] = Math.sin(k * k) / 4;
  }
  for (const name of functions) {
    const run = exports[name];
    if (typeof run !== "function") throw new Error(`no function ${name}`);
    run(network.block);
  }
  return new Float32Array(memory.buffer, network.grad[0], network.grad[1]).slice();
}
