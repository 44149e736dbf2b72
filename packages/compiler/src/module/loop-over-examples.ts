/**
 * Owns: loops around a function's body, which make of a function of one example one of a range of examples. A call for
 * each example would cost more than a small network's work, and V8 allocates the number that a call returns.
 */

import type { EmittedFunction, EmittedLine, ProcedureParameter } from "../procedure.ts";
import { identifiersOf } from "./identifiers.ts";
import type { CompiledProcedure } from "./model-class.ts";

type EmittedParameter = EmittedFunction["parameters"][number];

const batchArgument: ProcedureParameter = {
  name: "batch",
  type: "number",
  initializer: null,
  doc: "examples per step; the last takes what is left",
};

/** The arguments that take the place of the example's number `n`. */
const rangeArguments: readonly ProcedureParameter[] = [
  { name: "first", type: "number", initializer: "0", doc: "the first example of the data" },
  { name: "end", type: "number", initializer: null, doc: "the example before which to end" },
  {
    name: "order",
    type: "number",
    initializer: "null",
    doc: "examples in the order to visit, instead of those numbers",
  },
  { name: "total", type: "number", initializer: "0", doc: "to which the losses are added" },
];

const stepDoc =
  "Steps of the optimizer, each with the gradient of one example. Returns `total` and the losses before each.";
const batchDoc =
  "Steps of the optimizer, each with the mean gradient of `batch` examples; `grad` is zero before and after. " +
  "Returns `total` and the losses before each.";

/**
 * `step(…, t, n = 0)` as `step(…, t, first = 0, end = first + 1, order = null, total = 0)`: its body for each example in
 * turn, with `t` counting up, and `total` and the sum of what it returned.
 * The body's only return is its last statement.
 */
export function stepOverExamples(step: CompiledProcedure, language: "ts" | "js"): CompiledProcedure {
  const { kept, n } = withoutExample(step);
  const claim = claimer([step.emitted]);
  const range = claimRange(claim, "1");
  const k = claim("k");
  const t = kept.find(({ procedure }) => procedure.name === "t")?.emitted.name;
  const body = [...exampleNumber(n, k, range.order, language), ...withoutReturn(step.emitted, range.total)];
  return {
    procedure: {
      ...step.procedure,
      doc: stepDoc,
      parameters: [...kept.map(({ procedure }) => procedure), ...rangeArguments],
    },
    emitted: {
      ...step.emitted,
      doc: stepDoc,
      parameters: [...kept.map(({ emitted }) => emitted), ...range.parameters],
      body: [
        asNumber(range.total),
        plain(`for (let ${k} = ${range.first}; ${k} < ${range.end}; ${k}++${t === undefined ? "" : `, ${t}++`}) {`),
        ...indented(body),
        plain("}"),
        plain(`return ${range.total};`),
      ],
    },
  };
}

/**
 * `step(…, grad, state, t, batch, first = 0, end = first + batch, order = null, total = 0)` of `gradient` and `update`:
 * for each batch the gradient's body for each of its examples, then the update.
 * @param name that of the function in the module
 */
