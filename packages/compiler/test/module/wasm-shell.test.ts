import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import type { CompileOptions } from "../../src/options.ts";
import { loadWasmTarget } from "../../src/targets/wasm/assembler.ts";
import { classOf, type Net, train } from "./networks.ts";
import {
  classesModel,
  genderProgram,
  genderProgramWith,
  heavyBall,
  programOf,
  variedModel,
  waveFunction,
} from "./programs.ts";
import { importText, typeErrors } from "./workshop.ts";

const target = await loadWasmTarget();

const variants: readonly Partial<CompileOptions>[] = [
  { target },
  { target, precision: "f64" },
  { target, inference: true },
  { target, threads: 2 },
  { target, threads: 2, standalone: true },
  { target, standalone: true },
];

const programs = {
  gender: genderProgram(),
  ball: genderProgramWith((page) => heavyBall(page, 0.1, 0.9)),
  varied: programOf([variedModel()]),
  several: programOf([variedModel("First"), variedModel("Second")], [waveFunction()]),
  classes: programOf([classesModel()]),
};

describe("modules with WebAssembly", () => {
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
    for (const program of Object.values(programs)) {
      expect(compile(program, { target }).text).toBe(compile(program, { target }).text);
    }
  });

  test("can be compiled before the first network is made", async () => {
    const { text } = compile(genderProgram(), { target, language: "js" });
    const { ready, Gender } = await importText("gender.js", text);
    if (typeof ready !== "function" || typeof Gender !== "function") throw new Error("two exports");
    await ready();
    expect(Reflect.construct(Gender, [{ seed: 7 }])).toHaveProperty("step", 0);
  });
});

/** The greatest difference between numbers, relative to the greater of the number and 1. */
function furthest(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(found.length).toBe(wanted.length);
  return Math.max(
    0,
    ...Array.from(wanted, (w, k) => Math.abs((found[k] ?? Number.NaN) - w) / Math.max(1, Math.abs(w))),
  );
}

function numbersIn(answer: unknown): readonly number[] {
  if (typeof answer === "number") return [answer];
  return Object.values(answer ?? {}).flatMap(numbersIn);
}

describe("a network in WebAssembly does what it does in TypeScript", () => {
  const image = Array.from({ length: 5 }, (_, n) => Array.from({ length: 25 }, (_, k) => Math.sin(n + k * k)));
  const data = { image, scale: [1, 0.5, 2, 1, 1], label: [0, 1, 2, 1, 0] };
  const both = async (precision: "f32" | "f64") => {
    const program = programOf([variedModel()]);
    return [await classOf(program, { precision }), await classOf(program, { target, precision })] as const;
  };

  test.each([
    ["f64", 1e-12],
    ["f32", 1e-5],
  ] as const)("in %s: begins, predicts, measures, differentiates, learns", async (precision, tolerance) => {
    const [Plain, Fast] = await both(precision);
    for (const batch of [1, 2, 3, 5, 8]) {
      const [plain, fast] = [new Plain({ seed: 5 }), new Fast({ seed: 5 })];
      expect([...fast.p]).toEqual([...plain.p]);
      const [loss, lossOfPlain] = [
        await train(fast, data, { epochs: 3, batch }),
        await train(plain, data, { epochs: 3, batch }),
      ];
      expect(furthest([loss], [lossOfPlain])).toBeLessThan(tolerance);
      expect(furthest(fast.p, plain.p)).toBeLessThan(tolerance);
      expect(furthest([fast.evaluate(data).loss], [plain.evaluate(data).loss])).toBeLessThan(tolerance);
      for (const [name, { values }] of Object.entries(plain.gradients(data))) {
        expect(furthest(fast.gradients(data)[name]?.values ?? [], values), name).toBeLessThan(tolerance);
      }
      const numbers = (net: Net) => numbersIn(net.predictAll({ image, scale: data.scale }));
      expect(furthest(numbers(fast), numbers(plain))).toBeLessThan(tolerance);
      expect(fast.predictAll({ image, scale: data.scale })[3]).toEqual(fast.predict({ image: image[3], scale: 1 }));
    }
  });

  test("two networks of a class have nothing in common, and a run goes on from its checkpoint", async () => {
    const [, Fast] = await both("f32");
    const [whole, begun] = [new Fast({ seed: 5 }), new Fast({ seed: 5 })];
    await train(begun, data, { epochs: 1, batch: 2 });
    expect([...whole.p]).not.toEqual([...begun.p]);
    await train(whole, data, { epochs: 3, batch: 2 });
    const resumed = Fast.resume(begun.checkpoint());
    await train(resumed, data, { until: 3, batch: 2 });
    expect(resumed.checkpoint()).toEqual(whole.checkpoint());
    expect(Fast.load(whole.save()).p).toEqual(whole.p);
  });

  test("several threads learn what one learns; so many threads, so many bits, always the same", async () => {
    const [Plain, Single] = await both("f32");
    const Fast = await classOf(programOf([variedModel()]), { target, threads: 3 });
    const learn = async (threads: number): Promise<Net> => {
      const net = new Fast({ seed: 5 });
      await train(net, data, { epochs: 4, batch: 5, threads });
      return net;
    };
    const [one, two, three] = [await learn(1), await learn(2), await learn(3)];
    expect(furthest(two.p, one.p)).toBeLessThan(1e-5);
    expect(furthest(three.p, one.p)).toBeLessThan(1e-5);
    expect((await learn(2)).p).toEqual(two.p);
    expect((await learn(3)).p).toEqual(three.p);
    const alone = await train(new Single({ seed: 5 }), data, { epochs: 4, batch: 5 });
    expect(
      furthest([await train(new Fast({ seed: 5 }), data, { epochs: 4, batch: 5, threads: 2 })], [alone]),
    ).toBeLessThan(1e-5);
    await expect(train(new Fast(), data, { threads: 4 })).rejects.toMatchObject({ code: "no-threads" });
    await expect(train(new Single(), data, { threads: 2 })).rejects.toMatchObject({ code: "no-threads" });
    await expect(train(new Plain(), data, { threads: 2 })).rejects.toMatchObject({ code: "no-threads" });
  });
});
