/** Owns: the mutants of the scalar table: each partial derivative dropped, off by a little, or there where there is none. */

import { scalarFunctionNames, scalarFunctions } from "@adjoint/ir";
import { appended, type Mutant } from "./mutant.ts";

const file = "packages/ir/src/scalar-functions.ts";
const tests = ["packages/ir/test/scalar-derivatives.test.ts", "packages/compiler/test/passes/differentiate.test.ts"];

export function scalarMutants(): readonly Mutant[] {
  return scalarFunctionNames.flatMap((fn) =>
    scalarFunctions[fn].partials.flatMap((partial, k) => {
      const mutant = (breakage: string, rule: string): Mutant => ({
        group: "derivatives of scalar functions",
        name: `∂${fn}/∂x${k} ${breakage}`,
        file,
        change: appended(`{
          const { partials } = scalarFunctions.${fn};
          const rule = partials[${k}];
          Object.assign(partials, { ${k}: ${rule} });
        }`),
        tests,
        about: new RegExp(`^${fn} `),
      });
      if (partial === null) return [mutant("1 instead of 0", "(a) => a.constant(1)")];
      return [
        mutant("dropped", "null"),
        mutant("off by one in a thousand", "(a, x, y) => a.call('mul', a.constant(1.001), rule(a, x, y))"),
        mutant("of the other sign", "(a, x, y) => a.call('neg', rule(a, x, y))"),
      ];
    }),
  );
}
