/** Owns: `adjoint graph`. */

import type { Pass, PipelineOptions } from "@adjoint/compiler";
import type { Graph, Program } from "@adjoint/ir";
import type { Command } from "@commander-js/extra-typings";
import { type Context, type Perform, print } from "../context.ts";
import { type ExitCode, exitCodes, Failure, usageFailure } from "../failure.ts";
import { type Assignments, assignment, wholeNumber } from "../options.ts";
import { chooseModel, loadPage } from "../page.ts";
import { examples, section } from "../view/help.ts";
import { suggestion } from "../view/suggestion.ts";
import { dataOption } from "./data-flags.ts";

export function declareGraph(program: Command, perform: Perform): void {
  program
    .command("graph")
    .summary("the graph after any of the compiler's passes, as text")
    .description("Print the graph of one procedure, in a notation close to the language, after any of the passes.")
    .argument("<page>", "the .adj file")
    .option(
      "--procedure <name>",
      "forward, evaluate, gradient, update, step, initialize; f or f_dx of a function f (default: gradient)",
    )
    .option(
      "--dump <pass>",
      "after this pass (default: the last); source is before any, all after each; schedule is the loops made of it",
    )
    .option(
      "--batch <n>",
      "for n examples at once: the mean of their losses, the derivatives of each; a schedule is of a block, in vectors",
      wholeNumber(1),
    )
    .option(...dataOption.set, assignment)
    .option(...dataOption.model)
    .addHelpText(
      "after",
      examples(
        ["adjoint graph gender.adj", "forward and backward, as they are emitted"],
        ["adjoint graph gender.adj --dump differentiate", "before the derivatives are simplified"],
        ["adjoint graph gender.adj --dump all", "the graph after every pass"],
        ["adjoint graph gender.adj --dump schedule --batch 32", "loops, tiles, vectors and their estimated cost"],
        ["adjoint graph gender.adj --procedure update", "the optimizer's step"],
        ["adjoint graph cosine.adj --procedure J_dx", "the derivative of a plain function"],
      ) +
        section(
          "Notation",
          "One line defines one value; inputs stand first, by role. d_h is the derivative of the",
          "loss by h, and x[i - 1 else 0] a read that is 0 outside the tensor.",
        ),
    )
    .action((page, flags) => perform({}, (context) => graph(context, page, flags)));
}

interface GraphFlags {
  readonly procedure?: string | undefined;
  readonly dump?: string | undefined;
  readonly batch?: number | undefined;
  readonly set?: Assignments | undefined;
  readonly model?: string | undefined;
}

/** A graph as it is after a pass. */
interface Stage {
  readonly pass: string;
  readonly doc: string;
  readonly graph: Graph;
}

async function graph(context: Context, page: string, flags: GraphFlags): Promise<ExitCode> {
  const program = await loadPage(context, page, flags.set);
  if (flags.dump === "schedule") {
    print(context, (await scheduleOf(program, flags)).trimEnd());
    return exitCodes.ok;
  }
  const { printGraph } = await import("@adjoint/ir");
  const source: Pass = { name: "source", doc: "as the page says it", run: (unchanged) => unchanged };
  const passes = [source, ...(await passesOf(flags.batch ?? null))];
  const asked = flags.dump ?? passes.at(-1)?.name ?? source.name;
  const names = passes.map((pass) => pass.name);
  if (asked !== "all" && !names.includes(asked)) {
    throw new Failure("usage", `there is no pass \`${asked}\``, {
      details: [...passes.map(({ name, doc }) => `${name}: ${doc}`), "schedule: the loops, and why in this shape"],
      exitCode: exitCodes.usage,
    });
  }
  const stages = await stagesOf(program, flags, passes);
  if (asked !== "all") {
    const stage = stages.find(({ pass }) => pass === asked);
    if (stage !== undefined) print(context, printGraph(stage.graph).trimEnd());
    return exitCodes.ok;
  }
  const texts = stages.map(({ graph: after }) => printGraph(after).trimEnd());
  stages.forEach(({ pass, doc }, k) => {
    const title = context.style.bold(`── ${pass === source.name ? pass : `after ${pass}`}: ${doc}`);
    const text = texts[k] === texts[k - 1] ? "unchanged" : (texts[k] ?? "");
    print(context, ...(k === 0 ? [] : [""]), title, text);
  });
  return exitCodes.ok;
}

/** The compiler's, with the batch axis where it fits: derivatives have become formulas, and what it makes is simplified. */
async function passesOf(examplesAtOnce: number | null): Promise<readonly Pass[]> {
  const { batch, pipeline } = await import("@adjoint/compiler");
  if (examplesAtOnce === null) return pipeline;
  const batched: Pass = {
    name: "batch",
    doc: `${examplesAtOnce} examples at once: the mean of their losses, the derivatives of each`,
    run: (one) => batch(one, examplesAtOnce),
  };
  const before = pipeline.findIndex(({ name }) => name === "differentiate") + 1;
  return [...pipeline.slice(0, before), batched, ...pipeline.slice(before)];
}

/** The graphs of one procedure, pass by pass. @throws Failure `usage` */
async function stagesOf(program: Program, flags: GraphFlags, passes: readonly Pass[]): Promise<readonly Stage[]> {
  const { deriveFunction, deriveProcedures } = await import("@adjoint/compiler");
  const docs = new Map(passes.map(({ name, doc }) => [name, doc]));
  const byProcedure = new Map<string, Stage[]>();
  const options: PipelineOptions = {
    passes,
    observe: (pass, after) => {
      const stages = byProcedure.get(after.name) ?? [];
      stages.push({ pass, doc: docs.get(pass) ?? "", graph: after });
      byProcedure.set(after.name, stages);
    },
  };
  const isFunction = program.functions.some(({ name }) => flags.procedure?.startsWith(name) === true);
  if (isFunction || program.models.length === 0) for (const fn of program.functions) deriveFunction(fn, options);
  if (byProcedure.get(flags.procedure ?? "") === undefined && program.models.length > 0) {
    deriveProcedures(chooseModel(program, flags.model), { inference: false }, options);
  }
  return chosen(program, flags, byProcedure);
}

/** The loops of one procedure. @throws Failure `usage` */
async function scheduleOf(program: Program, flags: GraphFlags): Promise<string> {
  const { deriveFunction, deriveProcedures, dumpSchedule } = await import("@adjoint/compiler");
  const models = program.models.length === 0 ? [] : [chooseModel(program, flags.model)];
  const weighted = flags.batch !== undefined;
  const procedures = [
    ...models.flatMap((model) => deriveProcedures(model, { inference: false, weighted })),
    ...program.functions.flatMap((definition) => deriveFunction(definition, {})),
  ];
  const procedure = chosen(program, flags, new Map(procedures.map((each) => [each.name, each])));
  return dumpSchedule(procedure, flags.batch ?? null);
}

/** The procedure that was asked for. @throws Failure `usage` */
function chosen<T>(program: Program, flags: GraphFlags, byProcedure: ReadonlyMap<string, T>): T {
  const known = [...byProcedure.keys()];
  const wanted = flags.procedure ?? (byProcedure.has("gradient") ? "gradient" : known.at(-1));
  const found = wanted === undefined ? undefined : byProcedure.get(wanted);
  if (found !== undefined) return found;
  if (wanted === undefined) throw usageFailure(`${program.path} defines neither a model nor a function`);
  throw usageFailure(`there is no procedure \`${wanted}\` here`, ...suggestion(wanted, known));
}
