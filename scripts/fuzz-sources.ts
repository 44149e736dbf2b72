/**
 * Owns: `npm run fuzz:sources -- --sources N --seed S`: damaged pages through everything that reads or compiles a page.
 * Each must end in a module or in diagnostics, within two seconds; the module must be well-formed TypeScript. A source
 * that breaks this is told with its seed, and `--sources 1 --seed` that prints it. Exit code 1 if there was one.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "@adjoint/compiler";
import { format, load, memoryHost, parse, renderDiagnostic } from "@adjoint/dsl";
import { transformSync } from "esbuild";
import { damage, drawFrom } from "../packages/dsl/test/mutate-source.ts";

const longest = 2000;

const { values } = parseArgs({
  options: { sources: { type: "string", default: "1000" }, seed: { type: "string", default: "0" } },
});
const count = whole("sources", values.sources);
const first = whole("seed", values.seed);

const root = new URL("../", import.meta.url).pathname;
const pages = [...pagesUnder("examples"), ...pagesUnder("packages/dsl/std")];

let broken = 0;
let modules = 0;
let slowest = { milliseconds: 0, seed: first };
const codes = new Map<string, number>();

for (let seed = first; seed < first + count; seed++) {
  const page = pages[seed % pages.length];
  if (page === undefined) throw new RangeError("there are no pages to damage");
  const text = damage(page.text, drawFrom(seed));
  const before = process.cpuUsage();
  let complaint: string | null = null;
  try {
    complaint = examine(page.path, text);
  } catch (error) {
    complaint = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, seed };
  if (milliseconds > longest) complaint ??= `took ${milliseconds.toFixed(0)} ms`;
  if (complaint !== null) {
    broken++;
    process.stdout.write(`seed ${seed}, ${page.path}: ${complaint}\n`);
    if (count === 1) process.stdout.write(`${text}\n`);
  }
  if ((seed - first + 1) % 1000 === 0) process.stdout.write(`${seed - first + 1} sources, ${broken} broken\n`);
}

process.stdout.write(
  `${count} sources from seed ${first}: ${broken} broken, ${modules} compiled, ${codes.size} kinds of diagnostics; ` +
    `slowest ${slowest.milliseconds.toFixed(0)} ms (seed ${slowest.seed})\n`,
);
process.exitCode = broken === 0 ? 0 : 1;

/** What is wrong with how the text was answered; null if nothing is. */
function examine(path: string, text: string): string | null {
  const file = { path, text };
  const parsed = parse(file);
  if ((parsed.page === null) !== parsed.diagnostics.some(({ severity }) => severity === "error")) {
    return "a page and an error, or neither";
  }
  const formatted = format(file).text;
  if (formatted !== null && format({ path, text: formatted }).text !== formatted) return "formatting again changes it";
  const others = Object.fromEntries(pages.map((page) => [page.path, page.text]));
  const { program, diagnostics } = load(path, memoryHost({ ...others, [path]: text }));
  for (const diagnostic of diagnostics) {
    codes.set(diagnostic.code, (codes.get(diagnostic.code) ?? 0) + 1);
    renderDiagnostic(diagnostic, { colour: true });
  }
  if (program === null) return diagnostics.length > 0 ? null : "neither a program nor a diagnostic";
  const compiled = compile(program);
  transformSync(compiled.text, { loader: "ts" });
  modules++;
  return null;
}

function pagesUnder(folder: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".adj") && !name.includes("node_modules"))
    .sort()
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(root, folder, name), "utf8") }));
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`--${option} ${text} is not a whole number`);
  return value;
}
