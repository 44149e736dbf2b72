/** Owns: `npm run docs`: writes into the documents what they show. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documents, refresh, root } from "./document-blocks.ts";

for (const name of documents) {
  const path = join(root, name);
  const before = readFileSync(path, "utf8");
  const after = await refresh(before);
  if (after === before) continue;
  writeFileSync(path, after);
  process.stdout.write(`wrote ${name}\n`);
}
