/**
 * Owns: how near each contraction of a network comes to the machine's peak. The nests of the network's own code (same
 * shapes, same tiles, same memory) are made functions that can be called by themselves, and each is called many times over
 * what a step has left in memory; so all of it that fits is in the cache, as in a step.
 */

import { type Nest, type ProfiledNetwork, profileNetwork, type WasmTarget } from "@adjoint/compiler";
import { WasmCode } from "@adjoint/runtime";
import { median } from "../../interleave.ts";
import { programOfText } from "../../load-page.ts";
import type { Peak } from "../machine/measure-peak.ts";
import type { Report } from "../report.ts";
import type { TrainingWork } from "../work.ts";

/** GFLOP/s of a nest, and of the machine's peak measured in turn with it. */
interface Rate {
  readonly rate: number;
  readonly peak: number;
}

export interface ContractionRow {
  readonly work: string;
  readonly tensors: string;
  /** Of one block of examples. */
  readonly flops: number;
  readonly separate: Rate;
  /** With products and sums in one operation; null where the engine has none. */
  readonly fused: Rate | null;
}

export interface Peaks {
  readonly separate: Peak;
  readonly fused: Peak | null;
}

/** What is less of a network's work than this is not reported by itself. */
const leastShare = 0.01;

export async function measureContractions(
  report: Report,
  works: readonly TrainingWork[],
  target: WasmTarget,
  peaks: Peaks,
): Promise<readonly ContractionRow[]> {
  report.heading(
    "Contractions",
    "The nests of each network's gradient that multiply and add, each called by itself over what a step has left in memory,",
    "in turn with the machine's peak: what chains of independent operations reach in registers alone. A block is what the",
    "network computes at once. Work is counted from the loops as they run: padding that is never read is not counted.",
    "",
    `Peak of one thread: ${peaks.separate.rate.toFixed(1)} GFLOP/s; fused ${peaks.fused === null ? "not to be had here" : `${peaks.fused.rate.toFixed(1)} GFLOP/s`}.`,
  );
  const rows: ContractionRow[] = [];
  const isFused = peaks.fused !== null;
  for (const work of works) {
    report.tell(`${work.name}: contractions`);
    const found = await measureWork(work, target, peaks);
    report.say("", `### ${work.name}`);
    report.table(
      ["", "MFLOP a block", "GFLOP/s", "of the peak", ...(isFused ? ["fused, GFLOP/s", "of the peak"] : [])],
      found.map(({ tensors, flops, separate, fused }) => [
        tensors,
        (flops / 1e6).toFixed(2),
        separate.rate.toFixed(1),
        shareOf(separate),
        ...(fused === null ? [] : [fused.rate.toFixed(1), shareOf(fused)]),
      ]),
    );
    rows.push(...found);
  }
  return rows;
}

async function measureWork(work: TrainingWork, target: WasmTarget, peaks: Peaks): Promise<readonly ContractionRow[]> {
  const [model] = programOfText(work.page).models;
  if (model === undefined) return [];
  const network = profileNetwork(target, model);
  const groups = groupsOf(network.nests.filter(({ procedure }) => procedure === "gradient"));
  const total = groups.reduce((sum, { flops }) => sum + flops, 0);
  const large = groups.filter(({ flops }) => flops > leastShare * total);
  const separate = await ratesOf(work, network, large, peaks.separate, false);
  const fused = peaks.fused === null ? null : await ratesOf(work, network, large, peaks.fused, true);
  return large.flatMap(({ tensors, flops }, k): ContractionRow[] => {
    const apart = separate[k];
    return apart === undefined ? [] : [{ work: work.name, tensors, flops, separate: apart, fused: fused?.[k] ?? null }];
  });
}

interface Group {
  readonly tensors: string;
  readonly flops: number;
  readonly names: readonly string[];
}

/** A nest and what is left over of it behind the last whole tile follow each other and make the same tensors. */
function groupsOf(nests: readonly Nest[]): readonly Group[] {
  const groups: Group[] = [];
  for (const { name, tensors, flops } of nests) {
    const last = groups.at(-1);
    const shown = tensors.slice(0, 4).map((tensor) => `\`${tensor}\``);
    const label = [...shown, ...(tensors.length > 4 ? [`and ${tensors.length - 4} more`] : [])].join(", ");
    if (last?.tensors === label) {
      groups[groups.length - 1] = { tensors: label, flops: last.flops + flops, names: [...last.names, name] };
    } else groups.push({ tensors: label, flops, names: [name] });
  }
  return groups;
}

async function ratesOf(
  work: TrainingWork,
  network: ProfiledNetwork,
  groups: readonly Group[],
  peak: Peak,
  fused: boolean,
): Promise<readonly Rate[]> {
  const code = new WasmCode(hexOf(network.binary), hexOf(network.products));
  await code.ready({ fused });
  const { module } = code;
  if (!(module instanceof WebAssembly.Module)) throw new TypeError("this is no module");
  const memory = new WebAssembly.Memory({ initial: network.pages, maximum: network.pages });
  fill(memory, work, network);
  const { exports } = new WebAssembly.Instance(module, { memory: { memory }, math: mathImports() });
  const call = (name: string): void => {
    const run = exports[name];
    if (typeof run === "function") run(network.block);
  };
  call("gradient");
  return groups.map(({ names, flops }) => rateOf(() => names.forEach(call), flops, peak));
}

/** Medians of samples of a millisecond or two each, in turn. */
function rateOf(run: () => void, flops: number, peak: Peak): Rate {
  const timed = (calls: number): number => {
    const begin = performance.now();
    for (let k = 0; k < calls; k++) run();
    return (performance.now() - begin) / calls;
  };
  timed(3);
  const calls = Math.max(1, Math.round(2 / Math.max(1e-4, timed(10))));
  const samples = Array.from({ length: 21 }, () => ({ rate: flops / (1e6 * timed(calls)), peak: peak.sample() }));
  const middle = (of: (sample: Rate) => number): number => median(samples.map(of).sort((a, b) => a - b));
  return { rate: middle(({ rate }) => rate), peak: middle((sample) => sample.peak) };
}

/** Parameters and a block of examples as the work has them, over and over. */
function fill(memory: WebAssembly.Memory, work: TrainingWork, network: ProfiledNetwork): void {
  const view = ([at, length]: readonly [number, number]) => new Float32Array(memory.buffer, at, length);
  view(network.p).set(Object.values(work.parameters).flatMap(({ values }) => [...values]));
  for (const [k, { values }] of Object.values(work.data).entries()) {
    const span = network.columns[k];
    if (span === undefined) continue;
    const column = view(span);
    for (let e = 0; e < column.length; e++) column[e] = values[e % values.length] ?? 0;
  }
}

function mathImports(): WebAssembly.ModuleImports {
  const names = Object.getOwnPropertyNames(Math);
  return Object.fromEntries(
    names.flatMap((name): [string, WebAssembly.ImportValue][] => {
      const value: unknown = Reflect.get(Math, name);
      return typeof value === "function" ? [[name, (...args: number[]) => Reflect.apply(value, Math, args)]] : [];
    }),
  );
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function shareOf({ rate, peak }: Rate): string {
  return `${((100 * rate) / peak).toFixed(0)} %`;
}
