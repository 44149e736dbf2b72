/** compile, eval, summary, explain, graph, fmt, check: one by one, on the tutorials' networks. */

import { readdirSync } from "node:fs";
import { pipeline } from "@adjoint/compiler";
import { describe, expect, test } from "vitest";
import { alice, broken, classes, cosine, gender, ones, own, people, points } from "./networks.ts";
import { adjoint } from "./support.ts";

const files = {
  "gender.adj": gender,
  "people.csv": people,
  "alice.json": alice,
  "ones.json": ones,
  "classes.adj": classes,
  "points.csv": points,
  "cosine.adj": cosine,
  "broken.adj": broken,
  "own.adj": own,
};

/** Its examples meet in a mean over their batch. */
const normed = `model Normed {
  input  x[2]
  target y[1]
  h = batch_norm(x)
  o = dense(h, units: 1)
  loss mse(o, y)
  train { optimizer sgd  batch 8 }
}
`;

describe("compile", () => {
  test("writes the module beside the page and says so", async () => {
    const { exitCode, stdout, stderr, text } = await adjoint(["compile", "gender.adj"], { files });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^wrote gender\.ts, \d+\.\d kB\n$/);
    expect(text("gender.ts")).toContain("export function gradient(");
  });

  test("--js writes JavaScript and its declarations, --source-map a map", async () => {
    const argv = ["compile", "gender.adj", "--js", "--source-map", "--json", "-o", "net.js"];
    const { exitCode, json, text } = await adjoint(argv, { files });
    expect(exitCode).toBe(0);
    const written = ["net.js", "net.d.ts", "net.js.map"].map((path) => ({
      path,
      bytes: Buffer.byteLength(text(path)),
    }));
    expect(json()).toEqual([{ written, seconds: expect.any(Number) }]);
    expect(text("net.js")).toMatch(/\n\/\/# sourceMappingURL=net\.js\.map\n$/);
    expect(JSON.parse(text("net.js.map"))).toMatchObject({
      version: 3,
      sources: expect.arrayContaining(["gender.adj"]),
    });
  });

  test("-o - writes the module, and nothing else, to standard output", async () => {
    const { exitCode, stdout, stderr, folder } = await adjoint(["compile", "cosine.adj", "-o", "-"], { files });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("export function J(x: number): number");
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    const asJson = await adjoint(["compile", "cosine.adj", "-o", "-", "--json"], { files });
    expect(asJson.json()).toEqual([{ text: stdout, declaration: null, sourceMap: null }]);
  });

  test("--inference, --precision, --unroll and --set reach the compiler", async () => {
    const of = async (...flags: string[]) =>
      (await adjoint(["compile", "classes.adj", "-o", "-", ...flags], { files })).stdout;
    expect(await of("--inference")).not.toContain("function gradient(");
    expect(await of("--precision", "f32")).toContain("Float32Array");
    expect(await of("--unroll", "0")).toContain("for (");
    expect(await of("--set", "hidden=7")).toMatch(/h\.W\s+\[7, 2\]/);
  });

  test("for WebAssembly: single precision unless told otherwise, and no network that its memory cannot hold", async () => {
    const of = (page: string, ...flags: string[]) =>
      adjoint(["compile", page, "-o", "-", "--target", "wasm", ...flags], { files: { ...files, "big.adj": big } });
    const big =
      "model Big {\n  input x[20000]\n  h = dense(x, units: 40000)\n  loss mean[i](h[i]^2)\n  train { optimizer adam() }\n}\n";
    const { stdout } = await of("gender.adj");
    expect(stdout).toContain("new WasmNetwork<Float32Array>(");
    expect(stdout).toContain("export function ready(");
    expect((await of("gender.adj", "--precision", "f64")).stdout).toContain("new WasmNetwork<Float64Array>(");
    const refused = await of("big.adj");
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("error[too-large-for-wasm]: the network needs 11.9 GiB");
  });

  test("a file of that name that adjoint did not write is left alone, unless forced", async () => {
    const situation = { files: { ...files, "gender.ts": "export const mine = 1;\n" } };
    const refused = await adjoint(["compile", "gender.adj"], situation);
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("error[not-generated]: gender.ts is there already");
    expect(refused.text("gender.ts")).toBe("export const mine = 1;\n");
    expect(await adjoint(["compile", "gender.adj", "--force"], { folder: refused.folder })).toMatchObject({
      exitCode: 0,
    });
    expect(await adjoint(["compile", "gender.adj"], { folder: refused.folder })).toMatchObject({ exitCode: 0 });
  });

  test("a page with errors names them all, and nothing is written", async () => {
    const { exitCode, stdout, stderr, folder } = await adjoint(["compile", "broken.adj"], { files });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("broken.adj:4:13");
    expect(stderr).toContain("broken.adj:5:15");
    expect(stderr).toMatch(/\n2 errors\n$/);
    expect(readdirSync(folder)).not.toContain("broken.ts");
  });

  test("diagnostics are JSON for a program", async () => {
    const { exitCode, json, stderr } = await adjoint(["compile", "broken.adj", "--json"], { files });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    const diagnostic = { code: "unknown-name", severity: "error" };
    expect(json()).toMatchObject([{ diagnostics: [diagnostic, diagnostic] }]);
  });

  test("a hyperparameter that isn't there is a diagnostic", async () => {
    const { exitCode, stderr } = await adjoint(["compile", "classes.adj", "--set", "hiden=7"], { files });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error[unknown-hyperparameter]");
  });
});

