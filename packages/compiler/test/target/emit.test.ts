import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Builder, type Node, type SourceFile } from "@adjoint/ir";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { defaultOptions } from "../../src/options.ts";
import type { Procedure } from "../../src/procedure.ts";
import { emit } from "../../src/targets/typescript/emit.ts";
import { openScope } from "../../src/targets/typescript/scope.ts";
import { straightLine } from "../../src/targets/typescript/straight-line.ts";
import { fixtures } from "./fixtures.ts";
import { procedures as genderProcedures } from "./gender.ts";
import { type Prepared, prepare } from "./procedures.ts";
import { actual, expected, load, moduleText } from "./run-emitted.ts";

const loops = { ...defaultOptions, unrollLimit: 0 };
const scalars = { ...defaultOptions, unrollLimit: Number.POSITIVE_INFINITY };

describe("reads as if written by hand", () => {
  it("the 2-2-1 network, as scalars", async () => {
    const text = moduleText(emit(genderProcedures(), defaultOptions), "ts");
    await expect(`${text}\n`).toMatchFileSnapshot("golden/gender.ts.txt");
  });

  it("every fixture, as loops", async () => {
    const text = fixtures.map(
      ([name, make]) => `// ── ${name}\n${moduleText(emit([make().procedure], loops), "ts")}\n`,
    );
    await expect(text.join("\n")).toMatchFileSnapshot("golden/loops.ts.txt");
  });
});

it("is the same text from run to run", () => {
  const text = () =>
    fixtures.map(([, make]) => [loops, scalars].map((options) => moduleText(emit([make().procedure], options), "ts")));
  expect(text()).toEqual(text());
});

