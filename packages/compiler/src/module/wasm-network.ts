/** Owns: what a module says of a network that runs as WebAssembly: its code, and where everything lies in its memory. */

import type { CompiledNetwork, Span } from "../targets/wasm/compile-network.ts";
import type { ModelNames } from "./module-names.ts";
import type { RuntimeNames } from "./runtime-names.ts";
import type { FloatArray } from "./shapes.ts";
import type { ConstantItem, FunctionItem } from "./structures.ts";

/** The constant that holds a model's code, in hexadecimal: longer than in base64, but shorter when it is packed. */
export function codeConstant(network: CompiledNetwork, own: ModelNames, names: RuntimeNames): ConstantItem {
  const created = names.value("WasmCode");
  return {
    kind: "constant",
    name: own.code,
    docs: `${[...network.roles].join(", ")}: ${network.binary.length} bytes of WebAssembly.`,
    type: null,
    initializer: () => [`/* @__PURE__ */ new ${created}("${hex(network.binary)}", "${hex(network.products)}")`],
  };
}

/** The expression that makes a network's memory and functions. */
export function networkLines(
  network: CompiledNetwork,
  floats: FloatArray,
  own: ModelNames,
  names: RuntimeNames,
  language: "ts" | "js",
): readonly string[] {
  const span = ([at, length]: Span): string => `[${at}, ${length}]`;
  const { pages, threads, stride, p, grad, state, out, outputs, metrics, loss, columns, inputs, block, together } =
    network;
  const noise = [...network.noise].flatMap(([role, drawn]) => {
    if (drawn.length === 0) return [];
    const items = drawn.map(({ distribution, stream, exampleStride, span: at }) => {
      return `{ draw: ${names.value(distribution)}, stream: ${stream}, stride: ${exampleStride}, at: ${span(at)} }`;
    });
    return [`    ${role}: [`, ...items.map((item) => `      ${item},`), "    ],"];
  });
  return [
    `new ${names.value("WasmNetwork")}${language === "ts" ? `<${floats}>` : ""}(${own.code}, ${floats}, {`,
    `  pages: ${pages},`,
    `  p: ${span(p)},`,
    `  grad: ${span(grad)},`,
    `  state: ${span(state)},`,
    `  out: ${span(out)},`,
    `  outputs: [${outputs.map(span).join(", ")}],`,
    `  metrics: ${span(metrics)},`,
    `  loss: ${span(loss)},`,
    `  columns: [${columns.map(span).join(", ")}],`,
    `  inputs: ${inputs},`,
    `  block: ${block},`,
    ...(together.length === 0 ? [] : [`  together: [${together.map((role) => `"${role}"`).join(", ")}],`]),
    ...(threads === 1
      ? []
      : [`  threads: { team: ${names.value("WasmTeam")}, count: ${threads}, stride: ${stride} },`]),
    ...(noise.length === 0 ? [] : ["  noise: {", ...noise, "  },"]),
    "});",
  ];
}

/** The function with which a page compiles all code before the first network is made. */
export function readyFunction(name: string, codes: readonly string[], names: RuntimeNames): FunctionItem {
  const [only] = codes;
  const calls = codes.map((code) => `${code}.ready(options)`).join(", ");
  const all = `Promise.all([${calls}]).then((codes) => ({ fused: codes.some(({ fused }) => fused) }))`;
  return {
    kind: "function",
    name,
    docs:
      "Compiles the WebAssembly of this module, off the main thread where there is one, and tells whether products and " +
      "sums of vectors are fused in it. Without it the first network compiles it where it is made, which browsers allow " +
      "on the main thread for small modules only.",
    isExported: true,
    parameters: [{ name: "options", type: names.type("WasmOptions"), initializer: "{}" }],
    returnType: "Promise<{ readonly fused: boolean }>",
    statements: [{ text: `return ${codes.length === 1 ? `${only}.ready(options)` : all};`, span: null }],
  };
}

/** The function with which a worker becomes one of a network's threads. */
export function serveFunction(name: string, names: RuntimeNames): FunctionItem {
  return {
    kind: "function",
    name,
    docs:
      "Lends the worker that calls this to a network's training, for a page that starts workers from files of its own: " +
      "see `worker` among the options of `train`.",
    isExported: true,
    parameters: [],
    returnType: "void",
    statements: [{ text: `${names.value("serveThread")}();`, span: null }],
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
