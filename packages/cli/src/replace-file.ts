/** Owns: files that are written whole or not at all, however the process ends. */

import { open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes the file at `path`, which is no link. The new content is written beside it, as `<file>.<process>.partial`, and
 * flushed to the disk before it takes the file's name. What a process that was killed left there is removed.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const mode = await modeOf(path);
  // What is no file, such as a terminal or /dev/null, is written to and not replaced.
  if (mode === null) return writeFile(path, content);
  await removeAbandoned(path);
  const partial = `${path}.${process.pid}.partial`;
  try {
    const file = await open(partial, "w", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** The permissions that the file has or will have; null for what is there and no file. */
async function modeOf(path: string): Promise<number | null> {
  return stat(path).then(
    (found) => (found.isFile() ? found.mode & 0o777 : null),
    () => 0o666,
  );
}

/** Removes the partial files of the file whose processes are gone. */
async function removeAbandoned(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const owner = /^(\d+)\.partial$/.exec(name.slice(prefix.length))?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) await rm(join(folder, name), { force: true });
  }
}

/** Signal 0 goes to no one: it only says whether it could. */
function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