it("passes every strict flag of the type checker", () => {
  const declarations = [
    "declare const workspace: Float64Array;",
    "declare function uniform(seed: number, stream: number, k: number): number;",
    "declare function normal(seed: number, stream: number, k: number): number;",
  ].join("\n");
  const modules = fixtures.flatMap(([, make], k) =>
    [loops, scalars].map((options, form) => {
      const text = moduleText(emit([make().procedure], options), "ts").replace("function ", "export function ");
      return [`f${k}-${form}.ts`, `${declarations}\n${text}\n`] as const;
    }),
  );
  const flags = [
    "strict noUncheckedIndexedAccess exactOptionalPropertyTypes noImplicitReturns noUnusedLocals noEmit",
    "noFallthroughCasesInSwitch noPropertyAccessFromIndexSignature noImplicitOverride erasableSyntaxOnly isolatedModules",
  ].flatMap((line) => line.split(" ").map((flag) => `--${flag}`));
  const folder = mkdtempSync(join(tmpdir(), "adjoint-emit-"));
  try {
    for (const [name, text] of modules) writeFileSync(join(folder, name), text);
    const tsc = join(import.meta.dirname, "../../../../node_modules/.bin/tsc");
    const files = modules.map(([name]) => name);
    const run = () =>
      execFileSync(tsc, [...flags, "--target", "es2022", "--module", "esnext", "--types", "", ...files], {
        cwd: folder,
        encoding: "utf8",
      });
    expect(run()).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("the 2-2-1 network's functions are small", () => {
  const text = moduleText(emit(genderProcedures(), defaultOptions), "ts").replaceAll(/^function/gm, "export function");
  const { code } = transformSync(text, { loader: "ts", minify: true });
  expect(gzipSync(code).length).toBeLessThan(1000);
});

describe("no text of a source becomes code", () => {
  const names = [
    "class",
    "eval",
    "__proto__",
    "a.constructor",
    "i",
    "sum",
    "Math",
    "workspace",
    "n'); alert(1); ('",
    `\`$\{x}\``,
    "*/ alert(1) /*",
    "line\nbreak\u2028\u2029",
    "\u202egnimmargorp",
    "ünïcödé.λ",
    "🙂",
    "",
    "0",
  ];
  const statement = (text: string) => {
    const file: SourceFile = { path: `${text}.adj`, text: `${text}\n` };
    const span = { file, start: 0, end: text.length };
    return { name: text, span, statement: span, adjoint: false };
  };
  const program = (): Prepared => {
    const g = new Builder();
    const total = names.reduce<Node | null>((sum, name) => {
      const x = g.input(name, "parameter", [3], { kind: "real" }, statement(name));
      const squared = g.map("mul", [x, x], statement(name));
      return sum === null ? squared : g.map("add", [sum, squared], statement(name));
    }, null);
    if (total === null) throw new Error("there are names");
    const loss = g.reduce("sum", g.map("exp", [total], statement("import('x')")), [0], statement("return"));
    const prepared = prepare("f", { loss: { node: loss, to: "return" }, total: { node: total, to: "out" } });
    return prepared;
  };

  it.each([
    ["loops", loops],
    ["scalars", scalars],
  ] as const)("%s", (_, options) => {
    const { procedure, arrays, values } = program();
    const text = moduleText(emit([procedure], options), "js");
    const code = text.replaceAll(/\/\/.*$/gm, "");
    expect(code).not.toMatch(/alert\(|import\(|[`'"\\]/);
    expect(text.split("\n").every((line) => !/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u.test(line))).toBe(true);
    const should = expected(procedure, arrays, values);
    const does = actual(procedure, arrays, values, options);
    expect(does.returned).toBeCloseTo(should.returned ?? Number.NaN, 9);
  });

  it("arrays may be called anything", () => {
    for (const name of names) {
      const g = new Builder();
      const x = g.input(name, "input", [3]);
      const { procedure, arrays, values } = prepare("f", { y: { node: g.map("exp", [x]), to: "out" } });
      for (const options of [loops, scalars]) {
        expect(actual(procedure, arrays, values, options).after).toEqual(expected(procedure, arrays, values).after);
      }
    }
  });
});

/** `layers` dense layers of one width, forward, with their loss. */
function deepNetwork(layers: number, width: number): Procedure {
  const g = new Builder();
  let h: Node = g.input("x", "input", [width]);
  for (let k = 0; k < layers; k++) {
    const W = g.input(`h${k}.W`, "parameter", [width, width]);
    const product = g.map("mul", [W, g.broadcast(h, [width, width], [1])]);
    h = g.map("tanh", [g.reduce("sum", product, [1])]);
  }
  return prepare("f", { loss: { node: g.reduce("sum", h, [0]), to: "return" } }).procedure;
}

describe("depth", () => {
  it.each([
    ["loops", (procedure: Procedure) => emit([procedure], loops), 8],
    ["scalars", (procedure: Procedure) => straightLine(procedure, openScope(procedure, [])), 2],
  ] as const)("two thousand layers take ten times as long as two hundred: %s", (_, write, width) => {
    // Processor time, not the clock's: other work on the machine is none of ours.
    const time = (layers: number): number => {
      const procedure = deepNetwork(layers, width);
      const start = process.cpuUsage();
      write(procedure);
      return process.cpuUsage(start).user / 1000;
    };
    time(200);
    const few = Math.min(time(200), time(200), time(200));
    const many = Math.min(time(2000), time(2000));
    expect(many / few).toBeLessThan(25);
    expect(many).toBeLessThan(3000);
  });

  it("what is too long to be optimised as straight lines is loops, however much unrolling is asked for", () => {
    const text = (layers: number) => moduleText(emit([deepNetwork(layers, 2)], scalars), "ts");
    expect(text(20)).not.toContain("for (");
    expect(text(1000)).toContain("for (");
  });

  it("what data pick from a large table, or from many computed values, is loops however few the operations", () => {
    const picking = (rows: number, computed: boolean) => {
      const g = new Builder();
      const table = g.input("E", "parameter", [rows, 2]);
      const source = computed ? g.map("exp", [table]) : table;
      const at = g.input("at", "input", [], { kind: "class", count: rows });
      const row = g.pick(source, 0, g.broadcast(at, [2], []));
      const { procedure } = prepare("f", { row: { node: g.map("tanh", [row]), to: "out" } });
      return moduleText(emit([procedure], scalars), "ts");
    };
    expect(picking(5, true)).not.toContain("for (");
    expect(picking(5000, false)).not.toContain("for (");
    expect(picking(500, true)).toContain("for (");
    expect(picking(50_000, false)).toContain("for (");
  });

  it("layers alike are one function, called for each and in each procedure", () => {
    const network = (name: string, layers: number): Procedure => {
      const g = new Builder();
      let h: Node = g.input("x", "input", [8]);
      for (let k = 0; k < layers; k++) {
        const W = g.input(`h${k}.W`, "parameter", [8, 8]);
        const z = g.reduce("sum", g.map("mul", [W, g.broadcast(h, [8, 8], [1])]), [1]);
        const gate = g.map("logistic", [g.map("add", [z, g.input(`h${k}.b`, "parameter", [8])])]);
        h = g.map("add", [g.map("mul", [gate, g.map("tanh", [z])]), h]);
      }
      return prepare(name, { loss: { node: g.reduce("sum", h, [0]), to: "return" } }).procedure;
    };
    const code = emit([network("f", 200), network("g", 400)], loops);
    expect(code.helpers.filter(({ name }) => /_loops\d+$/u.test(name)).length).toBeLessThan(5);
    expect(moduleText(code, "js").match(/^ +f_loops\d+\(.*\);$/gmu)?.length).toBeGreaterThan(580);
  });

  it("a long body becomes parts that together do the same", () => {
    const g = new Builder();
    let h: Node = g.input("x", "input", [3]);
    for (let k = 0; k < 400; k++) {
      const W = g.input(`h${k}.W`, "parameter", [3, 3]);
      const product = g.map("mul", [W, g.broadcast(h, [3, 3], [1])]);
      const z = g.reduce("sum", product, [1]);
      h = g.map("tanh", [g.map("add", [z, g.broadcast(g.reduce("max", z, [0]), [3], [])])]);
    }
    const results = { loss: { node: g.reduce("sum", h, [0]), to: "return" }, h: { node: h, to: "out" } } as const;
    const { procedure, arrays, values } = prepare("f", results);
    const code = emit([procedure], { ...loops, language: "js" });
    expect(code.helpers.length).toBeGreaterThan(1);
    // A number that a call returns is allocated: a part leaves it in memory.
    for (const { returnType } of code.helpers) expect(returnType).toBe("void");
    const { after, returned } = actual(procedure, arrays, values, loops);
    const should = expected(procedure, arrays, values);
    expect(returned).toBeCloseTo(should.returned ?? Number.NaN, 9);
    should.after.get("out")?.forEach((value, k) => {
      expect(after.get("out")?.[k]).toBeCloseTo(value, 9);
    });
  });

  it("a chain of elementwise work as long as you like", () => {
    const g = new Builder();
    let h: Node = g.input("x", "input", [4]);
    for (let k = 0; k < 5000; k++) h = g.map("sin", [g.map("add", [h, g.constant(k / 5000, [4])])]);
    const { procedure, arrays, values } = prepare("f", { h: { node: h, to: "out" } });
    for (const options of [loops, scalars]) {
      const { after } = actual(procedure, arrays, values, options);
      expect(after.get("out")?.[1]).toBeCloseTo(
        expected(procedure, arrays, values).after.get("out")?.[1] ?? Number.NaN,
        9,
      );
    }
  });
});

describe("a step of training", () => {
  const [width, hidden] = [64, 32];
  /** Gradient of a dense layer with tanh and a squared error, as a person would write it. */
  const byHand = (p: Float64Array, x: Float64Array, y: Float64Array, grad: Float64Array): number => {
    let loss = 0;
    for (let i = 0; i < hidden; i++) {
      const row = i * width;
      let z = p[hidden * width + i]!;
      for (let j = 0; j < width; j++) z += p[row + j]! * x[j]!;
      const h = Math.tanh(z);
      const error = h - y[i]!;
      loss += error * error;
      const dz = 2 * error * (1 - h * h);
      grad[hidden * width + i]! += dz;
      for (let j = 0; j < width; j++) grad[row + j]! += dz * x[j]!;
    }
    return loss;
  };
  const emitted = () => {
    const g = new Builder();
    const W = g.input("W", "parameter", [hidden, width]);
    const b = g.input("b", "parameter", [hidden]);
    const x = g.input("x", "input", [width]);
    const y = g.input("y", "target", [hidden]);
    const across = g.broadcast(x, W.shape, [1]);
    const z = g.map("add", [g.reduce("sum", g.map("mul", [W, across]), [1]), b]);
    const h = g.map("tanh", [z]);
    const error = g.map("sub", [h, y]);
    const slope = g.map("sub", [g.constant(1, [hidden]), g.map("mul", [h, h])]);
    const dz = g.map("mul", [g.map("mul", [g.constant(2, [hidden]), error]), slope]);
    const prepared = prepare("gradient", {
      loss: { node: g.reduce("sum", g.map("mul", [error, error]), [0]), to: "return" },
      W: { node: g.map("mul", [g.broadcast(dz, W.shape, [0]), across]), to: "grad" },
      b: { node: dz, to: "grad" },
    });
    const code = emit([prepared.procedure], { ...loops, language: "js" });
    return {
      ...prepared,
      run: load(code).get("gradient"),
      parameters: prepared.procedure.parameters.map(({ name }) => name),
    };
  };

  it("is one pass over the weights, without scratch memory", () => {
    const { procedure } = emitted();
    const code = emit([procedure], loops);
    expect(code.workspace).toBe(0);
    const body = moduleText(code, "ts");
    expect(body.match(/for \(/g)).toHaveLength(3);
  });

  it("allocates nothing", () => {
    const { arrays, run, parameters } = emitted();
    const args = parameters.map((name) => arrays.get(name) ?? 0);
    for (let k = 0; k < 2000; k++) run?.(...args);
    const before = process.memoryUsage().heapUsed;
    for (let k = 0; k < 20_000; k++) run?.(...args);
    const after = process.memoryUsage().heapUsed;
    // The spread of arguments may cost something; a body that allocated would cost 20,000 times as much.
    expect((after - before) / 20_000).toBeLessThan(200);
  });

  it("computes what a person would have written", () => {
    const { arrays, run, parameters } = emitted();
    const zero = new Float64Array();
    const [p = zero, x = zero, y = zero, grad = zero] = ["p", "x", "y", "grad"].map((name) => arrays.get(name));
    const expectedGrad = grad.slice();
    const loss = byHand(p, x, y, expectedGrad);
    expect(run?.(...parameters.map((name) => (name === "n" ? 0 : (arrays.get(name) ?? 0))))).toBeCloseTo(loss, 9);
    for (const [k, value] of expectedGrad.entries()) expect(grad[k]).toBeCloseTo(value, 9);
  });
});
