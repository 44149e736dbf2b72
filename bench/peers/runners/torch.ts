/** Owns: PyTorch at work, in a process of its own, with each BLAS that is installed. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { MakeRunner, Numbers, Runner } from "../work.ts";
import { wholeNames } from "./whole-names.ts";

/** A Python with PyTorch and the BLAS that it loads. */
export interface Torch {
  readonly python: string;
  readonly label: string;
  readonly version: string;
  /** The files that the process has mapped. */
  readonly libraries: readonly string[];
  /** GFLOP/s of a product of two 512 × 512 matrices, measured by PyTorch itself. */
  readonly sgemm: number;
  readonly environment: NodeJS.ProcessEnv;
}

const pythons = ["python3", "/usr/bin/python3"];
const folder = join(import.meta.dirname, "../python");

/** One thread each, whichever library asks. */
const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/**
 * As it is installed, and with every other BLAS that lies beside the one it loads: Debian's PyTorch takes whichever the
 * system names `libblas.so.3`, and that decides by a factor of thirty how fast it is. Empty where there is no PyTorch.
 */
export function findTorches(): readonly Torch[] {
  for (const python of pythons) {
    const installed = probe(python, {});
    if (installed === null) continue;
    const others = blasFoldersBeside(installed.libraries).flatMap(
      (path) => probe(python, { LD_LIBRARY_PATH: path }) ?? [],
    );
    return [installed, ...others].filter(({ label }, k, all) => all.findIndex((torch) => torch.label === label) === k);
  }
  return [];
}

function probe(python: string, added: NodeJS.ProcessEnv): Torch | null {
  const environment = { ...process.env, ...oneThread, ...added };
  const { status, stdout } = spawnSync(python, [join(folder, "probe.py")], { env: environment, encoding: "utf8" });
  if (status !== 0) return null;
  const { version, libraries, sgemm } = JSON.parse(stdout) as Pick<Torch, "version" | "libraries" | "sgemm">;
  const label = `PyTorch eager, ${blasOf(libraries, added["LD_LIBRARY_PATH"])}`;
  return { python, label, version, libraries, sgemm, environment };
}

/** Folders that hold a `libblas.so.3` of their own, next to the one that is loaded. */
function blasFoldersBeside(libraries: readonly string[]): readonly string[] {
  const loaded = libraries.find((path) => basename(path).startsWith("libblas.so"));
  if (loaded === undefined) return [];
  const parent = dirname(dirname(loaded));
  return readdirSync(parent)
    .map((name) => join(parent, name))
    .filter((path) => path !== dirname(loaded) && existsSync(join(path, "libblas.so.3")));
}

/** The library that a `libblas.so` stands in the folder of; LAPACK may bring another along, which multiplies nothing here. */
function blasOf(libraries: readonly string[], asked: string | undefined): string {
  const blas = libraries.find((path) => basename(path).startsWith("libblas.so"));
  const name = basename(asked ?? dirname(blas ?? ""));
  if (name.startsWith("openblas")) return "OpenBLAS";
  if (name === "blas") return "reference BLAS";
  return libraries.some((path) => path.includes("mkl")) ? "MKL" : name || "its own BLAS";
}

export function makeTorch(torch: Torch): MakeRunner {
  return async (work) => {
    const { formula, rule, task } = work;
    const [parameters, data] = [listed(work.parameters), listed(work.data)];
    return startTorch(torch, { task, parameters, data, formula, rule, whole: wholeNames(formula) });
  };
}

/** PyTorch with an order, ready to run. */
export async function startTorch(torch: Torch, order: object): Promise<Runner> {
  const { ask, close } = await converse(torch, "peer.py", order);
  return {
    label: torch.label,
    async run(steps) {
      await ask(`run ${steps}`);
    },
    async result() {
      const { result } = await ask("result");
      return Array.isArray(result) ? result.map(Number) : [];
    },
    close,
  };
}

/** A script of the folder `python`, which has taken its order: it answers each line with one of JSON. */
export async function converse(torch: Torch, script: string, order: object) {
  const child = spawn(torch.python, [join(folder, script)], { env: torch.environment });
  child.stderr.pipe(process.stderr);
  const answers = answersOf(child);
  const ask = (line: string): Promise<Readonly<Record<string, unknown>>> => {
    child.stdin.write(`${line}\n`);
    return answers();
  };
  await ask(JSON.stringify(order));
  return { ask, close: () => void child.kill() };
}

function listed(tensors: Readonly<Record<string, Numbers>>) {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => [name, { shape, values: [...values] }]),
  );
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
