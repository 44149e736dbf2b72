/** Owns: everything the command may touch outside itself, so that tests can stand in for a process. */

import type { Readable, Writable } from "node:stream";

/** A stream, and whether a person is looking at it. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export type InterruptSignal = "SIGINT" | "SIGTERM";

/** The variables that are heeded. */
export interface Environment {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  /** Shows where an internal error happened. */
  readonly ADJOINT_DEBUG?: string | undefined;
}

export interface Io {
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Absolute; relative paths are resolved against it. */
  readonly cwd: string;
  readonly env: Environment;
  /** Calls `listener` at the first interruption instead of ending the process; returns how to stop listening. */
  readonly onInterrupt: (listener: (signal: InterruptSignal) => void) => () => void;
}

/** The process itself. A second interruption ends it at once, for whoever can't wait for a checkpoint. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    env: process.env,
    onInterrupt(listener) {
      const signals: readonly InterruptSignal[] = ["SIGINT", "SIGTERM"];
      const stop = () => {
        for (const signal of signals) process.removeListener(signal, handle);
      };
      const handle = (signal: InterruptSignal) => {
        stop();
        listener(signal);
      };
      for (const signal of signals) process.on(signal, handle);
      return stop;
    },
  };
}
