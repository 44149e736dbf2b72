/**
 * Owns: `npm run fuzz:sources -- --sources N --seed S --shards K`: hostile sources through everything that reads or
 * compiles a page, on K processes. Each must end in a module or in diagnostics, within two seconds, and nothing of it may
 * become code (test/hostile says what exactly). A source that breaks this is told with the command that replays it; that
 * command, of one source, also prints it, and as small as it can be made. Exit code 1 if there was one.
 */

import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { examineCase } from "../test/hostile/support/examine-case.ts";
import { hostileCase, readSeedPages } from "../test/hostile/support/hostile-case.ts";
import { shrinkCase } from "../test/hostile/support/shrink-case.ts";

/** A process that says nothing for so long hangs in its source. A busy machine may give it two seconds in a minute. */
const patience = 120_000;

/** What a shard says: the seed it begins with, or what came of it. */
interface Beginning {
  readonly seed: number;
}
interface Result extends Beginning {
  readonly complaint: string | null;
  readonly milliseconds: number;
  readonly compiled: boolean;
  readonly codes: readonly string[];
}

const { values } = parseArgs({
  options: {
    sources: { type: "string", default: "1000" },
    seed: { type: "string", default: "0" },
    shards: { type: "string", default: String(Math.min(2, availableParallelism())) },
  },
});
const count = whole("sources", values.sources);
const first = whole("seed", values.seed);
const shards = Math.max(1, Math.min(whole("shards", values.shards), count));

if (process.send !== undefined) runShard();
else if (count === 1) replay();
else await runAll();

/** In a shard: every `shards`th seed from `first` on. */
function runShard(): void {
  const pages = readSeedPages();
  const say = (message: Beginning | Result): void => void process.send?.(message);
  for (let seed = first; seed < first + count && process.connected; seed += shards) {
    say({ seed });
    const verdict = examineCase(hostileCase(pages, seed));
    say({ seed, ...verdict });
  }
  process.disconnect();
}

function replay(): void {
  const found = hostileCase(readSeedPages(), first);
  const { complaint, milliseconds } = examineCase(found);
  process.stdout.write(`${JSON.stringify({ ...found, others: undefined, text: undefined })}\n${found.text}\n`);
  if (complaint === null) {
    process.stdout.write(`answered as it should be, in ${milliseconds.toFixed(0)} ms\n`);
    return;
  }
  const kind = firstLine(complaint);
  const smallest = shrinkCase(found, (smaller) => firstLine(examineCase(smaller).complaint ?? "") === kind, 60);
  process.stdout.write(`${complaint}\n\nsmallest source that is answered so:\n\n${smallest.text}\n`);
  process.exitCode = 1;
}

async function runAll(): Promise<void> {
  const started = performance.now();
  const codes = new Map<string, number>();
  let examined = 0;
  let broken = 0;
  let modules = 0;
  let slowest = { milliseconds: 0, seed: first };
  const complain = (seed: number, complaint: string): void => {
    broken++;
    process.stdout.write(`seed ${seed}: ${complaint}\n  npm run fuzz:sources -- --sources 1 --seed ${seed}\n`);
  };
  const note = ({ seed, complaint, milliseconds, compiled, codes: told }: Result): void => {
    examined++;
    if (compiled) modules++;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, seed };
    for (const code of told) codes.set(code, (codes.get(code) ?? 0) + 1);
    if (complaint !== null) complain(seed, complaint);
    if (examined % 1000 !== 0) return;
    const rate = (1000 * examined) / (performance.now() - started);
    process.stdout.write(`${examined} of ${count} sources, ${broken} broken, ${rate.toFixed(0)}/s\n`);
  };
  await Promise.all(Array.from({ length: shards }, (_, k) => keepRunning(first + k, note, complain)));
  process.stdout.write(
    `${examined} sources from seed ${first}: ${broken} broken, ${modules} compiled, ${codes.size} kinds of diagnostics; ` +
      `slowest ${slowest.milliseconds.toFixed(0)} ms (seed ${slowest.seed})\n`,
  );
  process.exitCode = broken === 0 ? 0 : 1;
}

/** One shard; a process that hangs or dies in a source is replaced by one that goes on behind it. */
async function keepRunning(
  from: number,
  note: (result: Result) => void,
  complain: (seed: number, complaint: string) => void,
): Promise<void> {
  for (let next: number | null = from; next !== null && next < first + count; ) {
    const seed: number = next;
    const { stoppedAt, reason } = await runProcess(seed, note);
    if (stoppedAt !== null) complain(stoppedAt, reason);
    next = stoppedAt === null ? null : stoppedAt + shards;
  }
}

function runProcess(
  from: number,
  note: (result: Result) => void,
): Promise<{ readonly stoppedAt: number | null; readonly reason: string }> {
  const length = first + count - from;
  const args = ["--sources", `${length}`, "--seed", `${from}`, "--shards", `${shards}`];
  // Young objects die in a larger nursery before they cost anything: a tenth of the time.
  const execArgv = [...process.execArgv, "--max-semi-space-size=64"];
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), args, { execArgv });
  let current: number | null = from;
  let reason = "the process ended";
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve) => {
    const listen = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        reason = `no answer within ${patience / 1000} s`;
        child.kill("SIGKILL");
      }, patience);
    };
    listen();
    child.on("message", (message: Beginning | Result) => {
      listen();
      if ("complaint" in message) {
        current = null;
        note(message);
      } else current = message.seed;
    });
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve({ stoppedAt: code === 0 ? null : current, reason });
    });
  });
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`--${option} ${text} is not a whole number`);
  return value;
}
