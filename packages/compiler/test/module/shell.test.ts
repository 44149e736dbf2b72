import { gzipSync } from "node:zlib";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import type { CompileOptions } from "../../src/options.ts";
import {
  classesModel,
  genderProgram,
  genderProgramWith,
  heavyBall,
  programOf,
  variedModel,
  waveFunction,
} from "./programs.ts";
import { bundle, typeErrors } from "./workshop.ts";

const variants: readonly Partial<CompileOptions>[] = [
  {},
  { precision: "f32" },
  { inference: true },
  { standalone: true },
  { standalone: true, inference: true },
  { unrollLimit: 0 },
];

describe("the module of the gender network, to be read", () => {
  test("as TypeScript", async () => {
    await expect(compile(genderProgram()).text).toMatchFileSnapshot("golden/gender.ts");
  });
  test("as JavaScript with declarations", async () => {
    const { text, declaration } = compile(genderProgram(), { language: "js" });
    await expect(text).toMatchFileSnapshot("golden/gender.js");
    await expect(declaration).toMatchFileSnapshot("golden/gender.d.ts");
  });
});

describe("modules of every kind", () => {
  const programs = {
    gender: genderProgram(),
    ball: genderProgramWith((page) => heavyBall(page, 0.1, 0.9)),
    varied: programOf([variedModel()]),
    several: programOf([variedModel("First"), variedModel("Second")], [waveFunction()]),
    functions: programOf([], [waveFunction()]),
    classes: programOf([classesModel()]),
    nothing: programOf([]),
  };

  test("pass TypeScript with every strict flag, in TypeScript and as declarations", () => {
    const files: Record<string, string> = {};
    for (const [name, program] of Object.entries(programs)) {
      for (const [k, options] of variants.entries()) {
        files[`${name}-${k}.ts`] = compile(program, options).text;
        const { text, declaration } = compile(program, { ...options, language: "js" });
        files[`${name}-${k}-js.js`] = text;
        files[`${name}-${k}-js.d.ts`] = declaration ?? "";
      }
    }
    expect(typeErrors(files)).toBe("");
  });

  test("are the same from run to run", () => {
    for (const make of [genderProgram, () => programOf([variedModel()], [waveFunction()])]) {
      for (const options of variants) {
        const complete = { ...options, language: "js", sourceMap: true } as const;
        expect(compile(make(), complete)).toEqual(compile(make(), complete));
      }
    }
  });

  test("import the runtime and nothing else; standalone, or without a model, nothing at all", () => {
    for (const [name, program] of Object.entries(programs)) {
      for (const language of ["ts", "js"] as const) {
        const imports = [...compile(program, { language }).text.matchAll(/\bfrom "(.*)";/g)].map(([, from]) => from);
        expect(imports).toEqual(program.models.length > 0 ? ["@adjoint/runtime"] : []);
        const { text, declaration } = compile(program, { language, standalone: true });
        expect(`${name} ${text} ${declaration}`).not.toMatch(/^\s*import\b|\bimport\(/m);
      }
    }
  });

  test("have no line break but \\n, end in one, and have no trailing blanks", () => {
    for (const program of Object.values(programs)) {
      for (const options of variants) {
        const { text } = compile(program, options);
        expect(text).toMatch(/\S\n$/);
        expect(text).not.toMatch(/[ \t]\n|\r|\n\n\n/);
      }
    }
  });
});

describe("types know names, shapes and classes", () => {
  const using = (module: string, text: string): string =>
    typeErrors({ "module.ts": module, "use.ts": `import { Varied } from "./module.ts";\n${text}` });
  const varied = compile(programOf([variedModel()])).text;

  test("right uses pass, wrong ones are errors", () => {
    expect(
      using(
        varied,
        `
const net = new Varied({ seed: 7 });
const image = new Float64Array(25);
const outputs = net.predict({ image, scale: 1 });
export const logits: readonly [number, number, number] = outputs.logits;
export const corner: number = outputs.big.at(4, 4);
export const shape: readonly [5, 5] = outputs.big.shape;
export const total: number = outputs.total;
const data = { image: [[1, 2, 3]], scale: [1], label: [0] };
for await (const { epoch, loss, metrics } of net.train(data, { epochs: 3 })) {
  const numbers: number[] = [epoch, loss, metrics.accuracy];
  void numbers;
}
export const rows: readonly [3, 5, 5] = net.gradients(data).weights.shape;
// @ts-expect-error bias is frozen: it has no gradient
net.gradients(data).bias;
// @ts-expect-error there are three logits
outputs.logits[3];
// @ts-expect-error two axes take two indices
outputs.big.at(4);
// @ts-expect-error scale is missing
net.predict({ image });
// @ts-expect-error there is no input of this name
net.predict({ image, scale: 1, zoom: 2 });
// @ts-expect-error scale is one number
net.predict({ image, scale: [1] });
// @ts-expect-error a target is part of the data
net.evaluate({ image: [[1, 2, 3]], scale: [1] });
// @ts-expect-error no parameter has this name
net.parameters.weight;
`,
      ),
    ).toBe("");
  });

  test("validation, monitors, augmentation, divisions and blocks know the names of data and metrics", () => {
    expect(
      using(
        varied,
        `
import { split, trainOnBlocks } from "@adjoint/runtime";
const net = new Varied();
const data = { image: [[1, 2, 3]], scale: [1], label: [0] };
const { train, validation } = split(data, { validation: 0.1 });
export const labels: number[] = validation.label;
net.normalise({ image: train.image }, "range");
const patience = 3;
net.train(train, { validation, patience, monitor: (report) => -(report.validation?.metrics.accuracy ?? 0) });
net.train(train, { augment: ({ image }, random) => ({ image: image.map((value) => value + random.normal()) }) });
for await (const { pass, metrics } of trainOnBlocks(net, () => [data], { passes: 2, validation })) {
  const numbers: number[] = [pass, metrics.accuracy];
  void numbers;
}
export const best: number = net.restoreBest();
// @ts-expect-error no metric has this name
net.train(train, { patience, monitor: ({ metrics }) => metrics.precision });
// @ts-expect-error the data have no member of this name
net.train(train, { augment: ({ images }) => ({ image: images }) });
// @ts-expect-error a target is part of what is measured
net.train(train, { validation: { image: [[1, 2, 3]], scale: [1] } });
// @ts-expect-error there is no input of this name
net.normalise({ zoom: [1] });
`,
      ),
    ).toBe("");
  });

  test("lengths of small vectors and small classes are checked where they are written out", () => {
    expect(
      typeErrors({
        "module.ts": compile(genderProgram()).text,
        "use.ts": `import { Gender } from "./module.ts";
const net = Gender.load(new Uint8Array());
export const o: number = net.predict({ x: [-7, -3] }).o[0];
net.predict({ x: new Float32Array(2) });
// @ts-expect-error two numbers, not three
net.predict({ x: [-7, -3, 1] });
net.train({ x: [[-2, -1], [25, 6]], y: [1, 0] });
net.train({ x: [[-2, -1], [25, 6]], y: [[1], [0]] }, { signal: { aborted: false } });
// @ts-expect-error examples are vectors
net.train({ x: [[[-2]]], y: [1] });
`,
      }),
    ).toBe("");
  });

  test("a class is one of its numbers where they can be written out, else a number", () => {
    expect(
      typeErrors({
        "module.ts": compile(programOf([classesModel()])).text,
        "use.ts": `import { Classes } from "./module.ts";
const net = new Classes();
export const o: number = net.predict({ few: 2, many: 999, pair: [0, 1] }).o;
// @ts-expect-error there are three classes
net.predict({ few: 3, many: 999, pair: [0, 1] });
// @ts-expect-error there are two classes
net.predict({ few: 2, many: 999, pair: [0, 2] });
net.predictAll({ few: [0, 1], many: new Uint16Array(2), pair: [[0, 1], [1, 0]] });
// @ts-expect-error a model without a loss measures nothing
net.evaluate({});
`,
      }),
    ).toBe("");
  });

  test("a network for inference begins with parameters and cannot train", () => {
    expect(
      using(
        compile(programOf([variedModel()]), { inference: true }).text,
        `
const net = Varied.load(new Uint8Array());
net.predict({ image: new Uint8Array(25), scale: 1 });
// @ts-expect-error it draws no parameters of its own
new Varied();
// @ts-expect-error
net.train;
`,
      ),
    ).toBe("");
  });
});

describe("a bundler keeps what is used", () => {
  const files = { "module.ts": compile(programOf([variedModel()]), { unrollLimit: 0 }).text };

  test("of a module of which only forward is used, neither the class nor the runtime nor the gradient's memory", async () => {
    const text = await bundle('export { forward } from "./module.ts";', files);
    expect(text).not.toMatch(/class|DataError|seed/);
    expect(text).not.toContain("Float64Array(");
  });

  test("forward, gradient and update of the gender network are 1.5 KB or less, minified and gzipped", async () => {
    const entry = 'export { forward, gradient, update } from "./module.ts";';
    const text = await bundle(entry, { "module.ts": compile(genderProgram()).text });
    expect(gzipSync(text).length).toBeLessThanOrEqual(1536);
  });
});

describe("source maps", () => {
  test("lead each line of a function's body to the statement it was made from", () => {
    const { text, sourceMap } = compile(genderProgram(), { sourceMap: true });
    const map = new TraceMap(sourceMap ?? "");
    const page = map.sourcesContent?.[0]?.split("\n") ?? [];
    expect(map.sources).toEqual(["gender.adj"]);
    const sourceOf = (piece: string): string => {
      const line = text.split("\n").findIndex((candidate) => candidate.includes(piece));
      const original = originalPositionFor(map, { line: line + 1, column: 2 });
      return page[(original.line ?? 0) - 1]?.slice(original.column ?? 0) ?? "";
    };
    expect(sourceOf("const h0 =")).toBe("h = dense(x, units: 2, activation: sigmoid)");
    expect(sourceOf("const o0 =")).toBe("o = dense(h, units: 1, activation: sigmoid)");
    expect(sourceOf("grad[8]")).toBe("o = dense(h, units: 1, activation: sigmoid)");
  });

  test("are made when asked for", () => {
    expect(compile(genderProgram()).sourceMap).toBeNull();
  });
});

test("of several models each function is named after its model", () => {
  const { text, exports } = compile(programOf([variedModel("First"), variedModel("Second")], [waveFunction()]));
  const names = [...text.matchAll(/^export (?:function|class) ([\w]+)/gm)].map(([, name]) => name);
  expect(names).toContain("firstForward");
  expect(names).toContain("secondGradient");
  expect(names).toContain("J_dx");
  expect(new Set(names).size).toBe(names.length);
  expect([...exports]).toEqual([
    ["First", "First"],
    ["Second", "Second"],
    ["J", "J"],
  ]);
});
