import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { loadWasmTarget } from "../../src/targets/wasm/assembler.ts";
import { genderProgram } from "./programs.ts";
import { folder } from "./workshop.ts";

const target = await loadWasmTarget();

test("a million steps in WebAssembly allocate nothing, and the network's memory stays as large as it was", () => {
  const program = genderProgram();
  const [model] = program.models;
  const training = model?.training;
  if (model === undefined || training == null) throw new Error("no training");
  const compiled = (batch: number): string => {
    const models = [{ ...model, training: { ...training, batch } }];
    return compile({ ...program, models }, { target, language: "js", standalone: true }).text;
  };
  // With a young generation that is never full, the heap grows by whatever is allocated: see the same test of TypeScript.
  // An array in memory outside the heap has an object on it; those a run begins with are the same for a long one.
  const measure = `
const n = 100_000;
const x = Float64Array.from({ length: 2 * n }, (_, k) => Math.sin(k));
const y = Float64Array.from({ length: n }, (_, k) => k % 2);
for (const file of ["./single.js", "./batch.js"]) {
  const { Gender } = await import(file);
  const net = new Gender();
  const grown = async (epochs) => {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for await (const { loss } of net.train({ x, y }, { epochs })) void loss;
    return process.memoryUsage().heapUsed - before;
  };
  const { byteLength } = net.p.buffer;
  for (let warming = 0; warming < 4; warming++) await grown(5);
  const [short, long] = [await grown(2), await grown(12)];
  console.log((long - short) / (10 * n), net.p.buffer.byteLength - byteLength);
}
`;
  const path = folder({ "single.js": compiled(1), "batch.js": compiled(8), "measure.js": measure });
  const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];
  const lines = execFileSync(process.execPath, [...flags, "measure.js"], { cwd: path, encoding: "utf8" }).split("\n");
  const [single, batch] = lines.map((line) => line.split(" ").map(Number));
  // Compiled code comes and goes on the same heap: about one byte per example either way. The least object has 16.
  expect(single?.[0]).toBeLessThan(4);
  expect(batch?.[0]).toBeLessThan(16 / 8);
  for (const grown of [single?.[1], batch?.[1]]) expect(grown).toBe(0);
});
