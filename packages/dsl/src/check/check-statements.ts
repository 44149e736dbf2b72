/** Owns: which statements a definition may hold, by its keyword, and that it returns exactly once, at its end. */

import { statementsOf } from "../elaborate/statements-of.ts";
import type { Definition, Statement } from "../syntax-tree.ts";
import type { Report } from "./report.ts";

/** What may be said more than once, and so in a `repeat`. */
const repeatable: ReadonlySet<Statement["kind"]> = new Set([
  "parameter",
  "state",
  "noise",
  "binding",
  "update",
  "loss-statement",
  "repeat",
  "scan",
]);

/** What a scan may hold, wherever it stands. */
const inScan: readonly Statement["kind"][] = ["carry", "binding", "update", "scan"];

const plurals: Readonly<Record<Statement["kind"], string>> = {
  port: "inputs and targets",
  parameter: "parameters",
  state: "states",
  noise: "noise",
  binding: "bindings",
  update: "updates",
  return: "`return`",
  "loss-statement": "losses",
  result: "outputs and metrics",
  repeat: "`repeat`",
  require: "`require`",
  scan: "`scan`",
  carry: "`carry`",
  train: "`train`",
};

export function checkStatements(definition: Definition, report: Report): void {
  const { keyword, name, body, formals } = definition;
  const kinds = statementsOf[keyword];
  const title = `${keyword === "optimizer" || keyword === "initializer" ? "an" : "a"} ${keyword}`;
  const returns = kinds.includes("return");
  for (const formal of formals ?? []) {
    if (formal.extents === null && formal.type === null) continue;
    if (keyword !== "function" && keyword !== "model" && keyword !== "optimizer" && keyword !== "initializer") continue;
    report(
      "misplaced-shape",
      keyword === "function" ? "a function is of single numbers" : `${title} takes numbers and functions`,
      [{ span: formal.span, text: "declares a tensor" }],
      keyword === "function"
        ? `it is applied to each element of a tensor by itself; to see all of them at once, write \`layer ${name.text}\``
        : null,
    );
  }
  if (body.kind === "expression") {
    if (returns) return;
    report(
      "misplaced-statement",
      `${title} consists of statements`,
      [{ span: body.value.span, text: "an expression" }],
      `write ${keyword} ${name.text} { … }`,
    );
    return;
  }
  const checkScan = (scan: Statement): void => {
    if (scan.kind !== "scan") return;
    for (const statement of scan.statements) {
      if (inScan.includes(statement.kind)) {
        checkScan(statement);
        continue;
      }
      report(
        "misplaced-statement",
        `a scan holds no ${plurals[statement.kind]}`,
        [{ span: statement.span, text: "here" }],
        statement.kind === "return"
          ? "after the scan, what it carries is known as sequences: return one of them there"
          : "state it before the scan or after it",
      );
    }
  };
  let returned: Statement | null = null;
  const isPlaced = (statement: Statement, holder: string, held: readonly Statement["kind"][]): boolean => {
    if (held.includes(statement.kind)) return true;
    report(
      "misplaced-statement",
      `${holder} holds no ${plurals[statement.kind]}`,
      [{ span: statement.span, text: "here" }],
      `it holds ${held.map((kind) => plurals[kind]).join(", ")}`,
    );
    return false;
  };
  const repeated = kinds.filter((kind) => repeatable.has(kind));
  const checkRepeat = (statement: Statement): void => {
    if (statement.kind !== "repeat") return;
    for (const inner of statement.statements)
      if (isPlaced(inner, `a \`repeat\` in ${title}`, repeated)) checkRepeat(inner);
  };
  for (const statement of body.statements) {
    if (!isPlaced(statement, title, kinds)) continue;
    checkRepeat(statement);
    checkScan(statement);
    if (returned !== null) {
      report(
        "unreachable-statement",
        "nothing after `return` is computed",
        [
          { span: statement.span, text: "unreachable" },
          { span: returned.span, text: "returns here" },
        ],
        "move it above the `return`, or delete it",
      );
      return;
    }
    if (statement.kind === "return") returned = statement;
    if (keyword === "optimizer" && statement.kind === "state" && statement.extents.length > 0) {
      report(
        "misplaced-shape",
        "a state of an optimizer is one number for each element of a parameter",
        [{ span: statement.span, text: "declares a tensor" }],
        `write state ${statement.name.text} ~ zeros`,
      );
    }
  }
  if (returned !== null || !returns) return;
  const last = body.statements.at(-1);
  report(
    "missing-return",
    `the ${keyword} \`${name.text}\` returns nothing`,
    [{ span: name.span, text: "no `return` in its body" }],
    last?.kind === "binding" ? `end it with \`return ${last.name.text}\`` : "end it with `return` and the value",
  );
}