describe("eval", () => {
  test("gives loss, outputs and all nine derivatives of the tutorial", async () => {
    const { exitCode, json } = await adjoint(["eval", "gender.adj", "-p", "ones.json", "-d", "alice.json", "--json"], {
      files,
    });
    expect(exitCode).toBe(0);
    const near = (value: number) => expect.closeTo(value, 4);
    expect(json()).toEqual([
      {
        model: "Gender",
        examples: 1,
        loss: near(0.2269),
        metrics: {},
        outputs: { o: [[near(0.5237)]] },
        gradients: {
          "h.W": [
            [near(0.02148), near(0.01074)],
            [near(0.02148), near(0.01074)],
          ],
          "h.b": [near(-0.01074), near(-0.01074)],
          "o.W": [[near(-0.01127), near(-0.01127)]],
          "o.b": [near(-0.2376)],
        },
      },
    ]);
  });

  test("prints them for people", async () => {
    const { stdout } = await adjoint(["eval", "gender.adj", "-p", "ones.json", "-d", "people.csv"], { files });
    expect(stdout).toMatch(/^loss {2}0\.\d+\n\nexample {2}o\n {6}0 {2}\[0\.5237\]\n/);
    expect(stdout).toMatch(/\nparameter {2}∂loss\/∂parameter\nh\.W {8}\[\[.*\], \[.*\]\]\n/);
  });

  test("takes the parameters that train wrote", async () => {
    const { folder } = await adjoint(["train", "classes.adj", "-d", "points.csv"], { files });
    const argv = ["eval", "classes.adj", "-p", "classes.safetensors", "-d", "points.csv", "--json"];
    const { exitCode, json } = await adjoint(argv, { folder });
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject([{ loss: expect.any(Number), metrics: { accuracy: expect.any(Number) } }]);
  });

  test("without targets gives outputs alone", async () => {
    const argv = ["eval", "gender.adj", "-p", "ones.json", "-d", "new.csv"];
    const situation = { files: { ...files, "new.csv": "x0,x1\n-2,-1\n" } };
    expect((await adjoint([...argv, "--json"], situation)).json()).toEqual([
      {
        model: "Gender",
        examples: 1,
        loss: null,
        metrics: {},
        outputs: { o: [[expect.any(Number)]] },
        gradients: null,
      },
    ]);
    expect((await adjoint(argv, situation)).stdout).toMatch(/^no targets in the data: outputs only\n/);
  });

  test("without parameters takes those that training would begin with, and a model may have no loss", async () => {
    const begun = await adjoint(["eval", "gender.adj", "-d", "people.csv"], { files });
    expect(begun).toMatchObject({ exitCode: 0 });
    expect(begun.stderr).toBe("without --params: the parameters are those that training would begin with\n");
    const square = "model Square {\n  input x[2]\n  y[i] = x[i]^2\n}\n";
    const situation = { files: { "square.adj": square, "x.csv": "x0,x1\n2,-3\n" } };
    expect(await adjoint(["eval", "square.adj", "-d", "x.csv"], situation)).toMatchObject({
      exitCode: 0,
      stdout: "the model has no loss: outputs only\n\nexample  y\n      0  [4, 9]\n",
      stderr: "",
    });
  });

  test.each([
    ["{}", ['"h.W", of shape [2, 2], is missing', '"o.b", of shape [1], is missing']],
    [ones.replace('"h.b"', '"h.bias"'), ['the model has no parameter "h.bias"', '"h.b", of shape [2], is missing']],
    [ones.replace("[[1,1],[1,1]]", "[[1,1],[1]]"), ["h.W[1] is a list of 1 where the model has 2"]],
    [ones.replace("[[1,1],[1,1]]", '[[1,1],[1,"x"]]'), ["h.W[1][1] is no finite number"]],
    [ones.replace("[[1,1],[1,1]]", "7"), ["h.W is no list of 2"]],
  ])("refuses the parameters %s", async (text, lines) => {
    const argv = ["eval", "gender.adj", "-p", "p.json", "-d", "people.csv"];
    const { exitCode, stderr } = await adjoint(argv, { files: { ...files, "p.json": text } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error[refused-parameters]: p.json: the parameters don't fit the model");
    for (const line of lines) expect(stderr).toContain(line);
  });

  test("refuses the parameters of another model", async () => {
    const { folder } = await adjoint(["train", "classes.adj", "-d", "points.csv"], { files });
    const argv = ["eval", "gender.adj", "-p", "classes.safetensors", "-d", "people.csv"];
    const { exitCode, stderr } = await adjoint(argv, { folder });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error\[[a-z-]+\]: .*\n {2}= help: /);
  });
});

describe("summary", () => {
  test("counts the weights", async () => {
    const { exitCode, stdout } = await adjoint(["summary", "gender.adj"], { files });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Gender {2}input x\[2\], target y\[1\]\n/);
    expect(stdout).toMatch(/\nh +\[2\] +6 /);
    expect(stdout).toMatch(/\ntotal +9 /);
    expect(stdout).toMatch(
      /\n9 weights; \d+ operations forward and \d+ backward for an example, with \d+ multiply-adds\n$/,
    );
  });

  test("--set shows another size, --json is for programs", async () => {
    const { json } = await adjoint(["summary", "classes.adj", "--set", "hidden=10", "--json"], { files });
    expect(json()).toMatchObject([{ model: "Classes", total: { trainable: 63, frozen: 0 } }]);
  });

  test("calls a state a state, and says of how many examples it speaks", async () => {
    const { stdout } = await adjoint(["summary", "normed.adj"], { files: { "normed.adj": normed } });
    expect(stdout).toMatch(/\nh\.mean_seen +\[2\] +2 +state\n/);
    expect(stdout).toMatch(/\no\.W +\[1, 2\] +2\n/);
    expect(stdout).toContain("11 weights, 4 of them states; ");
    expect(stdout).toContain(" backward for a batch of 8, whose examples see each other, with ");
  });
});

