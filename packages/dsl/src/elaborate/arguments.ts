/** Owns: matching the arguments of a call to the formal parameters of a definition. */

import { type Span, textOf } from "@adjoint/ir";
import type { Label } from "../diagnostic.ts";
import type { DiagnosticCode } from "../diagnostic-codes.ts";
import type { Argument, Definition, Formal } from "../syntax-tree.ts";
import { didYouMean, nearestParameter } from "./suggestions.ts";
import { plural } from "./values.ts";

export type Matched = ReadonlyMap<Formal, Argument>;

export type ReportMismatch = (
  code: DiagnosticCode,
  message: string,
  labels: readonly [Label, ...Label[]],
  help: string | null,
) => void;

/**
 * Positional arguments fill the formals in order, named ones by name. Every fault is reported; null if there was one.
 * `place` is where a missing argument is reported.
 */
export function matchArguments(
  definition: Definition,
  given: readonly Argument[],
  place: Span,
  report: ReportMismatch,
): Matched | null {
  const formals = definition.formals ?? [];
  const matched = new Map<Formal, Argument>();
  const callee = definition.name.text;
  let failed = false;
  /** What an argument under an unknown name was meant for is not also missing. */
  let misnamed = false;
  let position = 0;
  for (const argument of given) {
    const { name } = argument;
    const formal = name === null ? formals[position++] : formals.find((each) => each.name.text === name.text);
    if (formal === undefined) {
      failed = true;
      if (name === null) {
        const takes = formals.length === 0 ? "no arguments" : `at most ${plural(formals.length, "argument")}`;
        const labels: [Label] = [{ span: argument.span, text: "one too many" }];
        report("too-many-arguments", `\`${callee}\` takes ${takes}`, labels, signatureHelp(definition));
      } else {
        const near = nearestParameter(
          name.text,
          formals.map((each) => each.name.text),
        );
        misnamed = true;
        const labels: [Label] = [{ span: name.span, text: "unknown" }];
        const message = `\`${callee}\` has no parameter \`${name.text}\``;
        report("unknown-argument", message, labels, near === null ? signatureHelp(definition) : didYouMean(near));
      }
      continue;
    }
    const earlier = matched.get(formal);
    if (earlier === undefined) {
      matched.set(formal, argument);
      continue;
    }
    failed = true;
    report(
      "duplicate-name",
      `\`${formal.name.text}\` of \`${callee}\` is given twice`,
      [
        { span: argument.span, text: "again" },
        { span: earlier.span, text: "given here" },
      ],
      null,
    );
  }
  for (const formal of formals) {
    if (matched.has(formal) || formal.default !== null) continue;
    failed = true;
    if (misnamed) continue;
    const labels: [Label] = [{ span: place, text: `\`${formal.name.text}\` is missing` }];
    report("missing-argument", `\`${callee}\` needs \`${formal.name.text}\``, labels, signatureHelp(definition));
  }
  return failed ? null : matched;
}

function signatureHelp(definition: Definition): string {
  const formals = (definition.formals ?? []).map((formal) => textOf(formal.span));
  return `it is declared ${definition.keyword} ${definition.name.text}(${formals.join(", ")})`;
}
