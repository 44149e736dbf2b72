/** Owns: what a run is asked for and what it reports. */

/** What ends a run early: an `AbortSignal`, or anything like it. */
export interface Signal {
  readonly aborted: boolean;
}

export interface Evaluation<Metrics> {
  /** Mean over the examples. */
  readonly loss: number;
  /** Each the mean over the examples. */
  readonly metrics: Metrics;
}

/** What is known after an epoch. */
export interface EpochReport<Metrics> {
  /** Epochs completed since the parameters were drawn, this one included. */
  readonly epoch: number;
  /** At which epoch this run will end. */
  readonly epochs: number;
  /** Steps taken since the parameters were drawn. */
  readonly step: number;
  /** In the epoch. */
  readonly examples: number;
  /** Mean over the epoch's examples, each measured just before the step that learns from it. */
  readonly loss: number;
  /** Measured on the training data after the epoch's last step. */
  readonly metrics: Metrics;
  /** Measured on the data given for it after the epoch's last step; null without any. */
  readonly validation: Evaluation<Metrics> | null;
  /** Epochs completed at the run's best report so far; null where `best` and `patience` ask for none. */
  readonly best: number | null;
}

/** Random numbers that a seed decides, in the order in which they are asked for. */
export interface RandomSource {
  /** Uniform on [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/**
 * Makes of an example what is learnt from in its place: gets its members as flat numbers in the data's own units, and
 * returns those that are others. Pure but for what it draws, so that runs repeat.
 */
export type Augment<Data> = (
  example: { readonly [Port in keyof Data]: Float64Array },
  random: RandomSource,
) => { readonly [Port in keyof Data]?: ArrayLike<number> | number };

/** What there is of a browser's `Worker`. */
export interface ThreadWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  addEventListener(type: "message" | "error", listener: () => void): void;
}

/** How a run goes; what is left out is as the model declares it. */
export interface TrainOptions<Data extends object = object, Metrics = object> {
  /** How many epochs to add; one under way that was interrupted counts as the first. */
  readonly epochs?: number;
  /** The epoch at which to end, counted since the parameters were drawn, instead of `epochs`: for a resumed run. */
  readonly until?: number;
  /** Examples per step; the last step of an epoch takes what is left. */
  readonly batch?: number;
  /**
   * How many threads share the work of a batch (1 if left out), at most as many as the module was compiled for. Runs of the
   * same number are the same, bit for bit.
   */
  readonly threads?: number;
  /**
   * Makes a worker whose code calls the module's `serve`, for pages that may not start one from a text:
   * `() => new Worker(new URL("./worker.js", import.meta.url), { type: "module" })`.
   */
  readonly worker?: () => ThreadWorker;
  /** Whether each epoch visits the examples in an order drawn from the seed; otherwise in the given one. */
  readonly shuffle?: boolean;
  /** Once aborted, the run ends after the step under way, without a report; training again goes on from there. */
  readonly signal?: Signal;
  /** Epochs between two reports (1 if left out); the last epoch is reported in any case. */
  readonly every?: number;
  /** Data to measure for each report, not to learn from. */
  readonly validation?: Data;
  /** What each visit to an example learns from in its place; what is measured is not augmented. */
  readonly augment?: Augment<Data>;
  /** Keeps the parameters of the best report, for `restoreBest`. */
  readonly best?: boolean;
  /** Ends the run once so many epochs have gone by without a better report, and keeps the best. */
  readonly patience?: number;
  /** What is to become small: the validation's loss if left out, without validation the loss. */
  readonly monitor?: (report: EpochReport<Metrics>) => number;
  /** By how much it has to be smaller to count as better (0 if left out). */
  readonly minDelta?: number;
}
