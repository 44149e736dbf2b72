/**
 * Owns: a loop around a function's body, which makes of a function of one example one of a range of examples. A call for each example
 * would cost more than a small network's work, and V8 allocates the number that a call returns.
 */

import type { EmittedFunction, EmittedLine, Procedure, ProcedureParameter } from "../procedure.ts";
import { identifiersOf } from "./identifiers.ts";
import type { CompiledProcedure } from "./model-class.ts";

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

/**
 * `f(…, t, n = 0)` as `f(…, t, first = 0, end = first + 1, order = null, total = 0)`: its body for each example in turn,
 * with `t` counting up, and the sum of what it returned.
 * The body's only return is its last statement.
 */
export function loopOverExamples({ procedure, emitted }: CompiledProcedure, language: "ts" | "js"): CompiledProcedure {
  const position = procedure.parameters.findIndex(({ name }) => name === "n");
  const kept = procedure.parameters.filter((_, k) => k !== position);
  const keptNames = emitted.parameters.filter((_, k) => k !== position);
  const n = emitted.parameters[position]?.name ?? null;
  const taken = new Set([...identifiersOf(emitted.body), ...emitted.parameters.map(({ name }) => name)]);
  const claim = (wanted: string): string => {
    let name = wanted;
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return name;
  };
  const [first, end, order, total, k] = [claim("first"), claim("end"), claim("order"), claim("total"), claim("k")];
  const t = keptNames[kept.findIndex(({ name }) => name === "t")]?.name;
  const assert = language === "ts" ? "!" : "";
  const plain = (text: string): EmittedLine => ({ text, span: null });
  const inner = [
    ...(n === null ? [] : [plain(`const ${n} = ${order} === null ? ${k} : ${order}[${k}]${assert};`)]),
    ...withoutReturn(emitted, total),
  ];
  const looped: EmittedFunction = {
    ...emitted,
    parameters: [
      ...keptNames,
      { name: first, type: "number", initializer: "0" },
      { name: end, type: "number", initializer: `${first} + 1` },
      { name: order, type: "ArrayLike<number> | null", initializer: "null" },
      { name: total, type: "number", initializer: "0" },
    ],
    body: [
      plain(`for (let ${k} = ${first}; ${k} < ${end}; ${k}++${t === undefined ? "" : `, ${t}++`}) {`),
      ...inner.map(({ text, span }) => ({ text: `  ${text}`, span })),
      plain("}"),
      plain(`return ${total};`),
    ],
  };
  const described: Procedure = {
    ...procedure,
    doc: `${procedure.doc} So for each example in turn; what is returned for each is added to \`total\`.`,
    parameters: [...kept, ...rangeArguments],
  };
  return { procedure: described, emitted: { ...looped, doc: described.doc } };
}

/** The body with its result added to `total`. */
function withoutReturn({ name, body }: EmittedFunction, total: string): readonly EmittedLine[] {
  const returns = body.filter(({ text }) => /^\s*return\b/.test(text));
  const [only] = returns;
  if (only === undefined || returns.length > 1) throw new RangeError(`${name} returns in ${returns.length} places`);
  return body.map((line) => (line === only ? { ...line, text: line.text.replace("return", `${total} +=`) } : line));
}
