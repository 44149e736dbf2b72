import type { Model, Program } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { Page, programOf, variedModel, waveFunction, zeros } from "./programs.ts";
import { importText, typeErrors } from "./workshop.ts";

/** Names and texts that would be something else if a module let them. */
const hostile = [
  "constructor",
  "__proto__",
  "prototype",
  "toString",
  "default",
  "class",
  "await",
  "arguments",
  "eval",
  "string",
  "Float64Array",
  "Math",
  "Trainable",
  "tensor",
  "forward",
  "gradient",
  "workspace",
  "p",
  "n",
  "grad",
  "columns",
  "метод",
  "θ",
  `a${"𝛼".repeat(40)}`,
  "a.b",
  "*/ throw 1 /*",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that it is none is the case.
  "`${globalThis.hacked = 1}`",
  '"; globalThis.hacked = 1; "',
  "line\nbreak",
  "separator\u2028here",
  "right\u202eleft",
  "\ud800",
  "</script>",
  "@ts-expect-error",
  "",
];

/** o = w · x, with this name for the model, the input, the target, the parameter, the output and the metric, and as doc. */
function namedEverywhere(name: string): Model {
  const page = new Page(`${name}.adj`, `statement ${name}`);
  const b = page.builder;
  const x = page.port(name, "input", [2], { kind: "real" }, name);
  const y = page.port(`${name}2`, "target", [2]);
  const w = page.parameter(name, [2], zeros([2]));
  const o = b.map("mul", [w.node, x.node], page.origin(name, page.text));
  const error = b.map("sub", [o, y.node], page.origin(name, page.text));
  const loss = b.reduce("sum", b.map("mul", [error, error]), [0], page.origin(name, page.text));
  return {
    name,
    doc: `${name} ${name}`,
    span: page.span(""),
    hyperparameters: [{ name, value: 1 }],
    inputs: [x],
    targets: [y],
    parameters: [w],
    bindings: [],
    outputs: [page.binding(name, o, "")],
    loss: page.binding("loss", loss, ""),
    validation: page.binding("loss", loss, ""),
    noise: [],
    statistics: [],
    coupling: null,
    metrics: [page.binding(name, loss, "")],
    training: null,
  };
}

interface Net {
  readonly parameters: Readonly<Record<string, { readonly values: Float64Array }>>;
  predict(inputs: object): Readonly<Record<string, readonly number[]>>;
  evaluate(data: object): { readonly loss: number; readonly metrics: Readonly<Record<string, number>> };
  gradients(data: object): Readonly<Record<string, { readonly values: Float64Array }>>;
  save(): Uint8Array;
}

function isClass(value: unknown): value is new (options?: object) => Net {
  return typeof value === "function";
}

async function classOf(program: Program): Promise<new (options?: object) => Net> {
  const { text, exports } = compile(program, { language: "js", standalone: true });
  const [model] = program.models;
  const emitted = await importText("module.js", text);
  const Class = emitted[exports.get(model?.name ?? "") ?? ""];
  if (!isClass(Class)) throw new Error("no class");
  return Class;
}

describe("whatever a page calls things, the module computes and keeps their names", () => {
  test.each(hostile)("%j", async (name) => {
    const Class = await classOf(programOf([namedEverywhere(name)]));
    const net = new Class();
    const member = (key: string, value: unknown): object => Object.fromEntries([[key, value]]);
    const data = { ...member(name, [[1, 2]]), ...member(`${name}2`, [[3, 5]]) };
    expect(Object.keys(net.parameters)).toEqual([name]);
    net.parameters[name]?.values.set([10, 100]);
    expect(net.predict(member(name, [1, 2]))[name]).toEqual([10, 200]);
    const loss = 7 ** 2 + 195 ** 2;
    expect(net.evaluate(data)).toEqual({ loss, metrics: member(name, loss) });
    expect([...(net.gradients(data)[name]?.values ?? [])]).toEqual([2 * 7, 2 * 195 * 2]);
    expect(new Class({ parameters: net.save() }).parameters[name]?.values).toEqual(new Float64Array([10, 100]));
    expect(globalThis).not.toHaveProperty("hacked");
  });
});

test("modules with such names pass TypeScript with every strict flag", () => {
  const files: Record<string, string> = {};
  for (const [k, name] of hostile.entries()) {
    const program = programOf([namedEverywhere(name)], [waveFunction(name, name)]);
    files[`m${k}.ts`] = compile(program).text;
    files[`alone${k}.ts`] = compile(program, { standalone: true }).text;
    const { text, declaration } = compile(program, { language: "js" });
    files[`js${k}.js`] = text;
    files[`js${k}.d.ts`] = declaration ?? "";
  }
  expect(typeErrors(files)).toBe("");
});

test("the text of a module has no character that cannot be seen", () => {
  for (const name of hostile) {
    const { text, declaration } = compile(programOf([namedEverywhere(name)]), { language: "js", standalone: true });
    expect(`${text}${declaration}`).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  }
});

test("names that differ only in what an identifier cannot hold stay apart", () => {
  const models = ["a.b", "a-b", "a b"].map((name) => variedModel(name));
  const { text, exports } = compile(programOf(models, [waveFunction("a_b")]));
  expect(new Set(exports.values()).size).toBe(4);
  expect(typeErrors({ "module.ts": text })).toBe("");
});

test("a page's own function keeps its name where a model's function has the same", () => {
  const { exports, text } = compile(programOf([variedModel()], [waveFunction("forward")]));
  expect(exports.get("forward")).toBe("forward");
  expect(text).toContain("export function forward(x: number): number");
  expect(text).toContain("export function variedForward(");
});
