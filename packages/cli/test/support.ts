/** Owns: a stand-in for a process: streams that remember, a folder that goes away. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterEach } from "vitest";
import type { Io, OutputStream } from "../src/index.ts";
import { run } from "../src/index.ts";
import type { Environment, InterruptSignal } from "../src/io.ts";

/** A folder for one test, removed after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-cli-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export interface Situation {
  /** By file name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly folder?: string;
  readonly stdin?: string;
  readonly env?: Environment;
  readonly terminal?: boolean;
  /** Called with all that standard error has, after each write. */
  readonly onStderr?: (text: string) => void;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
  readonly text: (file: string) => string;
  readonly bytes: (file: string) => Uint8Array;
  /** Standard output as JSON lines. */
  readonly json: () => readonly unknown[];
}

export interface FakeIo extends Io {
  readonly written: { stdout: string; stderr: string };
  readonly interrupt: (signal: InterruptSignal) => void;
}

export function fakeIo(folder: string, situation: Situation = {}): FakeIo {
  const written = { stdout: "", stderr: "" };
  const listeners = new Set<(signal: InterruptSignal) => void>();
  const stream = (name: "stdout" | "stderr"): OutputStream => {
    const writable = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString("utf8");
        if (name === "stderr") situation.onStderr?.(written.stderr);
        done();
      },
    });
    return Object.assign(writable, { isTTY: situation.terminal ?? false, columns: 100 });
  };
  return {
    stdin: Readable.from([situation.stdin ?? ""]),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    cwd: folder,
    env: situation.env ?? {},
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    written,
    interrupt: (signal) => {
      for (const listener of listeners) listener(signal);
    },
  };
}

/** Runs one command line in a folder with the given files. */
export async function adjoint(argv: readonly string[], situation: Situation = {}): Promise<Outcome> {
  const folder = situation.folder ?? temporaryFolder();
  for (const [name, content] of Object.entries(situation.files ?? {})) writeFileSync(join(folder, name), content);
  const io = fakeIo(folder, situation);
  const exitCode = await run(argv, io);
  return {
    exitCode,
    ...io.written,
    folder,
    text: (file) => readFileSync(join(folder, file), "utf8"),
    bytes: (file) => readFileSync(join(folder, file)),
    json: () =>
      io.written.stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line): unknown => JSON.parse(line)),
  };
}
