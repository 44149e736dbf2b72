/**
 * Owns: a run's state and its file. A checkpoint is a safetensors file with the parameters under their names, the
 * optimizer's state under `state/…`, the best report's parameters under `best/…`, the normalisation
 * under `normalise/…`, and in the metadata all else that decides how the run goes on, so that resuming it
 * ends bit-identical to the run that was not interrupted. It can be read wherever saved parameters can.
 */

import type { Best } from "./best.ts";
import type { Port, Slot } from "./definition.ts";
import { FileError } from "./error.ts";
import type { Normalisation } from "./normalise.ts";
import { copyTensor, type NamedTensor, readSafeTensors, type SafeTensors, writeSafeTensors } from "./safetensors.ts";
import { type Floats, sizeOf } from "./tensor.ts";

/** Where a run stands. A run is always between two steps, never within one. */
export interface Progress {
  /** Decides the initial parameters and the order of examples. */
  seed: number;
  /** Epochs completed. */
  epoch: number;
  /** Steps taken. */
  step: number;
  /** Examples visited in the epoch under way. */
  position: number;
  /** The sum of their losses. */
  lossSum: number;
  /** How many examples the epoch under way has; 0 between epochs. */
  examples: number;
}

/** What a run was begun with, and has to go on with to end in the same numbers. */
export interface RunSettings {
  readonly batch: number;
  readonly shuffle: boolean;
  /** Tells these data from others: {@link fingerprintOf}. Only called when it is needed, as it reads all of them. */
  readonly data: () => string;
}

/** A run's state between two steps, but for its arrays. */
export interface RunRecord {
  readonly progress: Progress;
  /** Null before the first run. */
  readonly settings: RunSettings | null;
  /** Null where none is kept. */
  readonly best: Best | null;
}

/** What a checkpoint is of, and how it is laid out. */
export interface Layout {
  readonly model: string;
  readonly optimizer: string;
  readonly inputs: readonly Port[];
  readonly parameters: readonly Slot[];
  readonly state: readonly Slot[];
}

/** Separate from parameters, whose names hold no slash, the optimizer's state and the best report's parameters. */
const statePrefix = "state/";
const bestPrefix = "best/";
const progressKeys = ["seed", "epoch", "step", "position", "lossSum", "examples"] as const;

export function newProgress(seed: number): Progress {
  return { seed, epoch: 0, step: 0, position: 0, lossSum: 0, examples: 0 };
}

/** The bytes of a file with the parameters alone. */
export function writeParameters(
  model: string,
  slots: readonly Slot[],
  p: Floats,
  inputs: readonly Port[],
  normalisation: Normalisation,
): Uint8Array {
  return writeSafeTensors([...tensorsOf(slots, p, ""), ...scalingTensors(inputs, normalisation)], [["model", model]]);
}

/**
 * Copies parameters from a file into `p`, and the normalisation that they were trained with.
 * @throws {FileError} unless they are exactly those of `slots`.
 */
export function readParameters(
  file: Uint8Array,
  slots: readonly Slot[],
  p: Floats,
  inputs: readonly Port[],
  normalisation: Normalisation,
): void {
  const stored = readSafeTensors(file);
  const known = new Set(slots.map((slot) => slot.name));
  for (const { name, classes } of inputs) {
    if (classes === null) for (const part of scalingParts) known.add(scalingName(name, part));
  }
  for (const name of stored.tensors.keys()) {
    if (known.has(name) || name.startsWith(statePrefix) || name.startsWith(bestPrefix)) continue;
    const model = stored.metadata.get("model");
    const whose = model === undefined ? "" : `, of the model ${JSON.stringify(model)},`;
    const message = `The file${whose} has a tensor ${JSON.stringify(name)}, which this model has not.`;
    throw new FileError("extra-tensor", message, "Use a file saved from the same model with the same sizes.");
  }
  copySlots(stored, slots, p, "");
  for (const { name, shape } of inputs) {
    if (!scalingParts.some((part) => stored.tensors.has(scalingName(name, part)))) continue;
    const scaling = { shift: new Float64Array(sizeOf(shape)), scale: new Float64Array(sizeOf(shape)) };
    for (const part of scalingParts) {
      copyTensor(stored, scalingName(name, part), shape, scaling[part]);
      if (scaling[part].every(Number.isFinite)) continue;
      const message = `The normalisation of ${JSON.stringify(name)} is not finite.`;
      throw new FileError("damaged", message, "This file is damaged or forged.");
    }
    normalisation.set(name, scaling);
  }
}

const scalingParts = ["shift", "scale"] as const;

function scalingName(input: string, part: string): string {
  return `normalise/${input}/${part}`;
}

function scalingTensors(inputs: readonly Port[], normalisation: Normalisation): NamedTensor[] {
  return inputs.flatMap(({ name, shape }) => {
    const scaling = normalisation.get(name);
    if (scaling === undefined) return [];
    return scalingParts.map((part) => ({ name: scalingName(name, part), shape, values: scaling[part] }));
  });
}

