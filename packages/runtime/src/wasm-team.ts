/**
 * Owns: workers that share the examples of a batch. All run a network's code in the network's memory, where each has a
 * gradient and scratch of its own. Who does which examples depends on nothing but their number, and gradients are added in
 * the order of the workers: so many workers, so many bits, always the same.
 */

import type { Columns } from "./definition.ts";
import { RunError } from "./error.ts";
import type { ThreadWorker } from "./report.ts";
import type { NumericArray } from "./tensor.ts";
import { serveBlocks, type WasmTask } from "./wasm-code.ts";

/** A thread that can be ended, in Node or in a browser. */
interface WasmWorker {
  terminate(): unknown;
}

declare const process:
  | {
      readonly getBuiltinModule?: (name: string) => {
        readonly Worker: new (
          text: string,
          options: { eval: true },
        ) => WasmWorker & {
          postMessage(message: unknown): void;
          on(event: "message" | "error", listener: (value: unknown) => void): void;
          unref(): void;
        };
      };
    }
  | undefined;
declare const Blob: new (parts: readonly string[], options: { type: string }) => object;
declare const URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
declare const Worker: (new (url: string) => ThreadWorker) | undefined;

/** Of `count` examples the first that is not among the first `parts` of `threads` shares, which are whole blocks. */
export function shareOf(parts: number, threads: number, count: number, block: number): number {
  const blocks = Math.ceil(count / block);
  return Math.min(count, block * Math.floor((parts * blocks) / threads));
}

/** Workers that wait for batches of one data set. */
export class WasmTeam {
  /** The columns whose examples the team has. */
  readonly columns: Columns;
  readonly #workers: readonly WasmWorker[];
  readonly #tasks: readonly WasmTask[];
  #jobs = 0;

  private constructor(columns: Columns, tasks: readonly WasmTask[], workers: readonly WasmWorker[]) {
    this.columns = columns;
    this.#tasks = tasks;
    this.#workers = workers;
  }

  /**
   * Starts `size` workers. @throws {RunError} where there is no shared memory, or no worker can be had
   * @param stride bytes from one thread's own memory to the next one's
   * @param batch the most examples of a job
   * @param worker makes a worker that serves; null where it is made here
   */
  static async start(
    size: number,
    task: Omit<WasmTask, "id" | "start" | "control" | "job" | "order" | "columns">,
    stride: number,
    columns: Columns,
    batch: number,
    worker: (() => ThreadWorker) | null,
  ): Promise<WasmTeam> {
    if (typeof SharedArrayBuffer === "undefined") {
      const remedy = "Serve the page with COOP and COEP headers, or train without `threads`.";
      throw new RunError("no-threads", "There is no memory that threads could share here.", remedy);
    }
    const common = {
      ...task,
      control: new Int32Array(new SharedArrayBuffer(4 * (2 + size))),
      job: new Float64Array(new SharedArrayBuffer(24 * size)),
      order: new Uint32Array(new SharedArrayBuffer(4 * batch)),
      columns: columns.map(sharedCopy),
    };
    const tasks = Array.from({ length: size }, (_, id): WasmTask => ({ ...common, id, start: (id + 1) * stride }));
    return new WasmTeam(columns, tasks, await Promise.all(tasks.map((each) => startWorker(each, worker))));
  }

