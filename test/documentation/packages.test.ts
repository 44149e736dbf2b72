/** What the packages' READMEs show runs, and prints what they say it prints. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { compile } from "@adjoint/compiler";
import { load } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";
import { expect, test, vi } from "vitest";
import { root } from "../../scripts/document-blocks.ts";

test.each(["ir", "dsl", "compiler", "runtime", "check"])("packages/%s/README.md", async (name) => {
  const markdown = readFileSync(join(root, "packages", name, "README.md"), "utf8");
  const { code = "", output = "" } =
    /```ts\n(?<code>[\s\S]*?)```\n\n```text\n(?<output>[\s\S]*?)```/.exec(markdown)?.groups ?? {};
  expect(await printed(code)).toBe(output);
});

/** What the code prints; it stands in the workspace, beside the emitted module of the gender network. */
async function printed(code: string): Promise<string> {
  const folder = mkdtempSync(join(import.meta.dirname, "snippet-"));
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: readonly unknown[]) => {
    lines.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  });
  try {
    const { program } = load(join(root, "examples/gender/gender.adj"), nodeHost());
    if (program !== null) writeFileSync(join(folder, "gender.ts"), compile(program).text);
    writeFileSync(join(folder, "snippet.ts"), code);
    await import(pathToFileURL(join(folder, "snippet.ts")).href);
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true, force: true });
  }
  return lines.map((line) => `${line}\n`).join("");
}
