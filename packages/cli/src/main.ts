/** Owns: the process: its streams, its arguments, its exit code. */

import { processIo } from "./io.ts";
import { run } from "./run.ts";

// A reader of results that has seen enough (`adjoint graph … | head`) ends the work; one of remarks does not.
process.stdout.on("error", (error) => {
  if (!isClosedPipe(error)) throw error;
  process.exit(0);
});
process.stderr.on("error", (error) => {
  if (!isClosedPipe(error)) throw error;
});

function isClosedPipe(error: Error): boolean {
  return "code" in error && error.code === "EPIPE";
}

process.exitCode = await run(process.argv.slice(2), processIo());
