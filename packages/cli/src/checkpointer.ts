/** Owns: when a run's checkpoints are written. At any moment the file is whole: that of some moment between two steps. */

import type { Trainable } from "./emitted-model.ts";
import { writeWhole } from "./files.ts";
import type { Io } from "./io.ts";

/** Without a wish, a run that ends by force loses about this much work. */
const millisecondsBetween = 2000;

export class Checkpointer {
  readonly #write: () => Promise<void>;
  readonly #every: number | null;
  readonly #timer: ReturnType<typeof setInterval> | null;
  #pending: Promise<void> = Promise.resolve();
  #idle = true;
  #failure: { readonly error: unknown } | null = null;

  /** @param every epochs between two checkpoints; null: by the clock, within epochs too */
  constructor(io: Io, path: string, net: Trainable, every: number | null, written: (epoch: number) => void) {
    this.#every = every;
    this.#write = async () => {
      const epoch = net.epoch;
      await writeWhole(io, path, net.checkpoint());
      written(epoch);
    };
    // A write that is still under way when its time comes again is a slow disk: one at a time is enough.
    this.#timer = every === null ? setInterval(() => this.#idle && this.#enqueue(), millisecondsBetween) : null;
  }

  /** To be called after every epoch. @throws Failure if an earlier write failed */
  async afterEpoch(epoch: number): Promise<void> {
    if (this.#every !== null && epoch % this.#every === 0) await this.flush();
    else this.#rethrow();
  }

  /** Writes where the run stands now. @throws Failure */
  async flush(): Promise<void> {
    this.#enqueue();
    await this.#pending;
    this.#rethrow();
  }

  /** Ends the clock; nothing is written after what is under way. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#pending;
  }

  #enqueue(): void {
    this.#idle = false;
    this.#pending = this.#pending
      .then(this.#write)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#idle = true;
      });
  }

  #rethrow(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
