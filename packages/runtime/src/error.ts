/** Owns: the shape of every refusal: a stable code, what is wrong and where, and what to do about it. */

export class AdjointError<Code extends string> extends Error {
  override readonly name: string = "AdjointError";
  /** Stable: programs may depend on it. */
  readonly code: Code;
  /** What would put it right, one sentence. */
  readonly remedy: string;

  constructor(code: Code, message: string, remedy: string) {
    super(`${message} ${remedy}`);
    this.code = code;
    this.remedy = remedy;
  }
}

export type DataErrorCode =
  | "missing-column"
  | "extra-column"
  | "wrong-shape"
  | "not-a-number"
  | "not-finite"
  | "class-not-whole"
  | "class-out-of-range"
  | "empty"
  | "unequal-lengths";

/** Data that a network refuses. */
export class DataError extends AdjointError<DataErrorCode> {
  override readonly name = "DataError";
  /** The input or target concerned. */
  readonly port: string;
  /** The example concerned, counted from 0; null where it is no single one. */
  readonly example: number | null;

  constructor(code: DataErrorCode, port: string, example: number | null, message: string, remedy: string) {
    super(code, message, remedy);
    this.port = port;
    this.example = example;
  }
}

export type FileErrorCode =
  | "cut-short"
  | "header-too-large"
  | "bad-header"
  | "duplicate-name"
  | "bad-type"
  | "bad-layout"
  | "damaged"
  | "missing-tensor"
  | "extra-tensor"
  | "wrong-type"
  | "wrong-shape"
  | "other-model"
  | "not-a-checkpoint";

/** Bytes that are no safetensors file, or not one of this network. */
export class FileError extends AdjointError<FileErrorCode> {
  override readonly name = "FileError";
}

export type RunErrorCode =
  | "no-wasm"
  | "no-threads"
  | "bad-option"
  | "already-training"
  | "other-data"
  | "other-batch"
  | "other-order"
  | "no-best";

/** A run that cannot be started as asked. */
export class RunError extends AdjointError<RunErrorCode> {
  override readonly name = "RunError";
}
