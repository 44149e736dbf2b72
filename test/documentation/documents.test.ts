/** What the documents show is what comes out today (`npm run docs` writes it), and what they link to exists. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { documents, refresh, root } from "../../scripts/document-blocks.ts";

test.each(documents)("%s shows what comes out", async (name) => {
  const markdown = readFileSync(join(root, name), "utf8");
  expect(await refresh(markdown)).toBe(markdown);
});

test.each([...documents, "CONTRIBUTING.md", "examples/README.md"])("the files that %s links to exist", (name) => {
  const prose = readFileSync(join(root, name), "utf8").replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => target);
  expect(links.filter((link) => !existsSync(join(root, dirname(name), link)))).toEqual([]);
});
