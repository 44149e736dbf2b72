import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { format, parse, renderDiagnostic } from "../src/index.ts";
import { limits } from "../src/parse-guards.ts";
import { damage, drawFrom } from "./mutate-source.ts";

const library = new URL("../std/", import.meta.url);
const sources = readdirSync(library).map((name) => readFileSync(new URL(name, library), "utf8"));

/** What must hold of any text: a page or diagnostics, in time, each with a place in the text, a message and a rendering. */
function examine(text: string): void {
  const file = { path: "hostile.adj", text };
  const begin = performance.now();
  const before = process.cpuUsage();
  const { page, diagnostics } = parse(file);
  expect(page === null).toBe(diagnostics.length > 0);
  const renderings = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, { colour: false }));
  const formatted = format(file).text;
  // On a busy machine the clock runs on without the process, and its collector's threads add to the time it computes.
  const { user, system } = process.cpuUsage(before);
  const taken = Math.min(performance.now() - begin, (user + system) / 1000);
  // Twice the two seconds that a page may take: each is read twice here.
  expect(taken).toBeLessThan(4000);
  for (const [k, diagnostic] of diagnostics.entries()) {
    expect(diagnostic.message).not.toBe("");
    for (const { span } of diagnostic.labels) {
      expect(span.file).toBe(file);
      expect(span.start).toBeGreaterThanOrEqual(0);
      expect(span.end).toBeGreaterThanOrEqual(span.start);
      expect(text.length).toBeGreaterThanOrEqual(span.end);
    }
    expect(renderings[k]?.startsWith(`error[${diagnostic.code}]: `)).toBe(true);
  }
  expect(formatted === null).toBe(page === null);
  if (formatted !== null) expect(format({ path: file.path, text: formatted }).text).toBe(formatted);
}

describe("hostile text", () => {
  it("of 2,000 damaged pages ends in a page or in diagnostics", () => {
    for (let seed = 0; seed < 2000; seed++) {
      const source = sources[seed % sources.length] ?? "";
      const text = damage(source, drawFrom(seed));
      try {
        examine(text);
      } catch (error) {
        throw new Error(`seed ${seed}: ${JSON.stringify(text.slice(0, 2000))}`, { cause: error });
      }
    }
  }, 180_000);

  it.each([
    ["nothing but openers", "(", 10_000],
    ["openers of each kind", "([{", 10_000],
    ["closers", ")]}", 10_000],
    ["definition words", "loss a( ", 10_000],
    ["calls of definitions", "loss a() ", 10_000],
    ["words", "model ", 10_000],
    ["unfinished definitions", "function f(x) = \n", 5_000],
    ["unfinished statements", "layer f(x) {\n a = \n b = (\n", 3_000],
    ["strings", '"', 10_000],
    ["comments", "//\n", 20_000],
    ["blank lines", "\n", 60_000],
    ["numbers", "1e+", 20_000],
    ["dots", "1.", 20_000],
    ["stars", "/*", 20_000],
    ["foreign characters", "−", 60_000],
    ["invisible characters", "\0", 60_000],
    ["lone surrogates", "\ud800", 60_000],
    ["letters", "重", 60_000],
  ])("made of %s is answered in time", (_, unit, count) => {
    examine(unit.repeat(count));
    examine(`layer f(x) {\n  h = x\n  y = ${unit.repeat(count)}\n}`);
  });

  it("as long as a page may be is read in time", () => {
    const statement = "  z = f(x, y)[1] + a * b\n";
    const count = Math.floor((limits.sourceLength - 100) / statement.length);
    examine(`layer f(x) {\n${statement.repeat(count)}}`);
  });
});
