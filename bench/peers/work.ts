/** Owns: what a piece of work is: a page, numbers to begin with, data; the same for everyone who does it. */

/** A tensor as every library can take it. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type Rule =
  | { readonly kind: "sgd"; readonly rate: number }
  | { readonly kind: "adam"; readonly rate: number }
  | { readonly kind: "adamw"; readonly rate: number; readonly decay: number };

/** Names of networks, each a formula that every runner knows by this name. */
export type Formula = "seed" | "mlp" | "lenet" | "gru" | "lstm" | "gpt" | "graph";

export interface Work {
  readonly name: string;
  readonly formula: Formula;
  /** `train` counts steps of training, `predict` predictions for one example. */
  readonly task: "train" | "predict";
  /** Examples a step. */
  readonly batch: number;
  readonly page: string;
  readonly parameters: Readonly<Record<string, Numbers>>;
  /** Inputs and targets, the batch axis first; classes are whole numbers. */
  readonly data: Readonly<Record<string, Numbers>>;
  readonly rule: Rule;
  /** Multiplications and additions of a step's contractions, for those who count them; null where nobody does. */
  readonly flops: number | null;
}

/** A network as its page trains it. */
export interface TrainingWork extends Omit<Work, "task"> {
  readonly forwardFlops: number | null;
}

export function training(work: TrainingWork): Work {
  return { ...work, task: "train" };
}

/** Prediction by the network of a work for a single example. */
export function prediction(work: TrainingWork): Work {
  const name = `${work.name.replace(/, batch 1$/, "")}, inference`;
  return { ...work, name, task: "predict", flops: work.forwardFlops };
}

/** Whoever does a piece of work. */
export interface Runner {
  readonly label: string;
  /** Whether it does as much work without making the same steps, so that only its first result can be compared. */
  readonly differs?: boolean;
  /** So many steps; what has to be awaited is awaited. */
  run(steps: number): Promise<void>;
  /** Of training the loss of the last step, before it; of prediction the outputs before the loss. */
  result(): Promise<readonly number[]>;
  close?(): void;
}

/** Null where a runner cannot do the work. */
export type MakeRunner = (work: Work) => Promise<Runner | null>;

/** Numbers in (−scale, scale) that look random and are the same everywhere. */
export function spread(shape: readonly number[], scale: number, salt: number): Numbers {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const values = Float32Array.from({ length: size }, (_, k) => {
    const noise = Math.sin((k + 1) * 12.9898 + salt * 78.233) * 43758.5453;
    return scale * (2 * (noise - Math.floor(noise)) - 1);
  });
  return { shape, values };
}

/** Whole numbers from 0 to count − 1. */
export function classes(shape: readonly number[], count: number, salt: number): Numbers {
  const { values } = spread(shape, 1, salt);
  return { shape, values: values.map((value) => Math.min(count - 1, Math.floor(((value + 1) / 2) * count))) };
}

export function zeros(shape: readonly number[]): Numbers {
  return { shape, values: new Float32Array(shape.reduce((product, extent) => product * extent, 1)) };
}

/** The statements that declare the parameters of a page, which begin as people let them begin where nobody sets them. */
export function declarations(parameters: Readonly<Record<string, Numbers>>): string {
  return Object.entries(parameters)
    .map(
      ([name, { shape }]) => `  param ${name}[${shape.join(", ")}] ~ ${shape.length > 1 ? "glorot_uniform" : "zeros"}`,
    )
    .join("\n");
}
