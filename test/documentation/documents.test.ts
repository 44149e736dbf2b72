/** What README and ARCHITECTURE show is what comes out today (`npm run docs` writes it). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { documents, refresh, root } from "../../scripts/document-blocks.ts";

test.each(documents)("%s shows what comes out", async (name) => {
  const markdown = readFileSync(join(root, name), "utf8");
  expect(await refresh(markdown)).toBe(markdown);
});

test.each(documents)("the files that %s links to exist", (name) => {
  const markdown = readFileSync(join(root, name), "utf8");
  const links = [...markdown.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => target);
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) expect(() => readFileSync(join(root, link)), link).not.toThrow(/ENOENT/);
});
