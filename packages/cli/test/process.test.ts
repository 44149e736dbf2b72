/** The command as a process: exit codes, signals, SIGKILL at any time, pipes that close. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { classes, gender, people, points } from "./networks.ts";
import { temporaryFolder } from "./support.ts";

let bundle = "";
let main = "";

// The sources in one file, so that what runs is never an old build.
beforeAll(async () => {
  bundle = mkdtempSync(join(tmpdir(), "adjoint-bundle-"));
  main = join(bundle, "main.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../src/main.ts", import.meta.url))],
    outfile: main,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["source"],
    // What CommonJS packages among the dependencies expect around them.
    banner: {
      js: [
        'import { createRequire } from "node:module";',
        "const [require, __filename] = [createRequire(import.meta.url), import.meta.filename ?? '/main.mjs'];",
      ].join(" "),
    },
    logLevel: "error",
  });
});

afterAll(() => rmSync(bundle, { recursive: true, force: true }));

const files = { "gender.adj": gender, "people.csv": people, "classes.adj": classes, "points.csv": points };

function folderWithFiles(): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output holds the text. */
  readonly says: (text: string) => Promise<void>;
}

function start(folder: string, argv: readonly string[]): Running {
  const child = spawn(process.execPath, [main, ...argv], { cwd: folder });
  let [stdout, stderr] = ["", ""];
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const listener = () => {
        if (!stdout.includes(text)) return;
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
      listener();
      void ended.then(({ stderr: said }) => reject(new Error(`ended without saying ${text}: ${said}`)));
    });
  return { child, ended, says };
}

const train = (epochs: number): readonly string[] => {
  return ["train", "classes.adj", "-d", "points.csv", "--epochs", String(epochs), "--json"];
};
const parametersOf = (folder: string): Buffer => readFileSync(join(folder, "classes.safetensors"));

async function uninterrupted(epochs: number): Promise<Buffer> {
  const folder = folderWithFiles();
  expect(await start(folder, train(epochs)).ended).toMatchObject({ code: 0, stderr: "" });
  return parametersOf(folder);
}

test.each([
  [["compile", "gender.adj"], 0],
  [["train", "gender.adj", "-d", "people.csv", "--epochs", "5"], 0],
  [["summary", "none.adj"], 1],
  [["summry"], 2],
  [["--help"], 0],
])("%j ends with %d", async (argv, code) => {
  expect(await start(folderWithFiles(), argv).ended).toMatchObject({ code, signal: null });
});

test("killed by SIGKILL again and again, a run ends in the parameters of one that wasn't", async () => {
  const expected = await uninterrupted(200);
  const folder = folderWithFiles();
  const argv = [...train(200), "--checkpoint", "run.ckpt", "--every", "1"];
  let resumed = 0;
  for (const after of [1, 20, 60, 100, 150]) {
    const resume = existsSync(join(folder, "run.ckpt")) ? ["--resume", "run.ckpt"] : [];
    resumed += resume.length / 2;
    const run = start(folder, [...argv, ...resume]);
    await run.says(`"event":"checkpoint","path":"run.ckpt","epoch":${after}`);
    run.child.kill("SIGKILL");
    expect(await run.ended).toMatchObject({ code: null, signal: "SIGKILL" });
    expect(existsSync(join(folder, "classes.safetensors"))).toBe(false);
  }
  expect(resumed).toBe(4);
  expect(await start(folder, [...argv, "--resume", "run.ckpt"]).ended).toMatchObject({ code: 0, stderr: "" });
  expect(parametersOf(folder)).toEqual(expected);
});

test("Ctrl-C leaves a whole checkpoint and ends with 130; the resumed run ends as one", async () => {
  const folder = folderWithFiles();
  const run = start(folder, train(1e9));
  await run.says('"event":"epoch","epoch":50,');
  run.child.kill("SIGINT");
  const ended = await run.ended;
  expect(ended).toMatchObject({ code: 130, signal: null, stderr: "" });
  const last: unknown = JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "");
  expect(last).toMatchObject({ event: "interrupted", signal: "SIGINT", checkpoint: "classes.ckpt" });
  const [, completed] = /"epoch":(\d+)/.exec(JSON.stringify(last)) ?? [];
  const epochs = Number(completed) + 10;
  expect(await start(folder, [...train(epochs), "--resume", "classes.ckpt"]).ended).toMatchObject({ code: 0 });
  expect(parametersOf(folder)).toEqual(await uninterrupted(epochs));
});

test("nothing but the files asked for is left in the folder", async () => {
  const folder = folderWithFiles();
  await start(folder, ["train", "gender.adj", "-d", "people.csv", "--checkpoint", "run.ckpt", "--every", "1"]).ended;
  expect(readdirSync(folder).sort()).toEqual([...Object.keys(files), "gender.safetensors", "run.ckpt"].sort());
});

test.each(["stdout", "stderr"] as const)("a reader that closes %s early is no error", async (stream) => {
  const run = start(folderWithFiles(), ["train", "classes.adj", "-d", "points.csv", "--epochs", "2000"]);
  run.child[stream]?.destroy();
  expect(await run.ended).toMatchObject({ code: 0, signal: null });
});
