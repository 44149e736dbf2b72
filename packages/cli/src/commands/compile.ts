/** Owns: `adjoint compile`. */

import { basename, dirname, join } from "node:path";
import type { Command } from "@commander-js/extra-typings";
import { type Context, note, type Perform, print, printJson } from "../context.ts";
import { type ExitCode, exitCodes, Failure } from "../failure.ts";
import { formatSize, readBytes, requireWritable, standardStream, writeWhole } from "../files.ts";
import { type Assignments, assignment, wholeNumber } from "../options.ts";
import { loadPage } from "../page.ts";
import { refuseTooLarge, type TargetFlags, targetOption, targetOptions } from "../target.ts";
import { examples, section } from "../view/help.ts";
import { dataOption } from "./data-flags.ts";

export function declareCompile(program: Command, perform: Perform): void {
  program
    .command("compile")
    .summary("write the module of a page: forward, backward, update, trainer")
    .description("Compile a page into one TypeScript module that imports nothing but its trainer's runtime.")
    .argument("<page>", "the .adj file")
    .option("-o, --out <file>", "where to write it; - is standard output (default: beside the page)")
    .addOption(
      targetOption.target("what the networks' functions are: TypeScript to be read, or WebAssembly to be fast"),
    )
    .addOption(targetOption.precision())
    .addOption(targetOption.threads("for wasm: memory and batches that so many threads can share"))
    .option("--js", "JavaScript and a .d.ts instead of TypeScript")
    .option("--inference", "forward only: no gradient, no update, no trainer")
    .option("--standalone", "put the runtime into the module, so that it imports nothing at all")
    .option("--source-map", "also write a source map that leads back to the page")
    .option(
      "--unroll <operations>",
      "emit functions of up to so many operations as straight lines (at most 2000: V8)",
      wholeNumber(0),
    )
    .option(...dataOption.set, assignment)
    .option("--force", "overwrite a file of that name even if adjoint did not write it")
    .option("--json", "tell as JSON what was written (with --out -, the module itself), or the diagnostics")
    .addHelpText(
      "after",
      examples(
        ["adjoint compile gender.adj", "writes gender.ts"],
        ["adjoint compile gender.adj --js --standalone", "gender.js and gender.d.ts, without any import"],
        ["adjoint compile mlp.adj --set hidden=64 --precision f32", "a smaller network in float32"],
        ["adjoint compile mlp.adj --target wasm", "a faster one: the same class, in WebAssembly"],
        ["adjoint compile gender.adj -o - | less", "look at it"],
      ) + section("Exit codes", "0 written; 1 the page has errors, nothing is written; 2 wrong command line"),
    )
    .action((page, flags) => perform(flags, (context) => compilePage(context, page, flags)));
}

interface CompileFlags extends TargetFlags {
  readonly out?: string | undefined;
  readonly js?: boolean | undefined;
  readonly inference?: boolean | undefined;
  readonly standalone?: boolean | undefined;
  readonly sourceMap?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly unroll?: number | undefined;
  readonly set?: Assignments | undefined;
}

async function compilePage(context: Context, page: string, flags: CompileFlags): Promise<ExitCode> {
  const began = performance.now();
  const program = await loadPage(context, page, flags.set);
  const { compile } = await import("@adjoint/compiler");
  const js = flags.js === true;
  const options = {
    ...(await targetOptions(flags)),
    language: js ? "js" : "ts",
    inference: flags.inference === true,
    standalone: flags.standalone === true,
    sourceMap: flags.sourceMap === true,
    ...(flags.unroll === undefined ? {} : { unrollLimit: flags.unroll }),
  } as const;
  const module = await refuseTooLarge(() => compile(program, options));
  if (flags.out === standardStream) {
    const { text, declaration, sourceMap } = module;
    if (context.json) printJson(context, { text, declaration, sourceMap });
    else context.io.stdout.write(text);
    return exitCodes.ok;
  }
  const out = flags.out ?? join(dirname(page), `${basename(page, ".adj")}${js ? ".js" : ".ts"}`);
  if (flags.out === undefined && flags.force !== true) await requireGenerated(context, out);
  const files: { readonly path: string; readonly text: string }[] = [];
  const link = module.sourceMap === null ? "" : `//# sourceMappingURL=${basename(out)}.map\n`;
  files.push({ path: out, text: module.text + link });
  if (module.declaration !== null) files.push({ path: declarationOf(out), text: module.declaration });
  if (module.sourceMap !== null) files.push({ path: `${out}.map`, text: module.sourceMap });
  for (const { path } of files) await requireWritable(context.io, path, [page]);
  for (const { path, text } of files) await writeWhole(context.io, path, text);

  const seconds = (performance.now() - began) / 1000;
  const written = files.map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text) }));
  if (context.json) printJson(context, { written, seconds: Math.round(seconds * 1000) / 1000 });
  else {
    for (const { path, bytes } of written) print(context, `wrote ${path}, ${formatSize(bytes)}`);
    if (context.io.stderr.isTTY === true) note(context, context.noteStyle.dim(`in ${seconds.toFixed(2)} s`));
  }
  return exitCodes.ok;
}

/** `gender.d.ts` for `gender.js`, as TypeScript looks for it; another file whatever the module is called. */
function declarationOf(path: string): string {
  return /\.m?js$/.test(path) ? path.replace(/\.(m?)js$/, ".d.$1ts") : `${path}.d.ts`;
}

/** A name that nobody chose must not cost anybody a file. @throws Failure `not-generated` */
async function requireGenerated(context: Context, path: string): Promise<void> {
  const present = await readBytes(context.io, path).catch(() => null);
  if (present === null || Buffer.from(present).includes("Generated by adjoint")) return;
  throw new Failure("not-generated", `${path} is there already, and adjoint did not write it`, {
    help: ["choose another name with --out, or overwrite it with --force"],
  });
}
