/**
 * Owns: `npm run examples`: trains every example on real data, or those named, from its own page, and reports what it came
 * to, in how long, with how many parameters. An example is a folder with a `run.ts`.
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, type RunExample, reaches } from "./real-data.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const known = readdirSync(here).filter((name) => existsSync(join(here, name, "run.ts")));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));

interface Row {
  readonly name: string;
  readonly seconds: number;
  readonly outcome: Outcome;
}

if (unknown.length > 0) {
  process.stderr.write(`no example ${unknown.join(", ")}; there are ${known.join(", ")}\n`);
  process.exitCode = 2;
} else {
  const rows: Row[] = [];
  for (const name of asked.length === 0 ? known : asked) {
    const run = await runOf(name);
    const began = performance.now();
    const outcome = await run((line) => process.stderr.write(`${name}: ${line}\n`));
    rows.push({ name, outcome, seconds: (performance.now() - began) / 1000 });
  }
  process.stdout.write(`${tableOf(rows).join("\n")}\n`);
  process.exitCode = rows.every(({ outcome }) => reaches(outcome)) ? 0 : 1;
}

async function runOf(name: string): Promise<RunExample> {
  const module: unknown = await import(new URL(`${name}/run.ts`, import.meta.url).href);
  const run: unknown = Reflect.get(Object(module), "run");
  if (!isRunExample(run)) throw new Error(`examples/${name}/run.ts exports no function \`run\``);
  return run;
}

function isRunExample(value: unknown): value is RunExample {
  return typeof value === "function";
}

/** In Markdown, as the READMEs take it. */
function tableOf(rows: readonly Row[]): readonly string[] {
  const titles = ["example", "measure", "figure", "goal", "", "epochs", "seconds", "parameters", "remark"];
  const cells = rows.map(({ name, seconds, outcome }) => [
    name,
    outcome.measure,
    rounded(outcome.figure),
    `${outcome.atMost === true ? "≤" : "≥"} ${rounded(outcome.goal)}`,
    reaches(outcome) ? "✓" : "✗",
    String(outcome.epochs),
    seconds.toFixed(1),
    outcome.parameters.toLocaleString("en-US"),
    outcome.remark ?? "",
  ]);
  const widths = titles.map((title, k) => Math.max(title.length, ...cells.map((row) => row[k]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, k) => text.padEnd(widths[k] ?? 0)).join(" | ")} |`;
  return [line(titles), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...cells.map(line)];
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(5)));
}
