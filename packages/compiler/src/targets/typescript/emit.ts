/** Owns: the TypeScript target: procedures in, functions as text out. */

import type { CompileOptions } from "../../options.ts";
import type { EmittedCode, EmittedFunction, EmittedLine, Procedure } from "../../procedure.ts";
import { chooseForm } from "../../schedule/count-operations.ts";
import { type Schedule, type ScheduleOptions, scheduleLoops } from "../../schedule/schedule-loops.ts";
import { decideConditions } from "./decide-conditions.ts";
import { dropUnused } from "./drop-unused.ts";
import { helperFunction, helperNames } from "./helpers.ts";
import { joinDeclarations } from "./join-declarations.ts";
import { loopStatements, nestStatements, type Replacement, resultStatements } from "./loops.ts";
import { Names } from "./names.ts";
import { Outliner, type WriteNest } from "./outline-nests.ts";
import { printStatements } from "./print.ts";
import type { HelperName } from "./scalar-printing.ts";
import { functionHead, openScope, parameterType, type Scope } from "./scope.ts";
import { straightLine } from "./straight-line.ts";
import { call, type Statement, variable } from "./target-language.ts";

/** Emits every procedure as one function. Equal procedures and options give equal text. */
export function emit(procedures: readonly Procedure[], options: CompileOptions): EmittedCode {
  const outer = procedures.map(({ name }) => name);
  const helpers = new Set<HelperName>();
  const functions: EmittedFunction[] = [];
  const parts: EmittedFunction[] = [];
  let workspace = 0;
  const schedules = new Map(
    procedures.flatMap((procedure): readonly [Procedure, Schedule][] =>
      chooseForm(procedure, options.unrollLimit) === "scalars"
        ? []
        : [[procedure, scheduleLoops(procedure, scalarSchedule(options.precision))]],
    ),
  );
  const outliner = outlinerOf(procedures, [...schedules.values()], options, helpers);
  for (const procedure of procedures) {
    const schedule = schedules.get(procedure);
    if (schedule === undefined) {
      const scope = openScope(procedure, outer);
      const body = printBody(straightLine(procedure, scope), options);
      functions.push({ ...functionHead(procedure, scope, options), body });
      for (const name of scope.helpers) helpers.add(name);
    } else {
      const emitted = emitLoops(procedure, schedule, outer, options, helpers, outliner);
      functions.push(emitted.main);
      parts.push(...emitted.parts);
      workspace = Math.max(workspace, schedule.workspace);
    }
  }
  parts.push(...outliner.functions);
  return {
    functions,
    helpers: [...helperNames.filter((name) => helpers.has(name)).map(helperFunction), ...parts],
    workspace,
  };
}

/**
 * Numbers one at a time; only what takes a microsecond or more is unrolled beyond what reads well. From there on tiles make
 * dense layers of 32 to 48 units 1.7 to 2.4 times as fast.
 */
export function scalarSchedule(precision: CompileOptions["precision"]): ScheduleOptions {
  return { storageRounds: precision !== "f64", lanes: 1, leastTiled: 4096 };
}

/** What writes the loops that all the procedures share. */
function outlinerOf(
  procedures: readonly Procedure[],
  schedules: readonly Schedule[],
  options: CompileOptions,
  helpers: Set<HelperName>,
): Outliner {
  const types = new Map(procedures.flatMap(({ parameters }) => parameters.map(({ name, type }) => [name, type])));
  const write: WriteNest = ({ loop, schedule, scope: around }, names, arrays, addresses) => {
    const parameter = (name: string): string => arrays.get(name) ?? around.parameter(name);
    const scope: Scope = { ...around, names, parameter };
    const body = printBody(nestStatements(schedule, loop, scope, addresses), options);
    for (const name of scope.helpers) helpers.add(name);
    return body;
  };
  const outer = procedures.map(({ name }) => name);
  return new Outliner(schedules, outer, (array) => parameterType(types.get(array) ?? "floats", options), write);
}

/** The text of a function's body, which asks and keeps nothing that it does not need. */
function printBody(statements: readonly Statement[], options: CompileOptions): readonly EmittedLine[] {
  return printStatements(joinDeclarations(dropUnused(decideConditions(statements))), options);
}

interface EmittedLoops {
  readonly main: EmittedFunction;
  readonly parts: readonly EmittedFunction[];
}

/** One function, or, for a body too long to be optimised, a function that runs its parts. */
function emitLoops(
  procedure: Procedure,
  schedule: Schedule,
  outer: readonly string[],
  options: CompileOptions,
  helpers: Set<HelperName>,
  outliner: Outliner,
): EmittedLoops {
  const emitPart = (part: number): EmittedFunction => {
    const scope = openScope(procedure, outer);
    const replacement: Replacement = (loop) => outliner.callFor({ procedure: procedure.name, loop, schedule, scope });
    const body = printBody(loopStatements(schedule, part, scope, replacement), options);
    for (const name of scope.helpers) helpers.add(name);
    return { ...functionHead(procedure, scope, options), body };
  };
  if (schedule.parts.length === 1) return { main: emitPart(0), parts: [] };
  const names = new Names(outer);
  const parts = schedule.parts.map((_, part): EmittedFunction => {
    const emitted = emitPart(part);
    return {
      ...emitted,
      name: names.claim(`${procedure.name}_part${part + 1}`),
      doc: `Part ${part + 1} of \`${procedure.name}\`: a single function would be too long to be optimised.`,
      parameters: emitted.parameters.map((parameter) => ({ ...parameter, initializer: null })),
      returnType: "void",
    };
  });
  const scope = openScope(procedure, outer);
  const head = functionHead(procedure, scope, options);
  const args = head.parameters.map(({ name }) => variable(name));
  // A part leaves the result in memory: V8 allocates the number that a call returns.
  const calls = parts.map(({ name }): Statement => ({ kind: "call", call: call(name, ...args), span: null }));
  return { main: { ...head, body: printBody([...calls, ...resultStatements(schedule, scope)], options) }, parts };
}
