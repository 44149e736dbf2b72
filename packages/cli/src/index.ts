/** Owns: what other packages see of the command: itself, as a function. */

export { type ExitCode, exitCodes } from "./failure.ts";
export { type Io, type OutputStream, processIo } from "./io.ts";
export { run } from "./run.ts";
