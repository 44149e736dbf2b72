/**
 * Owns: the main job, as a stranger sees it first: a page is compiled, the gradient it became is read, the network is
 * trained and asked, and every number of the two tutorials is held against what comes out.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processIo, run } from "@adjoint/cli";
import { renderTutorialTable } from "../examples/render-table.ts";
import { agrees, tutorialTable } from "../examples/tutorial-table.ts";
import { excerpt, root } from "./document-blocks.ts";

const page = join("examples", "gender", "gender.adj");
const people = join("examples", "gender", "people.csv");
const folder = mkdtempSync(join(tmpdir(), "adjoint-start-"));
const say = (text = "") => process.stdout.write(`${text}\n`);

/** Carries out an `adjoint` command line, shown as one would type it. */
async function adjoint(...argv: string[]): Promise<void> {
  say(`$ adjoint ${argv.map((word) => word.replace(folder, "…")).join(" ")}`);
  const code = await run(argv, { ...processIo(), cwd: root });
  if (code !== 0) throw new Error(`adjoint ${argv[0]} ended with exit code ${code}`);
  say();
}

try {
  say(`${page}\n`);
  say(readFileSync(join(root, page), "utf8"));

  const module = join(folder, "gender.ts");
  await adjoint("compile", page, "-o", module);
  say(excerpt(readFileSync(module, "utf8"), "gradient"));
  say();

  const parameters = join(folder, "gender.safetensors");
  await adjoint("train", page, "--data", people, "--out", parameters);
  await adjoint("eval", page, "--params", parameters, "--data", people);

  say("The tutorials' numbers, expected beside computed\n");
  const rows = await tutorialTable();
  for (const line of renderTutorialTable(rows)) say(line);
  const wrong = rows.filter((row) => !agrees(row)).length;
  say(`\n${rows.length - wrong} of ${rows.length} agree.`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
