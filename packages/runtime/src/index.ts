/** Owns: the package's public face. Everything here works alike in browsers and in Node. */

export { type BlockOptions, type Blocks, type Learner, type PassReport, trainOnBlocks } from "./blocks.ts";
export { type CoupledFunctions, CoupledNetwork } from "./coupled.ts";
export { type Dataset, readDataset, readExample } from "./dataset.ts";
export type {
  Columns,
  DifferentiableDefinition,
  ModelTypes,
  Port,
  PredictorDefinition,
  Slot,
  TrainableDefinition,
} from "./definition.ts";
export {
  AdjointError,
  DataError,
  type DataErrorCode,
  FileError,
  type FileErrorCode,
  RunError,
  type RunErrorCode,
} from "./error.ts";
export { historyCsv } from "./history.ts";
export { readIdx } from "./idx.ts";
export {
  Differentiable,
  type DrawOptions,
  type InferenceOptions,
  type NetworkOptions,
  Predictor,
  Trainable,
  type TrainableOptions,
} from "./model.ts";
export type { Normalisation, NormalisationKind, Scaling } from "./normalise.ts";
export { readNpy, readNpz } from "./npy.ts";
export type { NumberType } from "./number-type.ts";
export { decodeNumbers, type RawTensor } from "./numbers.ts";
export { normal, permutation, seedOfPass, uniform } from "./random.ts";
export { type RepeatedKey, repeatedKey } from "./repeated-key.ts";
export type { Augment, EpochReport, Evaluation, RandomSource, Signal, ThreadWorker, TrainOptions } from "./report.ts";
export {
  type NamedTensor,
  readSafeTensors,
  type SafeTensors,
  type StoredTensor,
  writeSafeTensors,
} from "./safetensors.ts";
export { type Split, type SplitOptions, split } from "./split.ts";
export {
  type Example,
  type Examples,
  type Extents,
  type Floats,
  type Nested,
  type NumericArray,
  Tensor,
  tensor,
} from "./tensor.ts";
export { type WasmLayout, WasmNetwork, type WasmNoise, type WasmSpan, type WasmUse } from "./wasm.ts";
export { serveThread, WasmCode, type WasmOptions } from "./wasm-code.ts";
export { WasmTeam } from "./wasm-team.ts";
export { gunzip, type Inflate } from "./zip.ts";
