/**
 * Owns: training on more data than fit into memory. They come in blocks of examples, one at a time; a block is to the
 * network what an epoch is elsewhere, so that its order is drawn anew in each pass and a run can go on where it ended.
 */

import { RunError } from "./error.ts";
import type { EpochReport, Evaluation, TrainOptions } from "./report.ts";

/** Begins a pass: the same blocks in the same order each time, any number of examples in each. */
export type Blocks<Data> = () => AsyncIterable<Data> | Iterable<Data>;

/** What is known after a pass over all blocks. */
export interface PassReport<Metrics> {
  /** Passes completed since the parameters were drawn, this one included. */
  readonly pass: number;
  readonly passes: number;
  /** Blocks in a pass. */
  readonly blocks: number;
  /** Steps taken since the parameters were drawn. */
  readonly step: number;
  /** Mean over the examples, each measured just before the step that learns from it. */
  readonly loss: number;
  /** Means over the examples, measured on each block after its last step. */
  readonly metrics: Metrics;
  /** Measured on the data given for it after the last block; null without any. */
  readonly validation: Evaluation<Metrics> | null;
}

export interface BlockOptions<Data extends object>
  extends Pick<TrainOptions<Data>, "batch" | "shuffle" | "signal" | "validation" | "augment"> {
  /** How often to go over all blocks, those passes included that the network has behind it. */
  readonly passes: number;
}

/** A network that learns, as every emitted class does. */
export interface Learner<Data extends object, Metrics extends object> {
  readonly epoch: number;
  readonly step: number;
  train(data: Data, options: TrainOptions<Data>): AsyncIterable<EpochReport<Metrics>>;
  evaluate(data: Data): Evaluation<Metrics>;
}

/**
 * Learns from the blocks, pass after pass, reporting after each. A network that is resumed from a checkpoint skips the
 * blocks that it has learnt from, and ends bit for bit as without the interruption; its `epoch` counts blocks.
 * Losses and metrics of a pass are means over its blocks, weighted by their examples; of a pass that was gone on with,
 * over what was left of it.
 * @throws {DataError} for a block that the network refuses; {RunError} for an option out of range, for a pass without
 *   blocks, or for a block that is not the one that an interrupted run was begun with
 */
export async function* trainOnBlocks<Data extends object, Metrics extends object>(
  net: Learner<Data, Metrics>,
  blocks: Blocks<Data>,
  { passes, validation, ...options }: BlockOptions<Data>,
): AsyncGenerator<PassReport<Metrics>, void, undefined> {
  if (!Number.isSafeInteger(passes) || passes < 0) {
    throw new RunError("bad-option", `\`passes\` is ${passes}.`, "Use a whole number from 0.");
  }
  // Blocks since the parameters were drawn, learnt from or passed over.
  let behind = 0;
  for (let pass = 1; pass <= passes; pass++) {
    const first = behind;
    const sums = new Map<string, number>();
    let [loss, examples] = [0, 0];
    let last: EpochReport<Metrics> | null = null;
    for await (const block of blocks()) {
      behind++;
      if (behind <= net.epoch) continue;
      for await (const report of net.train(block, { ...options, until: behind })) last = report;
      // Aborted: between two steps, to be gone on with.
      if (net.epoch < behind || last === null) return;
      examples += last.examples;
      loss += last.examples * last.loss;
      for (const [name, value] of Object.entries(last.metrics)) {
        sums.set(name, (sums.get(name) ?? 0) + last.examples * Number(value));
      }
    }
    if (behind === first) throw new RunError("bad-option", "A pass has no blocks.", "Begin every pass anew.");
    // A pass that a checkpoint has behind it is not reported again.
    if (last === null) continue;
    // The members are those of the last block's metrics.
    const metrics = Object.fromEntries([...sums].map(([name, sum]) => [name, sum / examples])) as Metrics;
    yield {
      pass,
      passes,
      blocks: behind - first,
      step: net.step,
      loss: loss / examples,
      metrics,
      validation: validation === undefined ? null : net.evaluate(validation),
    };
  }
}
