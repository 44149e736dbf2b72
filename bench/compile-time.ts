/** Owns: how long compiling takes, by the number of layers and by its parts, warm and as a command. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "@adjoint/compiler";
import type { Program } from "@adjoint/ir";
import { median } from "./interleave.ts";
import { programOfText, root } from "./load-page.ts";
import { deepPage, mlpPage } from "./pages.ts";

export interface CompileTime {
  readonly layers: number;
  /** Milliseconds: from text to program, and from program to module. */
  readonly load: number;
  readonly compile: number;
  readonly characters: number;
}

/** The median of a few runs each; the first lengths warm the compiler up for the later. */
export function measureDepths(depths: readonly number[]): readonly CompileTime[] {
  measureDepth(10, 5);
  return depths.map((layers) => measureDepth(layers, layers < 300 ? 5 : 3));
}

function measureDepth(layers: number, rounds: number): CompileTime {
  const page = deepPage(layers);
  const loads: number[] = [];
  const compiles: number[] = [];
  let characters = 0;
  for (let round = 0; round < rounds; round++) {
    let program: Program | null = null;
    loads.push(
      timed(() => {
        program = programOfText(page);
      }),
    );
    compiles.push(
      timed(() => {
        if (program !== null) characters = compile(program).text.length;
      }),
    );
  }
  return { layers, load: middle(loads), compile: middle(compiles), characters };
}

/** Milliseconds from the text of the 784-128-10 network to its module, in a warm process. */
export function measureWarm(): number {
  return middle(Array.from({ length: 15 }, () => timed(() => compile(programOfText(mlpPage)))).slice(5));
}

/** Milliseconds of `adjoint compile` for the same page, as a process; null where the command has not been built. */
export function measureCold(): number | null {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-bench-"));
  try {
    const page = join(folder, "mlp.adj");
    writeFileSync(page, mlpPage);
    const command = [join(root, "packages/cli/bin/adjoint.js"), "compile", page, "--force"];
    let failed = false;
    const times = Array.from({ length: 5 }, () =>
      timed(() => {
        failed ||= spawnSync(process.execPath, command, { cwd: folder }).status !== 0;
      }),
    );
    return failed ? null : middle(times);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function middle(times: readonly number[]): number {
  return median(times.toSorted((a, b) => a - b));
}