  /** Divides `count` examples, order[first], … (without an order, first, …), among the caller and the workers. */
  begin(order: Uint32Array | null, first: number, count: number): void {
    const [task] = this.#tasks;
    if (task === undefined) return;
    const threads = this.#tasks.length + 1;
    for (let k = 0; k < count; k++) task.order[k] = order === null ? first + k : (order[first + k] ?? 0);
    for (const { id, job } of this.#tasks) {
      job[3 * id] = shareOf(id + 1, threads, count, task.block);
      job[3 * id + 1] = shareOf(id + 2, threads, count, task.block);
    }
    this.#jobs++;
    Atomics.store(task.control, 0, this.#jobs);
    Atomics.notify(task.control, 0);
  }

  /** Waits for all, and returns the sum of their losses. */
  end(): number {
    let loss = 0;
    for (const { id, control, job } of this.#tasks) {
      awaitJob(control, 2 + id, this.#jobs);
      loss += job[3 * id + 2] ?? 0;
    }
    return loss;
  }

  /** Ends the workers. */
  dismiss(): void {
    const [task] = this.#tasks;
    if (task === undefined) return;
    Atomics.store(task.control, 1, 1);
    Atomics.store(task.control, 0, this.#jobs + 1);
    Atomics.notify(task.control, 0);
    for (const worker of this.#workers) worker.terminate();
  }
}

/** Returns once `control[at]` is `job`: at first by looking, then, where this thread may sleep, asleep. */
function awaitJob(control: Int32Array, at: number, job: number): void {
  let sleeps = true;
  for (let looks = 0; ; looks++) {
    const done = Atomics.load(control, at);
    if (done === job) return;
    if (looks < 20_000 || !sleeps) continue;
    try {
      Atomics.wait(control, at, done);
    } catch {
      // A browser's main thread may not sleep.
      sleeps = false;
    }
  }
}

/** The same numbers, where threads can see them. */
function sharedCopy(column: NumericArray): NumericArray {
  const buffer = new SharedArrayBuffer(column.byteLength);
  new Uint8Array(buffer).set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  if (column instanceof Float64Array) return new Float64Array(buffer);
  if (column instanceof Float32Array) return new Float32Array(buffer);
  if (column instanceof Int8Array) return new Int8Array(buffer);
  if (column instanceof Uint8Array) return new Uint8Array(buffer);
  if (column instanceof Uint8ClampedArray) return new Uint8ClampedArray(buffer);
  if (column instanceof Int16Array) return new Int16Array(buffer);
  if (column instanceof Uint16Array) return new Uint16Array(buffer);
  if (column instanceof Int32Array) return new Int32Array(buffer);
  return new Uint32Array(buffer);
}

/** A worker that is ready for jobs. @throws {RunError} */
async function startWorker(task: WasmTask, made: (() => ThreadWorker) | null): Promise<WasmWorker> {
  const refuse = (reason: unknown): RunError => {
    const remedy = "Train without `threads`, or, where a page's policy forbids workers of `blob:`, with `worker`.";
    return new RunError("no-threads", `A worker could not be started: ${String(reason)}.`, remedy);
  };
  const serve = `(${serveBlocks.toString()})`;
  const builtin = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:worker_threads");
  return new Promise((resolve, reject) => {
    if (builtin !== undefined && made === null) {
      const listen = `const { parentPort: port } = require("node:worker_threads");`;
      const text = `${listen} port.once("message", (task) => ${serve}(task, () => port.postMessage("ready")));`;
      const worker = new builtin.Worker(text, { eval: true });
      worker.on("message", () => {
        // A team that nobody dismisses keeps no process alive.
        worker.unref();
        resolve(worker);
      });
      worker.on("error", (error) => reject(refuse(error)));
      worker.postMessage(task);
      return;
    }
    if (made === null && typeof Worker === "undefined") {
      reject(refuse("there are none here"));
      return;
    }
    const text = `onmessage = ({ data }) => ${serve}(data, () => postMessage("ready"));`;
    const worker = made === null ? workerOf(text) : made();
    worker.addEventListener("message", () => resolve(worker));
    worker.addEventListener("error", () => reject(refuse("the browser refused it")));
    worker.postMessage(task);
  });
}

/** A browser's worker that runs a text. */
function workerOf(text: string): ThreadWorker {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  if (Worker === undefined) throw new RangeError("a browser has workers");
  const worker = new Worker(url);
  worker.addEventListener("message", () => URL.revokeObjectURL(url));
  return worker;
}
