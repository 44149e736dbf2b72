/** Whatever a source says, it is answered in time, and nothing of it is code but what it means. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CompileOptions, compile } from "@adjoint/compiler";
import { load, memoryHost } from "@adjoint/dsl";
import { describe, expect, onTestFinished, test } from "vitest";
import { examineCase } from "./support/examine-case.ts";
import { hostileCase, readSeedPages } from "./support/hostile-case.ts";
import { canary, hostileNames, hostileTexts } from "./support/hostile-texts.ts";
import { inspectModule } from "./support/inspect-module.ts";

test("120 hostile sources end in modules or in diagnostics (`npm run fuzz:sources` for more)", () => {
  const pages = readSeedPages();
  const verdicts = Array.from({ length: 120 }, (_, seed) => ({ seed, ...examineCase(hostileCase(pages, seed)) }));
  expect(verdicts.filter(({ complaint }) => complaint !== null)).toEqual([]);
  // They are of both kinds, or they would show nothing.
  expect(verdicts.filter(({ compiled }) => compiled).length).toBeGreaterThan(10);
  expect(new Set(verdicts.flatMap(({ codes }) => codes)).size).toBeGreaterThan(20);
});

/** A page that says the text wherever text may stand: above what is documented, behind statements, at the page's end. */
function commented(text: string): string {
  const line = `// ${text.replaceAll("\n", "\n// ")}`;
  return [
    line,
    "model M {",
    ...["input x[2]", "target y[1]", "param a ~ ones", "h = dense(x, units: 1)", "output o = a * h"].flatMap(
      (statement) => [`  ${line}`, `  ${statement} ${line.split("\n")[0]}`],
    ),
    "  loss mse(o, y)",
    "  train { optimizer sgd }",
    "}",
    line,
    "function f(x) = x^2",
    line,
  ].join("\n");
}

function modules(path: string, text: string): readonly { readonly language: "ts" | "js"; readonly text: string }[] {
  const { program, diagnostics } = load(path, memoryHost(Object.fromEntries([[path, text]])));
  if (program === null) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const options: readonly Partial<CompileOptions>[] = [
    { language: "ts" },
    { language: "js", standalone: true },
    { language: "ts", sourceMap: true, unrollLimit: 0 },
  ];
  return options.map((each) => ({ language: each.language ?? "ts", text: compile(program, each).text }));
}

async function importText(text: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-hostile-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "module.mjs"), text);
  return await import(/* @vite-ignore */ join(folder, "module.mjs"));
}

describe("a text that could be code is none", () => {
  /** What the language itself refuses, wherever it stands, never reaches a module. */
  const refused = /[^\P{Cc}\t\n]|[\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;
  const accepted = hostileTexts.filter((text) => !refused.test(text));

  test.each(accepted)("in comments: %j", async (text) => {
    for (const module of modules("page.adj", commented(text))) {
      expect(inspectModule(module.text, module.language)).toBeNull();
      if (module.language === "js") expect(await importText(module.text)).toHaveProperty("M");
    }
    expect(globalThis).not.toHaveProperty(canary);
  });

  test.each(hostileTexts)("in the name of a file: %j", async (text) => {
    for (const module of modules(`${text}.adj`, commented("plain"))) {
      expect(inspectModule(module.text, module.language)).toBeNull();
      if (module.language === "js") expect(await importText(module.text)).toHaveProperty("M");
    }
    expect(globalThis).not.toHaveProperty(canary);
  });

  test.each(hostileTexts.filter((text) => refused.test(text)))("in comments, and is refused: %j", (text) => {
    const { program, diagnostics } = load("page.adj", memoryHost({ "page.adj": `// ${text}\nfunction f(x) = x` }));
    expect(program).toBeNull();
    expect(diagnostics.map(({ code }) => code)).toContain("invisible-character");
  });
});

describe("a name that means something else in a module", () => {
  test.each(hostileNames)("%s", (name) => {
    const pages = [
      `function ${name}(x) = x^2`,
      `function f(${name}) = ${name}^2`,
      `model ${name} { input x[2] o = dense(x, units: 1) }`,
      `model M(${name} = 2) { input x[${name}] o = dense(x, units: ${name}) }`,
      `model M { input ${name}[2] target y[1] o = dense(${name}, units: 1) loss mse(o, y) train { optimizer sgd } }`,
      `model M { input x[2] ${name} = dense(x, units: 1) output ${name} }`,
      `model M { input x[2] param ${name}[2] ~ ones loss sum[i](${name}[i] * x[i]) }`,
    ];
    for (const page of pages) {
      const { program, diagnostics } = load("page.adj", memoryHost({ "page.adj": page }));
      // Words of the language and names of its own are refused; all else is a name.
      if (program === null) expect(diagnostics.length).toBeGreaterThan(0);
      else expect(inspectModule(compile(program, { unrollLimit: 0 }).text, "ts"), page).toBeNull();
    }
  });
});

describe("a module is inspected for", () => {
  const [{ text } = { text: "" }] = modules("page.adj", commented("plain"));

  test.each([
    ["statements", "globalThis.hacked = 1;", "a statement beside the declarations"],
    ["calls", "console.log(1);", "a statement beside the declarations"],
    ["names from outside", "const x = process.exit(1);", "it reaches for `process`"],
    ["functions made of strings", 'const x = new Function("");', "it reaches for `Function`"],
    ["imports", 'import "node:fs";', "an import that no module has"],
    ["comments that do not end", "/* ", "no well-formed module"],
    ["comments that switch checks off", "// @ts-ignore\nconst x = 1;", "what not to check"],
    ["comments that name source maps", "//# sourceMappingURL=x", "a comment that debuggers follow"],
  ])("%s", (_, added, complaint) => {
    expect(inspectModule(text, "ts")).toBeNull();
    expect(inspectModule(`${text}${added}\n`, "ts")).toContain(complaint);
  });
});
