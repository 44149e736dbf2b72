/** Every example in docs/language.md compiles; where an error is announced, that error is what comes. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "@adjoint/compiler";
import { load, memoryHost, renderDiagnostic } from "@adjoint/dsl";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/document-blocks.ts";

interface Example {
  /** The heading and the first line, to find it by. */
  readonly title: string;
  readonly page: string;
  readonly errors: readonly string[];
  /** The other pages of the document, by path. */
  readonly pages: Readonly<Record<string, string>>;
}

const definition = /^(import|model|layer|function|loss \w+\(|metric \w+\(|optimizer|initializer)\b/m;

/** A fenced block with the comment directly above it, if there is one; headings on the way. */
const parts = /^#+ (?<heading>.*)$|(?:<!-- (?<note>[a-z]+): (?<of>.*) -->\n)?```adj\n(?<text>[\s\S]*?)\n```$/gm;

function examplesIn(markdown: string): readonly Example[] {
  const examples: Example[] = [];
  const pages: Record<string, string> = {};
  let heading = "";
  for (const { groups } of markdown.matchAll(parts)) {
    heading = groups?.["heading"] ?? heading;
    const text = groups?.["text"];
    if (text === undefined) continue;
    const note = groups?.["note"];
    const of = groups?.["of"] ?? "";
    const first = text.split("\n").find((line) => !line.startsWith("//")) ?? "";
    if (note === "page") pages[of] = text;
    examples.push({
      title: `${heading}: ${first}`,
      page: definition.test(first) ? text : `model Example {\n${text}\n}`,
      errors: note === "error" ? of.split(", ") : [],
      pages: { ...pages },
    });
  }
  return examples;
}

describe("docs/language.md", () => {
  const examples = examplesIn(readFileSync(join(root, "docs/language.md"), "utf8"));

  it("has examples", () => {
    expect(examples.length).toBeGreaterThan(20);
    expect(examples.some(({ errors }) => errors.length > 0)).toBe(true);
  });

  it.each(examples.map((example): [string, Example] => [example.title, example]))("%s", (_, example) => {
    const { page, pages, errors } = example;
    const { program, diagnostics } = load("page.adj", memoryHost({ ...pages, "page.adj": page }));
    if (errors.length > 0) {
      expect(diagnostics.map(({ code }) => code)).toEqual(errors);
      return;
    }
    expect(diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, { colour: false })).join("\n\n")).toBe("");
    if (program !== null) expect(compile(program).text).toContain("export ");
  });
});
