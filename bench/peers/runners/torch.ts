/** Owns: PyTorch at work, in a process of its own. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { MakeRunner, Numbers } from "../work.ts";
import { wholeNames } from "./whole-names.ts";

const pythons = ["python3", "/usr/bin/python3"];

/** The Python that has PyTorch, or null. */
export function findTorch(): string | null {
  return pythons.find((python) => spawnSync(python, ["-c", "import torch"]).status === 0) ?? null;
}

export function makeTorch(python: string): MakeRunner {
  return async (work) => {
    const child = spawn(python, [join(import.meta.dirname, "peer_torch.py")], {
      env: { ...process.env, OMP_NUM_THREADS: "1" },
    });
    child.stderr.pipe(process.stderr);
    const answers = answersOf(child);
    const listed = (tensors: Readonly<Record<string, Numbers>>) =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, { shape, values }]) => [name, { shape, values: [...values] }]),
      );
    const { formula, rule } = work;
    const order = { parameters: listed(work.parameters), data: listed(work.data), formula, rule };
    child.stdin.write(`${JSON.stringify({ ...order, whole: wholeNames(formula) })}\n`);
    await answers();
    return {
      label: "PyTorch eager",
      async run(steps) {
        child.stdin.write(`run ${steps}\n`);
        await answers();
      },
      async loss() {
        child.stdin.write("loss\n");
        return Number((await answers())["loss"]);
      },
      close() {
        child.kill();
      },
    };
  };
}

/** One line of JSON for each command. */
function answersOf(child: ChildProcessWithoutNullStreams): () => Promise<Readonly<Record<string, unknown>>> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("PyTorch's process has ended");
    const answer: unknown = JSON.parse(value);
    if (typeof answer !== "object" || answer === null) throw new Error("PyTorch's process says something else");
    return { ...answer };
  };
}
