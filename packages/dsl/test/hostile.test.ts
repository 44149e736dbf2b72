import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { format, parse, renderDiagnostic } from "../src/index.ts";
import { limits } from "../src/parse-guards.ts";
import { damage, drawFrom } from "./mutate-source.ts";

const library = new URL("../std/", import.meta.url);
const sources = readdirSync(library).map((name) => readFileSync(new URL(name, library), "utf8"));

/** What must hold of any text: a page or diagnostics, in time, each with a place in the text, a message and a rendering. */
function examine(text: string): void {
  const file = { path: "hostile.adj", text };
  const begin = process.cpuUsage();
  const { page, diagnostics } = parse(file);
  expect(page === null).toBe(diagnostics.length > 0);
  const renderings = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, { colour: false }));
  const formatted = format(file).text;
  // The clock runs on while a busy machine does something else. The bound is of what grows with the square of a text.
  const { user, system } = process.cpuUsage(begin);
  expect((user + system) / 1000).toBeLessThan(10_000);
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
  // `npm run fuzz:sources` takes any number of them, and all the way to their modules.
  it("of 300 damaged pages ends in a page or in diagnostics", () => {
    for (let seed = 0; seed < 300; seed++) {
      const source = sources[seed % sources.length] ?? "";
      const text = damage(source, drawFrom(seed));
      try {
        examine(text);
      } catch (error) {
        throw new Error(`seed ${seed}: ${JSON.stringify(text.slice(0, 2000))}`, { cause: error });
      }
    }
  });

  it.each([
    ["nothing but openers", "("],
    ["openers of each kind", "([{"],
    ["closers", ")]}"],
    ["definition words", "loss a( "],
    ["calls of definitions", "loss a() "],
    ["words", "model "],
    ["unfinished definitions", "function f(x) = \n"],
    ["unfinished statements", "layer f(x) {\n a = \n b = (\n"],
    ["strings", '"'],
    ["comments", "//\n"],
    ["blank lines", "\n"],
    ["numbers", "1e+"],
    ["dots", "1."],
    ["stars", "/*"],
    ["foreign characters", "−"],
    ["invisible characters", "\0"],
    ["lone surrogates", "\ud800"],
    ["letters", "重"],
  ])("made of %s is answered in time", (_, unit) => {
    const text = unit.repeat(Math.floor((limits.sourceLength - 100) / unit.length));
    examine(text);
    examine(`layer f(x) {\n  h = x\n  y = ${text}\n}`);
  });

  it("as long as a page may be is read in time", () => {
    const statement = "  z = f(x, y)[1] + a * b\n";
    const count = Math.floor((limits.sourceLength - 100) / statement.length);
    examine(`layer f(x) {\n${statement.repeat(count)}}`);
  });
});