test("explain has no derivation where the examples of a batch see each other, and says why", async () => {
  const argv = ["explain", "normed.adj", "--wrt", "o.W[0,0]", "-d", "people.csv"];
  const { exitCode, stderr } = await adjoint(argv, { files: { ...files, "normed.adj": normed } });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    "error[coupled]: The examples of Normed see each other (mean[batch], batch(…)), so its loss is",
  );
});

describe("explain", () => {
  test("writes the tutorial's derivation", async () => {
    const argv = ["explain", "gender.adj", "--wrt", "h.W[0,0]", "-p", "ones.json", "-d", "alice.json"];
    const { exitCode, stdout } = await adjoint(argv, { files });
    expect(exitCode).toBe(0);
    for (const number of ["0.0474", "0.524", "0.952", "0.249", "0.0904", "0.0214"]) expect(stdout).toContain(number);
    expect(stdout).toContain("∂loss/∂h.W[0,0] =");
  });

  test("explains a plain function, the only one even without its name", async () => {
    const named = await adjoint(["explain", "cosine.adj", "--function", "J", "--at", "x=1.2"], { files });
    expect(named.exitCode).toBe(0);
    expect(named.stdout).toContain("dJ/dx");
    const unnamed = await adjoint(["explain", "cosine.adj", "--at", "x=1.2"], { files });
    expect(unnamed.stdout).toBe(named.stdout);
  });

  test("--json holds the total", async () => {
    const { json } = await adjoint(["explain", "cosine.adj", "--at", "x=1.2", "--json"], { files });
    const x = 1.2;
    const slope = -Math.sin(Math.sin(x * x) + 3 * x * x) * (Math.cos(x * x) * 2 * x + 6 * x);
    expect(json()).toMatchObject([{ by: "x", total: expect.closeTo(slope, 12) }]);
  });

  test.each([
    [["gender.adj", "--wrt", "h.Q[0,0]", "-d", "alice.json"], 1, "h.Q"],
    [["gender.adj", "--wrt", "h.W[5,0]", "-d", "alice.json"], 1, "h.W"],
    [["gender.adj", "-d", "alice.json"], 2, "--wrt is missing"],
    [["gender.adj", "--wrt", "h.W[0,0]"], 2, "--data is missing"],
    [
      ["gender.adj", "--wrt", "h.W[0,0]", "-d", "alice.json", "--example", "1"],
      2,
      "there is no example 1: the data set has 1 example",
    ],
    [["cosine.adj", "--function", "K", "--at", "x=1"], 2, "defines no function `K`"],
    [["cosine.adj"], 2, "J(x) needs a value for x"],
    [["cosine.adj", "--at", "x=1,y=2"], 2, "J(x) has no argument `y`"],
  ])("%j has no answer", async (argv, code, message) => {
    const { exitCode, stdout, stderr } = await adjoint(["explain", ...argv], { files });
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toContain(message);
  });
});

