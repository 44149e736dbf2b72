/** Owns: measurements that need a process of their own: a module and a script beside it, run by a Node without anything else. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What the script prints.
 * @param files by name, next to `measure.mjs`, which is the script
 * @param flags of Node
 */
export function runApart(
  script: string,
  files: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): string {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-bench-"));
  try {
    for (const [name, text] of Object.entries({ ...files, "measure.mjs": script }))
      writeFileSync(join(folder, name), text);
    return execFileSync(process.execPath, [...flags, "measure.mjs"], { cwd: folder, encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
