import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type CompileOptions, compile } from "@adjoint/compiler";
import { load } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";
import { describe, expect, test } from "vitest";
import { importText, typeErrors } from "../../packages/compiler/test/module/workshop.ts";

const root = join(import.meta.dirname, "../..");
/** All but the one that shows what is said about mistakes. */
const pages = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".adj") && !/^node_modules|^mistakes/.test(path))
  .sort();

function programOf(page: string) {
  const { program, diagnostics } = load(relative(process.cwd(), join(root, "examples", page)), nodeHost());
  if (program === null) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return program;
}

const variants: readonly Partial<CompileOptions>[] = [
  {},
  { precision: "f32" },
  { inference: true },
  { standalone: true },
  { unrollLimit: 0 },
];

test("every example, compiled in every way, passes TypeScript with every strict flag", () => {
  const files: Record<string, string> = {};
  for (const page of pages) {
    const program = programOf(page);
    for (const [k, options] of variants.entries()) {
      const name = `${page.replace(/\W/g, "-")}-${k}`;
      files[`${name}.ts`] = compile(program, options).text;
      const { text, declaration } = compile(program, { ...options, language: "js" });
      files[`${name}-js.js`] = text;
      files[`${name}-js.d.ts`] = declaration ?? "";
    }
  }
  expect(Object.keys(files).length).toBeGreaterThan(100);
  expect(typeErrors(files)).toBe("");
});

describe("the gender page, through the language, as a user's program", () => {
  test("trains to the tutorial's loss and predictions", async () => {
    const text = compile(programOf("gender/gender.adj")).text;
    const program = `
import { Gender } from "./gender.ts";
const people = { x: [[-2, -1], [25, 6], [17, 4], [-15, -6]], y: [1, 0, 0, 1] };
const net = new Gender({ seed: 7 });
const losses: number[] = [];
for await (const { loss } of net.train(people)) losses.push(loss);
export const result: readonly number[] = [
  losses.length,
  net.evaluate(people).loss,
  net.predict({ x: [-7, -3] }).o[0],
  net.predict({ x: [20, 2] }).o[0],
];
`;
    expect(typeErrors({ "gender.ts": text, "use.ts": program })).toBe("");
    const { result } = await importText("use.ts", program, { "gender.ts": text });
    const [epochs, loss, light, heavy] = Array.isArray(result) ? result : [];
    expect(epochs).toBe(1000);
    expect(loss).toBeLessThan(0.005);
    expect(light).toBeGreaterThan(0.9);
    expect(heavy).toBeLessThan(0.1);
  });
});
