/** Owns: the TypeScript target: procedures in, functions as text out. */

import type { CompileOptions } from "../../options.ts";
import type { EmittedCode, EmittedFunction, Procedure } from "../../procedure.ts";
import { chooseForm } from "../../schedule/count-operations.ts";
import { helperFunction, helperNames } from "./helpers.ts";
import { printStatements } from "./print.ts";
import type { HelperName } from "./scalar-printing.ts";
import { functionHead, openScope } from "./scope.ts";
import { straightLine } from "./straight-line.ts";

/** Emits every procedure as one function. Equal procedures and options give equal text. */
export function emit(procedures: readonly Procedure[], options: CompileOptions): EmittedCode {
  const outer = procedures.map(({ name }) => name);
  const helpers = new Set<HelperName>();
  const functions: EmittedFunction[] = [];
  for (const procedure of procedures) {
    const scope = openScope(procedure, outer);
    const head = functionHead(procedure, scope, options);
    switch (chooseForm(procedure, options.unrollLimit)) {
      case "scalars":
      case "loops":
        functions.push({ ...head, body: printStatements(straightLine(procedure, scope), options) });
        break;
    }
    for (const name of scope.helpers) helpers.add(name);
  }
  return {
    functions,
    helpers: helperNames.filter((name) => helpers.has(name)).map(helperFunction),
    workspace: 0,
  };
}
