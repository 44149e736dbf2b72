/** Owns: `adjoint summary`. */

import type { Summary } from "@adjoint/compiler";
import type { Shape } from "@adjoint/ir";
import type { Command } from "@commander-js/extra-typings";
import { type Context, type Perform, print, printJson } from "../context.ts";
import { type ExitCode, exitCodes } from "../failure.ts";
import { type Assignments, assignment } from "../options.ts";
import { chooseModel, loadPage } from "../page.ts";
import { examples } from "../view/help.ts";
import { countOf, formatCount } from "../view/numbers.ts";
import { table } from "../view/table.ts";
import { dataOption } from "./data-flags.ts";

export function declareSummary(program: Command, perform: Perform): void {
  program
    .command("summary")
    .summary("statements, shapes, weights and operations of a model")
    .description("List what a model computes: each statement's shape, its weights, and the scalar operations it takes.")
    .argument("<page>", "the .adj file")
    .option(...dataOption.set, assignment)
    .option(...dataOption.model)
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      examples(
        ["adjoint summary gender.adj", "a table"],
        ["adjoint summary mlp.adj --set hidden=512", "how many weights would it have?"],
      ),
    )
    .action((page, flags) => perform(flags, (context) => summary(context, page, flags)));
}

interface SummaryFlags {
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
}

async function summary(context: Context, page: string, flags: SummaryFlags): Promise<ExitCode> {
  const model = chooseModel(await loadPage(context, page, flags.set), flags.model);
  const { summarise } = await import("@adjoint/compiler");
  const result = summarise(model);
  if (context.json) printJson(context, result);
  else printSummary(context, result);
  return exitCodes.ok;
}

function printSummary(context: Context, { model, ports, rows, parameters, examples, total }: Summary): void {
  const { style } = context;
  const signature = ports.map(({ name, role, shape }) => `${role} ${name}${formatShape(shape)}`).join(", ");
  print(context, `${style.bold(model)}${signature === "" ? "" : `  ${signature}`}`, "");
  const line = (name: string, shape: string, source: string, row: Summary["total"]): readonly string[] => [
    name,
    shape,
    formatCount(row.trainable + row.frozen + row.states),
    formatCount(row.forward.operations),
    row.backward === null ? "" : formatCount(row.backward.operations),
    source,
  ];
  print(
    context,
    ...table(
      [
        { title: "value", align: "left" },
        { title: "shape", align: "left" },
        { title: "weights", align: "right" },
        { title: "forward", align: "right" },
        { title: "backward", align: "right" },
        { title: "statement", align: "left" },
      ],
      [
        ...rows.map((row) => line(row.name, formatShape(row.shape), shortened(row.statement), row)),
        line("total", "", "", total),
      ],
      style.bold,
    ),
  );
  if (parameters.length > 0) {
    print(
      context,
      "",
      ...table(
        [
          { title: "parameter", align: "left" },
          { title: "shape", align: "left" },
          { title: "weights", align: "right" },
          { title: "", align: "left" },
        ],
        parameters.map(({ name, shape, count, kept }) => [
          name,
          formatShape(shape),
          formatCount(count),
          kept === "trained" ? "" : kept,
        ]),
        style.bold,
      ),
    );
  }
  const apart = [
    ...(total.frozen === 0 ? [] : [`${formatCount(total.frozen)} of them frozen`]),
    ...(total.states === 0 ? [] : [`${formatCount(total.states)} of them states`]),
  ];
  const backward = total.backward === null ? "" : ` and ${formatCount(total.backward.operations)} backward`;
  const forward = `${countOf(total.forward.operations, "operation")} forward`;
  const pairs = total.forward.multiplyAdds + (total.backward?.multiplyAdds ?? 0);
  const weights = [countOf(total.trainable + total.frozen + total.states, "weight"), ...apart].join(", ");
  const seen = examples === 1 ? "an example" : `a batch of ${examples}, whose examples see each other`;
  print(context, "", `${weights}; ${forward}${backward} for ${seen}, with ${countOf(pairs, "multiply-add")}`);
}

function formatShape(shape: Shape): string {
  return shape.length === 0 ? "" : `[${shape.join(", ")}]`;
}

function shortened(statement: string): string {
  return statement.length > 60 ? `${statement.slice(0, 59)}…` : statement;
}
