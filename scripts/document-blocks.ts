/**
 * Owns: documents that cannot go stale. In a Markdown file, `<!-- shows: … -->` above a fenced block says what the block
 * shows: `adjoint …` is the output of that command line, `file PATH` a file, `function PAGE NAME` an emitted function, and
 * `part PAGE NAME` its body without the signature. `in FOLDER:` in front says where one stands. A table
 * of the sources stands between `<!-- shows: table NAME -->` and `<!-- end -->`.
 * `npm run docs` writes the blocks; a test holds them against what comes out today.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { processIo, run } from "@adjoint/cli";
import { rows } from "./document-tables.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The documents that show output. */
export const documents: readonly string[] = ["README.md", "ARCHITECTURE.md", "docs/language.md"];

const block = /(<!-- shows: (.+?) -->\n+```[a-z]*\n)([\s\S]*?)(\n```)/g;
const tableBlock = /(<!-- shows: table (\S+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** The document as it should be today. */
export async function refresh(markdown: string): Promise<string> {
  const withTables = markdown.replaceAll(tableBlock, (_, head: string, name: string, tail: string) => {
    return `${head}\n${rows(name)}\n\n${tail}`;
  });
  const shown = new Map<string, string>();
  for (const [, , what = ""] of withTables.matchAll(block)) if (!shown.has(what)) shown.set(what, await show(what));
  return withTables.replaceAll(block, (_, head: string, what: string, _old: string, tail: string) => {
    return head + (shown.get(what) ?? "") + tail;
  });
}

async function show(what: string): Promise<string> {
  const place = /^in (\S+): (.*)$/.exec(what);
  const cwd = join(root, place?.[1] ?? "");
  const [kind = "", ...words] = (place?.[2] ?? what).split(" ");
  const [page = "", name = ""] = words;
  switch (kind) {
    case "adjoint":
      return (await outputOf(words, cwd)).trimEnd();
    case "file":
      return readFileSync(join(cwd, page), "utf8").trimEnd();
    case "function":
      return excerpt(await outputOf(["compile", page, "-o", "-"], cwd), name);
    case "part":
      return bodyOf(excerpt(await outputOf(["compile", page, "-o", "-"], cwd), name));
  }
  throw new RangeError(`a document shows \`${what}\`, which is no command, file or function`);
}

/** What an `adjoint` command line prints, on both of its streams; pages that are wrong are shown too. */
async function outputOf(argv: readonly string[], cwd: string): Promise<string> {
  const stream = new PassThrough();
  const printed: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => printed.push(chunk));
  await run(argv, { ...processIo(), cwd, env: {}, stdout: stream, stderr: stream });
  return Buffer.concat(printed).toString("utf8");
}

/** One exported function of an emitted module, with the comment above it. */
export function excerpt(text: string, name: string): string {
  const declaration = text.indexOf(`export function ${name}(`);
  const start = text.lastIndexOf("/**", declaration);
  const end = text.indexOf("\n}\n", declaration);
  if (declaration < 0 || start < 0 || end < 0) throw new RangeError(`the emitted module has no function ${name}`);
  return text.slice(start, end + 2);
}

function bodyOf(declaration: string): string {
  const lines = declaration.split("\n");
  const from = lines.findIndex((line) => line.endsWith("{")) + 1;
  return lines.slice(from, -1).join("\n");
}
