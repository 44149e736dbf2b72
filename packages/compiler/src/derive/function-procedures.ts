/** Owns: what a plain function can do: its value, and its derivative in each argument. */

import { Builder, type FunctionDefinition } from "@adjoint/ir";
import { adjointOrigin } from "../passes/differentiate.ts";
import { inputKey, substitute } from "../passes/rewrite.ts";
import type { PipelineOptions } from "../pipeline.ts";
import type { Place, Procedure, ProcedureParameter } from "../procedure.ts";
import { buildProcedure } from "./procedure-builder.ts";

/** `f(x, …)`, then `f_dx(x, …)` for each argument in order. */
export function deriveFunction(definition: FunctionDefinition, options: PipelineOptions): readonly Procedure[] {
  const { name, doc, parameters, result } = definition;
  const args = parameters.map(
    (input): ProcedureParameter => ({ name: input.name, type: "number", initializer: null, doc: "" }),
  );
  const places = new Map(
    parameters.map((input): [string, Place] => [inputKey(input), { kind: "argument", name: input.name }]),
  );
  const common = { parameters: args, optional: new Set<string>(), places };
  const value = buildProcedure(
    { ...common, name, doc, results: [{ name, node: result, destination: { kind: "return" } }] },
    options,
  );
  const derivatives = parameters.map((input) => {
    const builder = new Builder();
    const [of, wrt] = substitute([result, input], new Map(), builder);
    if (of === undefined || wrt === undefined) throw new RangeError("a function has a result");
    const derivative = `${name}_d${input.name}`;
    return buildProcedure(
      {
        ...common,
        name: derivative,
        doc: `∂${name}/∂${input.name}`,
        results: [
          { name: derivative, node: builder.gradient(of, wrt, adjointOrigin(wrt)), destination: { kind: "return" } },
        ],
      },
      options,
    );
  });
  return [value, ...derivatives];
}
