/** Owns: the check of a page's derivatives at random points, as a library: what `adjoint check` runs. */

import { load, memoryHost, renderDiagnostic } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";
import { elementCount, type InputNode, type Model, type Program } from "@adjoint/ir";
import fc from "fast-check";
import { type Claim, checkPoint } from "./check-point.ts";
import { outputWeighedBy, type Subject, subjectOfFunction, subjectOfModel } from "./derive-subject.ts";

export interface CheckOptions {
  /** How many random points. Default 100. */
  readonly runs?: number;
  /** No further point is begun after so many seconds; the first always is. Default: no limit. */
  readonly seconds?: number;
  /** Replays a run; a counterexample names its own. Default: another one each time. */
  readonly seed?: number;
  /** With `seed`: replays a counterexample alone. */
  readonly path?: string;
  /** From where a parameter's or input's numbers are drawn, by its name. Default −2 … 2, less for matrices. */
  readonly ranges?: Readonly<Record<string, readonly [from: number, to: number]>>;
}

export interface PageOptions extends CheckOptions {
  readonly hyperparameters?: Readonly<Record<string, number>>;
}

/** A point at which two numbers differ that should be one, as small as it could be made. */
export interface Counterexample {
  readonly claim: Claim;
  readonly actual: number;
  readonly expected: number;
  readonly tolerance: number;
  readonly seed: number;
  readonly path: string;
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** What the elements of a model's outputs are weighed with, by output; empty where a single number is differentiated. */
  readonly cotangents: Readonly<Record<string, readonly number[]>>;
  /** Of length 1; what is left out does not move. */
  readonly direction: Readonly<Record<string, readonly number[]>>;
}

export interface CheckReport {
  /** The model or function. */
  readonly name: string;
  readonly seed: number;
  /** Points that were decided. */
  readonly checked: number;
  /** Whether there would have been more, had there been time. */
  readonly outOfTime: boolean;
  /** Points that said nothing: a value that is not finite, a kink too near, or a value that rounding decides. */
  readonly undecided: number;
  readonly counterexample: Counterexample | null;
}

/** Thrown for a page with errors. The message is the diagnostics as the command line prints them. */
export class PageError extends Error {
  override readonly name = "PageError";
}

/**
 * Checks the derivatives of every model (of its loss or, without one, of its outputs) and of every plain function.
 *
 *     test("my layer", () => assertGradients("my-layer.adj"));
 *
 * @param page a path, or the page's own text
 * @throws {PageError} if the page does not compile
 */
export function checkGradients(
  page: string | { readonly text: string },
  options: PageOptions = {},
): readonly CheckReport[] {
  return checkProgram(loadProgram(page, options), options);
}

/** As {@link checkGradients}, and throws with the counterexample if there is one, or if no point could be decided. */
export function assertGradients(page: string | { readonly text: string }, options: PageOptions = {}): void {
  for (const report of checkGradients(page, options)) {
    if (report.counterexample !== null || report.checked === 0) throw new Error(describeReport(report));
  }
}

export function checkProgram(program: Program, options: CheckOptions = {}): readonly CheckReport[] {
  const subjects = [...program.models.map(subjectOfModel), ...program.functions.map(subjectOfFunction)];
  return subjects.filter((subject) => subject !== null).map((subject) => checkSubject(subject, options));
}

/** Null for a model with neither loss nor outputs. */
export function checkModel(model: Model, options: CheckOptions = {}): CheckReport | null {
  const subject = subjectOfModel(model);
  return subject === null ? null : checkSubject(subject, options);
}

export function checkSubject(subject: Subject, options: CheckOptions = {}): CheckReport {
  let checked = 0;
  let undecided = 0;
  let isShrinking = false;
  const property = fc.property(arbitraryTrial(subject, options.ranges ?? {}), ({ point, direction }) => {
    const { kind } = checkPoint(subject, point, direction);
    isShrinking ||= kind === "disagree";
    if (!isShrinking && kind === "agree") checked++;
    if (!isShrinking && kind === "undecided") undecided++;
    return kind !== "disagree";
  });
  const settings: fc.Parameters<[Trial]> = {
    numRuns: options.runs ?? 100,
    // A network of many numbers is as well understood unshrunk, and would be shrunk for hours.
    endOnFailure: size(subject) > greatestShrunk,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.path === undefined ? {} : { path: options.path }),
  };
  const limit = options.seconds === undefined ? {} : { interruptAfterTimeLimit: 1000 * options.seconds };
  let details = fc.check(property, { ...settings, ...limit, markInterruptAsFailure: false });
  const outOfTime = details.interrupted;
  // To draw the numbers of a large network may have taken all the time: one point is checked all the same.
  if (outOfTime && details.numRuns === 0) details = fc.check(property, { ...settings, numRuns: 1 });
  const report = { name: subject.name, seed: details.seed, checked, undecided, outOfTime };
  if (!details.failed) return { ...report, counterexample: null };
  // What failed by throwing throws here.
  const [trial] = details.counterexample!;
  const verdict = checkPoint(subject, trial.point, trial.direction);
  if (verdict.kind !== "disagree") throw new Error("a counterexample that cannot be repeated");
  const { kind: _, ...numbers } = verdict;
  const { variables, constants } = subject;
  const roles = new Map([...variables, ...constants].map(({ name, role }) => [name, role]));
  const isData = (name: string): boolean => !["parameter", "cotangent"].includes(roles.get(name) ?? "");
  const cotangents = record(trial.point, (name) => roles.get(name) === "cotangent");
  return {
    ...report,
    counterexample: {
      ...numbers,
      seed: details.seed,
      path: details.counterexamplePath!,
      parameters: record(trial.point, (name) => roles.get(name) === "parameter"),
      inputs: record(trial.point, isData),
      cotangents: Object.fromEntries(Object.entries(cotangents).map(([name, x]) => [outputWeighedBy(name), x])),
      direction: record(trial.direction, (name) => trial.direction.get(name)!.some((x) => x !== 0)),
    },
  };
}

