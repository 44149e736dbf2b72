/** Owns: the scope of one emitted function: its parameters under valid names, where arrays lie, which helpers it calls. */

import type { CompileOptions } from "../../options.ts";
import type { EmittedFunction, Procedure, ProcedureParameter } from "../../procedure.ts";
import { TemporaryNames } from "../../schedule/temporary-names.ts";
import { Names } from "./names.ts";
import type { HelperName } from "./scalar-printing.ts";
import { type Expression, indexSum, indexTerm, variable } from "./target-language.ts";

export interface Scope {
  readonly names: Names;
  /** What to call values that the page doesn't name. */
  readonly temporaries: TemporaryNames;
  /** The identifier of a parameter of the procedure. */
  readonly parameter: (name: string) => string;
  /** `offset + n · stride`, with the function's example number n. */
  readonly address: (offset: number, exampleStride: number) => Expression;
  readonly helpers: Set<HelperName>;
}

/** @param outer names of the module that the function must not hide */
export function openScope(procedure: Procedure, outer: Iterable<string>): Scope {
  // The functions that draw are of the module, and called by these names.
  const drawing = [...procedure.inputs.values()].flatMap((place) =>
    place.kind === "noise" ? [place.distribution] : [],
  );
  const names = new Names([...outer, ...drawing]);
  const parameters = new Map(procedure.parameters.map(({ name }) => [name, names.claim(name)]));
  const parameter = (name: string): string => {
    const claimed = parameters.get(name);
    if (claimed === undefined) throw new RangeError(`${procedure.name} has no parameter ${JSON.stringify(name)}`);
    return claimed;
  };
  const address = (offset: number, exampleStride: number): Expression =>
    exampleStride === 0 ? indexSum([], offset) : indexSum([indexTerm(exampleStride, variable(parameter("n")))], offset);
  return { names, temporaries: new TemporaryNames(procedure.graph), parameter, address, helpers: new Set() };
}

export function parameterType(type: ProcedureParameter["type"], { precision }: CompileOptions): string {
  switch (type) {
    case "floats":
      return precision === "f64" ? "Float64Array" : "Float32Array";
    case "data":
      return "ArrayLike<number>";
    case "number":
      return "number";
  }
}

export function functionHead(
  procedure: Procedure,
  scope: Scope,
  options: CompileOptions,
): Omit<EmittedFunction, "body"> {
  const returns = [...procedure.results.values()].some(({ kind }) => kind === "return");
  return {
    name: procedure.name,
    doc: procedure.doc,
    parameters: procedure.parameters.map(({ name, type, initializer }) => ({
      name: scope.parameter(name),
      type: parameterType(type, options),
      initializer,
    })),
    returnType: returns ? "number" : "void",
  };
}
