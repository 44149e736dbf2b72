/** Training from the command line: what it says, what it writes, how it is interrupted and goes on. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../src/index.ts";
import { classes, gender, people, points } from "./networks.ts";
import { adjoint, fakeIo, temporaryFolder } from "./support.ts";

const files = { "gender.adj": gender, "people.csv": people, "classes.adj": classes, "points.csv": points };

test("says what it does and writes the parameters", async () => {
  const { exitCode, stdout, stderr, folder } = await adjoint(["train", "gender.adj", "-d", "people.csv"], { files });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^Gender: 9 weights, 4 examples\nsgd, rate 0\.1, batch 1, to epoch 50\n/);
  expect(stderr).toMatch(/\nepoch 48\/50 {2}loss 0\.\d+\nepoch 50\/50 {2}loss 0\.\d+\n$/);
  expect(stdout).toMatch(
    /^loss, epochs 1 to 50\n( +0\.\d+ [┤┼].*\n){9}\nGender: loss 0\.\d+ after 50 epochs, in \d+.*s\n/,
  );
  expect(stdout).toMatch(/\nwrote gender\.safetensors, \d+ bytes\n$/);
  expect(readdirSync(folder).sort()).toEqual([...Object.keys(files), "gender.safetensors"].sort());
});

test("tells a program everything as JSON lines, and nothing else", async () => {
  const argv = ["train", "classes.adj", "-d", "points.csv", "--validation", "points.csv", "--epochs", "3", "--json"];
  const { exitCode, json, stderr } = await adjoint([...argv, "--checkpoint", "run.ckpt", "--every", "2"], { files });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const lines = json();
  expect(lines[0]).toMatchObject({
    event: "begin",
    model: "Classes",
    page: "classes.adj",
    parameters: 27,
    examples: 7,
    validationExamples: 7,
    optimizers: [{ name: "adam", settings: { rate: 0.05 }, patterns: [] }],
    from: 0,
    until: 3,
    batch: 2,
    seed: 0,
  });
  const measured = { loss: expect.any(Number), metrics: { accuracy: expect.any(Number) } };
  const epoch = (n: number) => ({
    event: "epoch",
    epoch: n,
    epochs: 3,
    step: 4 * n,
    ...measured,
    validation: measured,
  });
  expect(lines.slice(1)).toMatchObject([
    epoch(1),
    epoch(2),
    { event: "checkpoint", path: "run.ckpt", epoch: 2 },
    epoch(3),
    { event: "checkpoint", path: "run.ckpt", epoch: 3 },
    { event: "end", epoch: 3, ...measured, out: "classes.safetensors" },
  ]);
});

test("on a terminal, draws a bar with loss, curve, settings and time left", async () => {
  const { exitCode, stderr } = await adjoint(["train", "gender.adj", "-d", "people.csv"], { files, terminal: true });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/█+.*50\/50.*loss 0\.\d+.*[▁▂▃▄▅▆▇█]+.*rate 0\.1/);
});

test("--epochs, --batch, --seed and --set take the place of what the page says", async () => {
  const argv = ["train", "classes.adj", "-d", "points.csv", "--epochs", "2", "--batch", "7", "--seed", "5"];
  const { json } = await adjoint([...argv, "--set", "hidden=8", "--json", "--no-out"], { files });
  expect(json()[0]).toMatchObject({ parameters: 51, until: 2, batch: 7, seed: 5 });
  expect(json().at(-1)).toMatchObject({ event: "end", epoch: 2, out: null });
});

test("--no-out writes nothing, --out writes there", async () => {
  const first = await adjoint(["train", "gender.adj", "-d", "people.csv", "--no-out"], { files });
  expect(first.stdout).not.toContain("wrote");
  expect(existsSync(join(first.folder, "gender.safetensors"))).toBe(false);
  const second = await adjoint(["train", "gender.adj", "-d", "people.csv", "--out", "p.safetensors"], { files });
  expect(second.bytes("p.safetensors").length).toBeGreaterThan(72);
});

test("the same seed gives the same bytes, another seed others", async () => {
  const trained = async (seed: string): Promise<Uint8Array> => {
    const argv = ["train", "classes.adj", "-d", "points.csv", "--epochs", "5", "--seed", seed];
    return (await adjoint(argv, { files })).bytes("classes.safetensors");
  };
  const [first, again, other] = [await trained("1"), await trained("1"), await trained("2")];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test("--target wasm takes the same course in WebAssembly, with any number of threads", async () => {
  const train = ["train", "classes.adj", "-d", "points.csv", "--epochs", "5", "--batch", "7"];
  const losses = async (...more: string[]): Promise<number[]> => {
    const { exitCode, stderr, json } = await adjoint([...train, "--json", "--no-out", ...more], { files });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return json().flatMap((line) => {
      const report = typeof line === "object" && line !== null ? line : {};
      return "event" in report && report.event === "epoch" && "loss" in report ? [Number(report.loss)] : [];
    });
  };
  const plain = await losses();
  expect(plain).toHaveLength(5);
  for (const [more, digits] of [
    [["--target", "wasm", "--precision", "f64"], 10],
    [["--target", "wasm"], 4],
    [["--target", "wasm", "--threads", "2"], 4],
  ] as const) {
    for (const [k, loss] of (await losses(...more)).entries()) expect(loss).toBeCloseTo(plain[k] ?? Number.NaN, digits);
  }
  const { stderr } = await adjoint([...train, "--target", "wasm", "--threads", "2"], { files });
  expect(stderr).toContain("batch 7, as WebAssembly in 2 threads, to epoch 5");
});

test("threads that there cannot be are refused", async () => {
  const train = ["train", "noisy.adj", "-d", "people.csv", "--threads", "2"];
  const noisy = gender.replace("o = dense(h", "o = dense(dropout(h)");
  const unknown = await adjoint(train, { files: { ...files, "noisy.adj": gender } });
  expect(unknown).toMatchObject({ exitCode: 2 });
  expect(unknown.stderr).toContain("--threads is for WebAssembly: TypeScript runs in one thread");
  const drawn = await adjoint([...train, "--target", "wasm"], { files: { ...files, "noisy.adj": noisy } });
  expect(drawn).toMatchObject({ exitCode: 1 });
  expect(drawn.stderr).toContain("its examples must neither see each other nor draw");
});

test("a run in two parts ends as the run in one", async () => {
  const train = ["train", "classes.adj", "-d", "points.csv"];
  const whole = await adjoint([...train, "--epochs", "9"], { files });
  const { folder } = await adjoint([...train, "--epochs", "4", "--checkpoint", "run.ckpt"], { files });
  const rest = await adjoint([...train, "--epochs", "9", "--resume", "run.ckpt"], { folder });
  expect(rest.exitCode).toBe(0);
  expect(rest.stderr).toContain("to epoch 9, resumed after epoch 4");
  expect(rest.bytes("classes.safetensors")).toEqual(whole.bytes("classes.safetensors"));
  const again = await adjoint([...train, "--epochs", "9", "--resume", "run.ckpt"], { folder });
  expect(again.stdout).toContain("nothing to do: the run has completed 9 epochs already");
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s leaves a checkpoint and ends with %d; the resumed run ends as one", async (signal, code) => {
  const train = ["train", "classes.adj", "-d", "points.csv", "--epochs", "400"];
  const whole = await adjoint(train, { files });
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const io = fakeIo(folder, { onStderr: (text) => text.includes("epoch 40/400") && io.interrupt(signal) });
  expect(await run(train, io)).toBe(code);
  expect(io.written.stderr).toMatch(/interrupted after 40 epochs; the run is kept in classes\.ckpt\n/);
  expect(io.written.stderr).toContain("adjoint train classes.adj --data points.csv --resume classes.ckpt");
  expect(existsSync(join(folder, "classes.safetensors"))).toBe(false);
  const rest = await adjoint([...train, "--resume", "classes.ckpt"], { folder });
  expect(rest.exitCode).toBe(0);
  expect(rest.bytes("classes.safetensors")).toEqual(whole.bytes("classes.safetensors"));
});

test("a loss that becomes NaN ends the run, saves nothing and says what helps", async () => {
  const steep = gender.replace("activation: sigmoid", "").replace("rate: 0.1", "rate: 1e200");
  const { exitCode, stderr, folder } = await adjoint(["train", "gender.adj", "-d", "people.csv"], {
    files: { ...files, "gender.adj": steep },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/error\[diverged\]: the loss became NaN in epoch \d+; nothing was saved/);
  expect(stderr).toContain("try a rate below 1e+200");
  expect(existsSync(join(folder, "gender.safetensors"))).toBe(false);
});

test("refused data end with 1, before anything is written", async () => {
  const { exitCode, stderr, folder } = await adjoint(["train", "classes.adj", "-d", "d.csv"], {
    files: { ...files, "d.csv": "x0,x1,label\n1,2,3\n" },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("error[refused-data]: d.csv: 1 value can't be used");
  expect(stderr).toContain('line 2, column label: "3" is no class: the 3 classes are 0 … 2');
  expect(readdirSync(folder).filter((name) => name.endsWith("safetensors"))).toEqual([]);
});

test("a model without loss or without train says what is missing", async () => {
  const bare = gender.slice(0, gender.indexOf("  loss")).concat("}\n").replace("  target y[1]\n", "");
  const noLoss = await adjoint(["train", "net.adj", "-d", "d.csv"], {
    files: { "net.adj": bare, "d.csv": "x0,x1\n1,2\n" },
  });
  expect(noLoss).toMatchObject({ exitCode: 1 });
  expect(noLoss.stderr).toContain("error[no-loss]: the model Gender has no loss");
  const noTrain = await adjoint(["train", "net.adj", "-d", "people.csv"], {
    files: { ...files, "net.adj": gender.replace(/ {2}train .*\n/, "") },
  });
  expect(noTrain).toMatchObject({ exitCode: 1 });
  expect(noTrain.stderr).toContain("error[no-optimizer]: the model Gender says nothing about its training");
});

test.each([
  ["cut short", (bytes: Uint8Array) => bytes.slice(0, bytes.length - 9)],
  [
    "of another model",
    (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString("latin1").replace("Classes", "Klasses"), "latin1"),
  ],
  ["empty", () => new Uint8Array()],
  ["no safetensors file", () => Buffer.from("hello, world: this is no checkpoint at all")],
])("a checkpoint %s is refused, and left as it is", async (_, spoil) => {
  const train = ["train", "classes.adj", "-d", "points.csv", "--epochs", "3"];
  const { folder, bytes } = await adjoint([...train, "--checkpoint", "run.ckpt"], { files });
  const spoiled = spoil(bytes("run.ckpt"));
  writeFileSync(join(folder, "run.ckpt"), spoiled);
  const { exitCode, stderr } = await adjoint([...train, "--resume", "run.ckpt"], { folder });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error\[[a-z-]+\]: .+\n {2}= help: .+\n$/);
  expect(readFileSync(join(folder, "run.ckpt"))).toEqual(Buffer.from(spoiled));
});

test("parameters can't be resumed from, and a checkpoint of other sizes neither", async () => {
  const train = ["train", "classes.adj", "-d", "points.csv", "--epochs", "3"];
  const { folder } = await adjoint([...train, "--checkpoint", "run.ckpt"], { files });
  const saved = await adjoint([...train, "--resume", "classes.safetensors"], { folder });
  expect(saved).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("error[not-a-checkpoint]") });
  const other = await adjoint([...train, "--resume", "run.ckpt", "--set", "hidden=5"], { folder });
  expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("error[wrong-shape]") });
});

test("a checkpoint that can't be written ends the run with the reason", async () => {
  const argv = ["train", "gender.adj", "-d", "people.csv", "--checkpoint", "none/run.ckpt", "--every", "1"];
  const { exitCode, stderr } = await adjoint(argv, { files });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("error[unwritable-file]: cannot write none/run.ckpt: there is no such file or folder");
});
