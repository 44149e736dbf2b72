/** Training held against other examples: validation, patience, the best epoch, normalised inputs, the history. */

import { expect, test } from "vitest";
import { classes } from "./networks.ts";
import { adjoint, type Outcome } from "./support.ts";

/** 30 points of three classes, in units of their own: 1000 and 50 per step. Four labels are wrong: one can learn too much. */
const points = [
  "x0,x1,label",
  ...Array.from({ length: 30 }, (_, n) => {
    const [angle, label] = [n * 2.1, n % 3];
    const told = n % 7 === 6 ? (label + 1) % 3 : label;
    return `${1000 + 50 * (2 * Math.cos(2 * label) + Math.cos(angle) / 2)},${2 * Math.sin(2 * label) + Math.sin(angle) / 2},${told}`;
  }),
].join("\n");

const files = { "classes.adj": classes, "points.csv": points };
const train = ["train", "classes.adj", "-d", "points.csv"];

type Event = Readonly<Record<string, unknown>>;

/** The events of one kind. */
function events(outcome: Outcome, kind: string): readonly Event[] {
  return outcome.json().filter((line): line is Event => Object(line).event === kind);
}

test("a share of the data is held out, the same whatever the seed", async () => {
  const run = (seed: string) =>
    adjoint([...train, "--validation", "0.2", "--seed", seed, "--epochs", "0", "--json"], { files });
  const [first, second] = [await run("1"), await run("2")];
  expect(first.json()[0]).toMatchObject({ examples: 24, validationExamples: 6 });
  const measured = async (folder: string) => {
    const held = ["train", "classes.adj", "-d", "points.csv", "--validation", "0.2", "--epochs", "1", "--seed", "1"];
    return events(await adjoint([...held, "--json"], { folder }), "epoch");
  };
  expect(await measured(first.folder)).toMatchObject(
    (await measured(second.folder)).map(({ validation }) => ({ validation })),
  );
});

test("a share that is none is refused", async () => {
  for (const share of ["0", "1", "-0.5", "0.001e3"]) {
    const { exitCode, stderr } = await adjoint([...train, `--validation=${share}`], { files });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("error[bad-option]") });
  }
});

test("patience ends a run, and the parameters of the best epoch are saved", async () => {
  const rising = [...train, "--validation", "0.3", "--normalise", "--epochs", "500", "--patience", "4"];
  const outcome = await adjoint([...rising, "--json"], { files });
  const epochs = events(outcome, "epoch");
  const end = events(outcome, "end")[0];
  const losses = epochs.map(({ validation }) => Number(Object(validation).loss));
  const best = losses.indexOf(Math.min(...losses)) + 1;
  expect(epochs).toHaveLength(best + 4);
  expect(end).toMatchObject({ epoch: best + 4, best });
  // The run of as many epochs ends in the same parameters.
  const short = await adjoint([...train, "--validation", "0.3", "--normalise", "--epochs", String(best)], { files });
  expect(short.bytes("classes.safetensors")).toEqual(outcome.bytes("classes.safetensors"));
  const told = await adjoint(rising, { files });
  expect(told.stderr).toContain("Classes: 27 weights, 21 examples, 9 for validation, x normalised\n");
  expect(told.stdout).toContain(`\nbest: epoch ${best}, loss `);
});

test("where nothing is learnt, or nothing is a number, there is no best", async () => {
  const none = await adjoint([...train, "--best", "--epochs", "0"], { files });
  expect(none).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("nothing to do") });
  const odd = classes.replace("metric accuracy(z, label)", "metric odd = log(0 * z[0] - 1)");
  const outcome = await adjoint([...train, "--best", "--monitor", "odd"], { files: { ...files, "classes.adj": odd } });
  expect(outcome).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("error[no-best]: no epoch was the best"),
  });
});