/** The bytes of a file from which the run can go on. */
export function writeCheckpoint(
  { model, optimizer, inputs, parameters, state: states }: Layout,
  p: Floats,
  state: Floats,
  normalisation: Normalisation,
  { progress, settings, best }: RunRecord,
): Uint8Array {
  // A number's shortest decimal form reads back as the same number, NaN and infinities included.
  const numbers = progressKeys.map((key) => [key, String(progress[key])] as const);
  const { batch, shuffle, data } = settings ?? { batch: "", shuffle: "", data: () => "" };
  const begun = [
    ["batch", String(batch)],
    ["shuffle", String(shuffle)],
    ["data", data()],
  ] as const;
  const kept = best?.p ? tensorsOf(parameters, best.p, bestPrefix) : [];
  const watched = best === null ? [] : ([["best", `${best.value} ${best.epoch}`]] as const);
  return writeSafeTensors(
    [
      ...tensorsOf(parameters, p, ""),
      ...tensorsOf(states, state, statePrefix),
      ...kept,
      ...scalingTensors(inputs, normalisation),
    ],
    [["model", model], ["optimizer", optimizer], ...numbers, ...begun, ...watched],
  );
}

/** Copies a run's arrays from a checkpoint and returns where it stands. @throws {FileError} unless it is this model's. */
export function readCheckpoint(
  file: Uint8Array,
  { model, optimizer, inputs, parameters, state: states }: Layout,
  p: Floats,
  state: Floats,
  normalisation: Normalisation,
): RunRecord {
  const stored = readSafeTensors(file);
  const { metadata } = stored;
  if (!metadata.has("optimizer")) {
    const remedy = "Load it as parameters, or resume from a file written as a checkpoint.";
    throw new FileError("not-a-checkpoint", "The file holds parameters but no state of a run.", remedy);
  }
  for (const [key, here] of [
    ["model", model],
    ["optimizer", optimizer],
  ] as const) {
    const there = metadata.get(key);
    if (there !== here) {
      const message = `The checkpoint is of the ${key} ${JSON.stringify(there)}; this ${key} is ${JSON.stringify(here)}.`;
      throw new FileError("other-model", message, "Resume with the model and the optimizer of the interrupted run.");
    }
  }
  const progress = newProgress(0);
  for (const key of progressKeys) {
    const text = metadata.get(key);
    const value = text === undefined || text === "" ? undefined : Number(text);
    const whole = value !== undefined && Number.isSafeInteger(value) && value >= 0;
    if (value === undefined || (key !== "lossSum" && !whole)) {
      const message = `The checkpoint's ${key} is ${JSON.stringify(text)}.`;
      throw new FileError("not-a-checkpoint", message, "This file is damaged or forged.");
    }
    progress[key] = value;
  }
  if (progress.position > progress.examples) {
    const message = `The checkpoint stands at example ${progress.position} of ${progress.examples}.`;
    throw new FileError("not-a-checkpoint", message, "This file is damaged or forged.");
  }
  readParameters(file, parameters, p, inputs, normalisation);
  copySlots(stored, states, state, statePrefix);
  return { progress, settings: readSettings(metadata), best: readBest(stored, parameters, p.slice()) };
}

/** Null where none was kept; its parameters, if there are any, are copied into `p`. @throws {FileError} */
function readBest(stored: SafeTensors, parameters: readonly Slot[], p: Floats): Best | null {
  const text = stored.metadata.get("best");
  if (text === undefined) return null;
  const [value = Number.NaN, epoch = Number.NaN] = text.split(" ").map(Number);
  if (Number.isNaN(value) || !Number.isSafeInteger(epoch) || epoch < 0) {
    const message = `The checkpoint's best report is ${JSON.stringify(text)}.`;
    throw new FileError("not-a-checkpoint", message, "This file is damaged or forged.");
  }
  // Before the first report there is only the value that any other is better than.
  if (value === Number.POSITIVE_INFINITY) return { value, epoch, p: null };
  copySlots(stored, parameters, p, bestPrefix);
  return { value, epoch, p };
}

/** Null where no run was begun. @throws {FileError} */
function readSettings(metadata: ReadonlyMap<string, string>): RunSettings | null {
  const [batch, shuffle, data] = ["batch", "shuffle", "data"].map((key) => metadata.get(key));
  if (batch === "" && shuffle === "" && data === "") return null;
  const size = Number(batch);
  const known = Number.isSafeInteger(size) && size >= 1 && (shuffle === "true" || shuffle === "false");
  if (known && data !== undefined) return { batch: size, shuffle: shuffle === "true", data: () => data };
  const message = `The checkpoint's run is of batch ${JSON.stringify(batch)}, shuffle ${JSON.stringify(shuffle)}.`;
  throw new FileError("not-a-checkpoint", message, "This file is damaged or forged.");
}

function tensorsOf(slots: readonly Slot[], values: Floats, prefix: string): NamedTensor[] {
  return slots.map(({ name, shape, offset }) => ({
    name: prefix + name,
    shape,
    values: values.subarray(offset, offset + sizeOf(shape)),
  }));
}

function copySlots(stored: SafeTensors, slots: readonly Slot[], values: Floats, prefix: string): void {
  for (const { name, shape, offset } of slots) {
    copyTensor(stored, prefix + name, shape, values.subarray(offset, offset + sizeOf(shape)));
  }
}
