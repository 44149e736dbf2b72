/** Owns: what `adjoint train` is told to measure, keep and wait for, as the runtime takes it. */

import { elementCount, type Model } from "@adjoint/ir";
import { historyCsv, type NormalisationKind, split } from "@adjoint/runtime";
import type { DataOptions, DataPort, Dataset } from "../data/dataset.ts";
import { readDataset } from "../data/read-dataset.ts";
import type { EpochReport, Examples, TrainOptions } from "../emitted-model.ts";
import { usageFailure } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Monitored } from "../options.ts";
import { suggestion } from "../view/suggestion.ts";

export interface ChoiceFlags {
  readonly validation?: readonly string[] | undefined;
  readonly normalise?: string | true | undefined;
  readonly patience?: number | undefined;
  readonly minDelta?: number | undefined;
  readonly monitor?: Monitored | undefined;
  readonly best?: true | undefined;
}

/** Which report of a run is the best, and how long to wait for a better one. */
export type Watch = Pick<TrainOptions, "best" | "patience" | "minDelta" | "monitor">;

/** The examples to learn from and those to measure, which are a share of the data or come from files of their own. */
export async function divide(
  io: Io,
  whole: Dataset,
  flags: ChoiceFlags,
  ports: readonly DataPort[],
  options: DataOptions,
): Promise<{ readonly data: Dataset; readonly validation: Dataset | null }> {
  const [first, ...more] = flags.validation ?? [];
  if (first === undefined) return { data: whole, validation: null };
  const share = Number(first);
  if (Number.isNaN(share)) return { data: whole, validation: await readDataset(io, [first, ...more], ports, options) };
  if (more.length > 0) throw usageFailure(`--validation is a share, ${first}, and a file, ${more[0]}: it takes one`);
  const parts = split(asExamples(whole, ports), { validation: share, examples: whole.count });
  const counted = (examples: Examples): Dataset => {
    const [port] = ports;
    const size = port === undefined ? 1 : elementCount(port.shape);
    const values = new Map(Object.entries(examples));
    return { count: (values.get(port?.name ?? "")?.length ?? 0) / size, values };
  };
  return { data: counted(parts.train), validation: counted(parts.validation) };
}

/** @throws Failure `usage` */
export function normalisationKind(flag: string | true | undefined): NormalisationKind | null {
  if (flag === undefined) return null;
  if (flag === true || flag === "standard") return "standard";
  if (flag === "range") return "range";
  throw usageFailure(`--normalise ${flag}: it is standard or range`);
}

/** @throws Failure `usage` for options without effect, or a quantity that is not measured */
export function watchOf(model: Model, flags: ChoiceFlags, validated: boolean): Watch | null {
  const { patience, minDelta, monitor } = flags;
  if (patience === undefined && flags.best !== true) {
    if (monitor !== undefined || minDelta !== undefined) {
      throw usageFailure(`${monitor === undefined ? "--min-delta" : "--monitor"} needs --best or --patience <epochs>`);
    }
    return null;
  }
  const known = ["loss", ...model.metrics.map(({ name }) => name)];
  if (monitor !== undefined && !known.includes(monitor.name)) {
    throw usageFailure(
      `--monitor ${monitor.name}: the model measures no such thing`,
      ...suggestion(monitor.name, known),
    );
  }
  const { name, greatest } = monitor ?? { name: "loss", greatest: false };
  return {
    best: true,
    ...(patience === undefined ? {} : { patience }),
    ...(minDelta === undefined ? {} : { minDelta }),
    monitor: (report) => {
      const { loss, metrics } = validated && report.validation !== null ? report.validation : report;
      const value = name === "loss" ? loss : (metrics[name] ?? Number.NaN);
      return greatest ? -value : value;
    },
  };
}

/** As the file's name wants it. */
export function historyText(path: string, reports: readonly EpochReport[]): string {
  return /\.json$/i.test(path) ? `${JSON.stringify(reports, null, 2)}\n` : historyCsv(reports);
}

/** A data set as the emitted class takes it. */
export function asExamples(dataset: Dataset, ports: readonly DataPort[]): Examples {
  return Object.fromEntries(ports.map(({ name }) => [name, dataset.values.get(name) ?? new Float64Array()]));
}