describe("fmt", () => {
  const untidy = gender.replace("input  x[2]", "input x [ 2 ]");

  test("prints the canonical form, of a file or of standard input", async () => {
    const situation = { files: { "u.adj": untidy }, stdin: untidy };
    const fromFile = await adjoint(["fmt", "u.adj"], situation);
    const fromStdin = await adjoint(["fmt", "-"], situation);
    expect(fromFile).toMatchObject({ exitCode: 0, stderr: "" });
    expect(fromStdin.stdout).toBe(fromFile.stdout);
    expect((await adjoint(["fmt", "-"], { stdin: fromFile.stdout })).stdout).toBe(fromFile.stdout);
  });

  test("--check names what differs and writes nothing; --write rewrites it", async () => {
    const { folder, ...checked } = await adjoint(["fmt", "--check", "u.adj"], { files: { "u.adj": untidy } });
    expect(checked).toMatchObject({ exitCode: 1, stdout: "u.adj\n" });
    expect(checked.text("u.adj")).toBe(untidy);
    expect(await adjoint(["fmt", "--write", "u.adj"], { folder })).toMatchObject({ exitCode: 0, stdout: "u.adj\n" });
    expect(await adjoint(["fmt", "--check", "u.adj"], { folder })).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("a page that doesn't parse stays as it is, the others are rewritten", async () => {
    const bad = "model {";
    const outcome = await adjoint(["fmt", "--write", "bad.adj", "u.adj"], {
      files: { "u.adj": untidy, "bad.adj": bad },
    });
    expect(outcome).toMatchObject({ exitCode: 1, stdout: "u.adj\n" });
    expect(outcome.stderr).toContain("bad.adj:1");
    expect(outcome.text("bad.adj")).toBe(bad);
  });
});

describe("graph", () => {
  test("prints the gradient as it is emitted", async () => {
    const { exitCode, stdout, stderr } = await adjoint(["graph", "gender.adj"], { files });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^graph gradient\n/);
    expect(stdout).toContain("h[i] = logistic(h.z[i])");
    expect(stdout).toContain("d_h.W[i, j] = ");
  });

  test("--dump source prints the page's own formulas, all the graph after every pass", async () => {
    const source = await adjoint(["graph", "gender.adj", "--procedure", "forward", "--dump", "source"], { files });
    expect(source.stdout).toContain("h[i] = 1 / (1 + exp(-h.z[i]))");
    const all = await adjoint(["graph", "gender.adj", "--dump", "all"], { files });
    const titles = all.stdout.split("\n").filter((line) => line.startsWith("── "));
    expect(titles[0]).toBe("── source: as the page says it");
    expect(titles.slice(1)).toEqual(pipeline.map(({ name, doc }) => `── after ${name}: ${doc}`));
  });

  test("--batch gives values of an example one more axis, and losses their mean", async () => {
    const argv = ["graph", "gender.adj", "--procedure", "evaluate", "--batch", "8"];
    const { exitCode, stdout } = await adjoint(argv, { files });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("x[8, 2]");
    expect(stdout).toMatch(/loss = sum\[i\]\(.*\) \/ 8|loss = 0\.125 \* sum\[i\]\(/);
  });

  test("--dump schedule prints loops with their addresses; of a block of examples, in lanes", async () => {
    const one = await adjoint(["graph", "gender.adj", "--dump", "schedule"], { files });
    expect(one.stdout).toMatch(/^schedule gradient/);
    expect(one.stdout).toMatch(/grad\[.*\] \+= /);
    const block = await adjoint(["graph", "gender.adj", "--dump", "schedule", "--batch", "8"], { files });
    expect(block.stdout).toMatch(/8 in lanes.*about \d+ cycles, \d+\.\d times fewer than plain/);
    expect(block.stdout).toContain("4 lanes");
  });

  test("knows plain functions and their derivatives", async () => {
    expect((await adjoint(["graph", "cosine.adj"], { files })).stdout).toMatch(/^graph J_dx\n/);
    expect((await adjoint(["graph", "cosine.adj", "--procedure", "J"], { files })).stdout).toMatch(/^graph J\n/);
  });

  test.each([
    [["--dump", "simplfy"], "there is no pass `simplfy`"],
    [["--procedure", "gradeint"], "did you mean `gradient`?"],
  ])("%j is a usage error", async (argv, message) => {
    const { exitCode, stderr } = await adjoint(["graph", "gender.adj", ...argv], { files });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("check", () => {
  test("checks models and functions of one's own", async () => {
    const { exitCode, stdout, stderr } = await adjoint(["check", "own.adj", "--runs", "30", "--seed", "7"], { files });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^✓ Own: derivatives agree at \d+ random points.* \(seed 7\)\n✓ bump: derivatives agree at/);
  });

  test("--function and --model choose, --json reports", async () => {
    const argv = ["check", "own.adj", "--function", "bump", "--runs", "20", "--seed", "-5", "--json"];
    const { exitCode, json } = await adjoint(argv, { files });
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject([[{ name: "bump", seed: -5, counterexample: null }]]);
    expect((await adjoint(["check", "own.adj", "--model", "Own", "--runs", "5"], { files })).stdout).not.toContain(
      "bump",
    );
  });

  test("checks the outputs of a model without a loss", async () => {
    const page = "model Bare {\n  input x[2]\n  h = dense(x, units: 3, activation: tanh)\n  p = softmax(h)\n}\n";
    const situation = { files: { "bare.adj": page } };
    const { exitCode, stdout } = await adjoint(["check", "bare.adj", "--runs", "10", "--seed", "7"], situation);
    expect(exitCode).toBe(0);
    expect(stdout).toBe("✓ Bare: derivatives agree at 10 random points (seed 7)\n");
  });

  test("--range moves the points to where the formulas are defined", async () => {
    const situation = { files: { "root.adj": "function f(x) = sqrt(x - 10)\n" } };
    const undecided = await adjoint(["check", "root.adj", "--runs", "10"], situation);
    expect(undecided).toMatchObject({ exitCode: 1 });
    expect(undecided.stdout).toMatch(/^✗ f: none of \d+ random points could be decided/);
    expect(await adjoint(["check", "root.adj", "--runs", "10", "--range", "x=11..20"], situation)).toMatchObject({
      exitCode: 0,
    });
  });

  test.each([
    [["own.adj", "--path", "3:1"], 2, "--path needs the --seed it came with"],
    [["own.adj", "--range", "x=5..1"], 2, "It takes name=from..to"],
    [["own.adj", "--model", "Owm"], 2, "did you mean `Own`?"],
    [["bare.adj"], 1, "bare.adj has no model and no function"],
  ])("%j checks nothing", async (argv, code, message) => {
    const bare = "layer bare(x[n]) = 2 * x\n";
    const { exitCode, stderr } = await adjoint(["check", ...argv], { files: { ...files, "bare.adj": bare } });
    expect(exitCode).toBe(code);
    expect(stderr).toContain(message);
  });
});