/** The report as a person reads it, with what replays a counterexample. */
export function describeReport(report: CheckReport): string {
  const { name, seed, checked, undecided, outOfTime, counterexample } = report;
  if (counterexample === null) {
    const rest =
      undecided === 0 ? "" : `; ${undecided} more said nothing (not finite, at a kink, or decided by rounding)`;
    const points = `${checked} random ${checked === 1 ? "point" : "points"}${outOfTime ? ", all that there was time for" : ""}`;
    if (checked > 0) return `${name}: derivatives agree at ${points}${rest} (seed ${seed})`;
    return `${name}: none of ${undecided} random points could be decided: values are not finite there, at a kink, or decided by rounding; give ranges in which they are not (seed ${seed})`;
  }
  const { claim, actual, expected, tolerance } = counterexample;
  const tensors = (title: string, values: Readonly<Record<string, readonly number[]>>): readonly string[] =>
    Object.entries(values).map(([tensor, numbers]) => `  ${title} ${tensor} = [${numbers.join(", ")}]`);
  return [
    `${name}: ${claims[claim]}: ${actual} instead of ${expected} (± ${tolerance.toExponential(1)})`,
    ...tensors("parameter", counterexample.parameters),
    ...tensors("input", counterexample.inputs),
    ...tensors("cotangent of output", counterexample.cotangents),
    ...tensors("direction", counterexample.direction),
    `  replay with seed ${counterexample.seed} and path ${counterexample.path}`,
  ].join("\n");
}

const claims: Readonly<Record<Claim, string>> = {
  backward: "the derivative along a direction differs from central differences",
  forward: "forward mode differs from reverse mode",
  "second-order": "the second derivative along a direction differs from central differences",
  optimised: "the optimised graph differs from the one it was made of",
};

function loadProgram(page: string | { readonly text: string }, { hyperparameters }: PageOptions): Program {
  const options = hyperparameters === undefined ? {} : { hyperparameters };
  const { program, diagnostics } =
    typeof page === "string"
      ? load(page, nodeHost(), options)
      : load("page.adj", memoryHost({ "page.adj": page.text }), options);
  if (program === null) {
    throw new PageError(diagnostics.map((each) => renderDiagnostic(each, { colour: false })).join("\n\n"));
  }
  return program;
}

// ── random points ────────────────────────────────────────────────────────────────────────────────────────────────────

interface Trial {
  readonly point: ReadonlyMap<string, readonly number[]>;
  readonly direction: ReadonlyMap<string, readonly number[]>;
}

/** Numbers of a subject up to which a counterexample is shrunk. */
const greatestShrunk = 2000;

function size(subject: Subject): number {
  return subject.variables.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** Points of short binary fractions, and directions that shrink to one coordinate: a counterexample should be legible. */
function arbitraryTrial(subject: Subject, ranges: NonNullable<CheckOptions["ranges"]>): fc.Arbitrary<Trial> {
  const { variables, constants } = subject;
  const point = fc
    .tuple(...[...variables, ...constants].map((node) => tensor(node, element(node, rangeOf(node, ranges)))))
    .map((values) => byName([...variables, ...constants], values));
  const step = fc.integer({ min: -8, max: 8 });
  const direction = fc
    .tuple(...variables.map((node) => tensor(node, fc.noBias(step))))
    .map((values) => byName(variables, normalised(values)));
  return fc.record({ point, direction });
}

function tensor({ shape }: InputNode, each: fc.Arbitrary<number>): fc.Arbitrary<number[]> {
  const length = elementCount(shape);
  return fc.array(each, { minLength: length, maxLength: length });
}

function element(node: InputNode, [from, to]: readonly [number, number]): fc.Arbitrary<number> {
  if (node.element.kind === "class") return fc.nat(node.element.count - 1);
  const cuts = 128;
  // Integers shrink towards 0, which is the middle of the range; its ends are left out.
  const step = fc.noBias(fc.integer({ min: 1 - cuts, max: cuts - 1 }));
  return step.map((k) => (from + to) / 2 + ((to - from) / 2) * (k / cuts));
}

/** Own members only: a parameter may be called `constructor`. */
function rangeOf(node: InputNode, ranges: NonNullable<CheckOptions["ranges"]>): readonly [number, number] {
  return (Object.hasOwn(ranges, node.name) ? ranges[node.name] : undefined) ?? defaultRange(node);
}

/** A parameter's rows are drawn shorter the longer they are: a contraction with them keeps the size of what it takes in. */
function defaultRange({ role, shape }: InputNode): readonly [number, number] {
  if (role === "uniform") return [0, 1];
  const bound = role === "parameter" ? 2 / Math.sqrt(elementCount(shape.slice(1))) : 2;
  return [-bound, bound];
}

function normalised(values: readonly number[][]): readonly number[][] {
  const squares = values.map((each) => each.reduce((sum, x) => sum + x * x, 0));
  const length = Math.sqrt(squares.reduce((sum, each) => sum + each, 0)) || 1;
  return values.map((each) => each.map((x) => x / length));
}

function byName(nodes: readonly InputNode[], values: readonly number[][]): ReadonlyMap<string, readonly number[]> {
  return new Map(nodes.map((node, k) => [node.name, values[k]!]));
}

function record(point: Trial["point"], chosen: (name: string) => boolean): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries([...point].filter(([name]) => chosen(name)));
}