export function stepOverBatches(
  name: string,
  gradient: CompiledProcedure,
  update: CompiledProcedure,
  language: "ts" | "js",
): CompiledProcedure {
  const { kept, n } = withoutExample(gradient);
  const claim = claimer([gradient.emitted, update.emitted]);
  // What the update takes that the gradient does not: the optimizer's state and the step's number.
  const further = parametersOf(update).filter(({ procedure: { name } }) => ["state", "t"].includes(name));
  const batch = claim("batch");
  const range = claimRange(claim, batch);
  const [start, stop, k] = [claim("start"), claim("stop"), claim("k")];
  const own = [...kept, ...further];
  const updateArguments = update.procedure.parameters.map(({ name }) => {
    if (name === "examples") return `${stop} - ${start}`;
    return own.find(({ procedure }) => procedure.name === name)?.emitted.name ?? name;
  });
  const t = further.find(({ procedure }) => procedure.name === "t")?.emitted.name;
  const advance = `${start} += ${batch}${t === undefined ? "" : `, ${t}++`}`;
  const body = [...exampleNumber(n, k, range.order, language), ...withoutReturn(gradient.emitted, range.total)];
  return {
    procedure: {
      ...gradient.procedure,
      name,
      doc: batchDoc,
      parameters: [...own.map(({ procedure }) => procedure), batchArgument, ...rangeArguments],
    },
    emitted: {
      name,
      doc: batchDoc,
      parameters: [
        ...own.map(({ emitted }) => emitted),
        { name: batch, type: "number", initializer: null },
        ...range.parameters,
      ],
      returnType: "number",
      body: [
        asNumber(range.total),
        plain(`for (let ${start} = ${range.first}; ${start} < ${range.end}; ${advance}) {`),
        plain(`  const ${stop} = Math.min(${start} + ${batch}, ${range.end});`),
        plain(`  for (let ${k} = ${start}; ${k} < ${stop}; ${k}++) {`),
        ...indented(indented(body)),
        plain("  }"),
        plain(`  ${update.emitted.name}(${updateArguments.join(", ")});`),
        plain("}"),
        plain(`return ${range.total};`),
      ],
    },
  };
}

interface ParameterPair {
  readonly procedure: ProcedureParameter;
  readonly emitted: EmittedParameter;
}

function parametersOf({ procedure, emitted }: CompiledProcedure): readonly ParameterPair[] {
  return emitted.parameters.flatMap((parameter, k) => {
    const described = procedure.parameters[k];
    return described === undefined ? [] : [{ procedure: described, emitted: parameter }];
  });
}

/** The parameters but the example's number, and the name of that, if the function takes it. */
function withoutExample(compiled: CompiledProcedure): {
  readonly kept: readonly ParameterPair[];
  readonly n: string | null;
} {
  const all = parametersOf(compiled);
  const isExample = ({ procedure }: ParameterPair): boolean => procedure.name === "n";
  return { kept: all.filter((pair) => !isExample(pair)), n: all.find(isExample)?.emitted.name ?? null };
}

/** Gives out names that the functions have no other use for, each once. */
function claimer(functions: readonly EmittedFunction[]): (wanted: string) => string {
  const taken = new Set(
    functions.flatMap(({ name, body, parameters }) => [name, ...identifiersOf(body), ...parameters.map((p) => p.name)]),
  );
  return (wanted) => {
    let name = wanted;
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return name;
  };
}

/** @param extent how many examples the range has unless its end is given */
function claimRange(claim: (wanted: string) => string, extent: string) {
  const [first, end, order, total] = [claim("first"), claim("end"), claim("order"), claim("total")];
  const parameters: readonly EmittedParameter[] = [
    { name: first, type: "number", initializer: "0" },
    { name: end, type: "number", initializer: `${first} + ${extent}` },
    { name: order, type: "ArrayLike<number> | null", initializer: "null" },
    { name: total, type: "number", initializer: "0" },
  ];
  return { first, end, order, total, parameters };
}

function exampleNumber(n: string | null, k: string, order: string, language: "ts" | "js"): readonly EmittedLine[] {
  if (n === null) return [];
  return [plain(`const ${n} = ${order} === null ? ${k} : ${order}[${k}]${language === "ts" ? "!" : ""};`)];
}

/** Of an argument V8 does not know that it is a number, and would allocate each sum. */
function asNumber(total: string): EmittedLine {
  return plain(`${total} = +${total};`);
}

function plain(text: string): EmittedLine {
  return { text, span: null };
}

function indented(lines: readonly EmittedLine[]): readonly EmittedLine[] {
  return lines.map(({ text, span }) => ({ text: text === "" ? "" : `  ${text}`, span }));
}

/** The body with its result added to `total`. */
function withoutReturn({ name, body }: EmittedFunction, total: string): readonly EmittedLine[] {
  const returns = body.filter(({ text }) => /^\s*return\b/.test(text));
  const [only] = returns;
  if (only === undefined || returns.length > 1) throw new RangeError(`${name} returns in ${returns.length} places`);
  return body.map((line) => (line === only ? { ...line, text: line.text.replace("return", `${total} +=`) } : line));
}
