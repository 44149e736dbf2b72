/** Owns: running emitted functions in tests, and what the interpreter says they should have done. */

import { elementCount, type InputNode, interpret } from "@adjoint/ir";
import { normal, uniform } from "@adjoint/runtime";
import { type CompileOptions, defaultOptions } from "../../src/options.ts";
import type { EmittedCode, EmittedFunction, Procedure } from "../../src/procedure.ts";
import { emit } from "../../src/targets/typescript/emit.ts";

export type Arrays = ReadonlyMap<string, Float64Array>;
/** Scalar arguments by name; `n` is the example. */
export interface Values {
  readonly n: number;
  readonly [name: string]: number;
}
export type Emitted = (...args: readonly (Float64Array | Float32Array | number)[]) => number | undefined;

export function functionText(fn: EmittedFunction, language: "ts" | "js"): string {
  const parameters = fn.parameters.map(({ name, type, initializer }) => {
    const typed = language === "ts" && initializer === null ? `${name}: ${type}` : name;
    return initializer === null ? typed : `${typed} = ${initializer}`;
  });
  const returns = language === "ts" ? `: ${fn.returnType}` : "";
  const body = fn.body.map(({ text }) => `  ${text}`).join("\n");
  return `function ${fn.name}(${parameters.join(", ")})${returns} {\n${body}\n}`;
}

export function moduleText(code: EmittedCode, language: "ts" | "js"): string {
  return [...code.functions, ...code.helpers].map((fn) => functionText(fn, language)).join("\n\n");
}

export function load(code: EmittedCode): ReadonlyMap<string, Emitted> {
  const names = code.functions.map(({ name }) => name);
  const make = new Function(
    "workspace",
    "uniform",
    "normal",
    `${moduleText(code, "js")}\nreturn { ${names.join(", ")} };`,
  );
  return new Map(Object.entries(make(new Float64Array(code.workspace).fill(Number.NaN), uniform, normal)));
}

export const seed = 11;

/** What the procedure means: its arrays afterwards, and what it returns. `values` holds its scalar arguments. */
export function expected(procedure: Procedure, arrays: Arrays, values: Values) {
  const n = values.n;
  const read = (input: InputNode): ArrayLike<number> => {
    const place = procedure.inputs.get(input);
    const count = elementCount(input.shape);
    switch (place?.kind) {
      case "array": {
        const start = place.offset + n * place.exampleStride;
        return (arrays.get(place.array) ?? new Float64Array()).slice(start, start + count);
      }
      case "argument":
        return [values[place.name] ?? Number.NaN];
      case "noise": {
        const draw = place.distribution === "uniform" ? uniform : normal;
        const size = place.rows ? count / (input.shape[0] ?? 1) : count;
        return Array.from({ length: count }, (_, k) => {
          const example = n + Math.floor(k / size);
          return draw(seed, place.stream + example * place.exampleStride, k % size);
        });
      }
      case undefined:
        throw new Error(`no place for ${input.name}`);
    }
  };
  const after = new Map([...arrays].map(([name, array]) => [name, array.slice()]));
  let returned: number | undefined;
  for (const [name, result] of interpret(procedure.graph, read)) {
    const destination = procedure.results.get(name);
    if (destination === undefined) throw new Error(`no destination for ${name}`);
    if (destination.kind === "return") {
      returned = result[0];
      continue;
    }
    const { array, offset, exampleStride } = destination.place;
    const target = after.get(array) ?? new Float64Array();
    result.forEach((value, k) => {
      const at = offset + n * exampleStride + k;
      target[at] = destination.kind === "add" ? (arrays.get(array)?.[at] ?? 0) + value : value;
    });
  }
  return { after, returned };
}

/** What the emitted function does with copies of the same arrays. */
export function actual(procedure: Procedure, arrays: Arrays, values: Values, options: Partial<CompileOptions> = {}) {
  const code = emit([procedure], { ...defaultOptions, ...options, language: "js" });
  const fn = load(code).get(procedure.name);
  const single = new Set(
    options.precision === "f32" ? procedure.parameters.filter(({ type }) => type === "floats").map((p) => p.name) : [],
  );
  const after = new Map(
    [...arrays].map(([name, array]) => [name, single.has(name) ? new Float32Array(array) : array.slice()]),
  );
  const args = procedure.parameters.map(({ name, type }) =>
    type === "number" ? (name === "seed" ? seed : (values[name] ?? 0)) : (after.get(name) ?? new Float64Array()),
  );
  const returned = fn?.(...args);
  return { after, returned, code };
}