test("--best and --monitor choose what counts", async () => {
  const argv = [...train, "--validation", "0.3", "--epochs", "12", "--best", "--monitor", "accuracy:max", "--json"];
  const outcome = await adjoint(argv, { files });
  const accuracies = events(outcome, "epoch").map(({ validation }) =>
    Number(Object(Object(validation).metrics).accuracy),
  );
  const best = accuracies.indexOf(Math.max(...accuracies)) + 1;
  expect(events(outcome, "end")[0]).toMatchObject({ epoch: 12, best });
});

test("a run in two parts ends as the run in one, in its best epoch, its patience and its normalisation", async () => {
  const options = ["--validation", "0.3", "--patience", "6"];
  const whole = await adjoint([...train, ...options, "--normalise", "--epochs", "300", "--json"], { files });
  const checkpoint = ["--checkpoint", "run.ckpt", "--normalise"];
  const { folder } = await adjoint([...train, ...options, ...checkpoint, "--epochs", "3"], { files });
  const rest = await adjoint([...train, ...options, "--resume", "run.ckpt", "--epochs", "300", "--json"], { folder });
  expect(events(rest, "end")[0]).toMatchObject({
    epoch: events(whole, "end")[0]?.["epoch"],
    best: events(whole, "end")[0]?.["best"],
  });
  expect(rest.bytes("classes.safetensors")).toEqual(whole.bytes("classes.safetensors"));
});

test.each(["standard", "range"])(
  "inputs normalised by %s: eval and explain take data in their own units",
  async (kind) => {
    const outcome = await adjoint([...train, "--normalise", kind, "--epochs", "40", "--json"], { files });
    expect(events(outcome, "epoch").at(-1)).toMatchObject({ metrics: { accuracy: expect.closeTo(26 / 30, 6) } });
    const { folder } = outcome;
    const given = ["classes.adj", "-p", "classes.safetensors", "-d", "points.csv", "--json"];
    const [evaluated] = (await adjoint(["eval", ...given], { folder })).json();
    expect(evaluated).toMatchObject({ metrics: { accuracy: expect.closeTo(26 / 30, 6) } });
    const [explained] = (await adjoint(["explain", ...given, "--wrt", "h.b[0]", "--example", "3"], { folder })).json();
    const one = `${points.split("\n")[0]}\n${points.split("\n")[4]}\n`;
    const alone = await adjoint(["eval", "classes.adj", "-p", "classes.safetensors", "-d", "one.csv", "--json"], {
      folder,
      files: { "one.csv": one },
    });
    expect(Object(explained).total).toBeCloseTo(Object(Object(alone.json()[0]).gradients)["h.b"][0], 12);
  },
);

test("the history is written as the file's name says", async () => {
  const argv = [...train, "--validation", "0.2", "--epochs", "3", "--json"];
  const csv = await adjoint([...argv, "--history", "run.csv"], { files });
  const [header, ...lines] = csv.text("run.csv").trimEnd().split("\n");
  expect(header).toBe("epoch,step,loss,accuracy,validation_loss,validation_accuracy");
  const json = await adjoint([...argv, "--history", "run.json"], { files });
  const reports: readonly Event[] = JSON.parse(json.text("run.json"));
  expect(reports.map(({ loss }) => loss)).toEqual(lines.map((line) => Number(line.split(",")[2])));
  expect(reports).toMatchObject(
    events(json, "epoch").map(({ epoch, loss, validation }) => ({ epoch, loss, validation })),
  );
});

test.each([
  [["--monitor", "loss"], "--monitor needs --best or --patience"],
  [["--min-delta", "0.1"], "--min-delta needs --best or --patience"],
  [["--best", "--monitor", "acuracy"], "did you mean `accuracy`?"],
  [["--normalise", "often"], "--normalise often: it is standard or range"],
  [["--validation", "0.2", "--validation", "points.csv"], "--validation is a share, 0.2, and a file, points.csv"],
  [["--resume", "run.ckpt", "--normalise"], "a resumed run has its normalisation already"],
])("%j is no command line", async (argv, message) => {
  const { exitCode, stderr } = await adjoint([...train, ...argv], { files });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(message) });
});
