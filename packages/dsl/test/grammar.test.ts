/** Owns: that the grammar, its recipe, the scanner and the parser's own lists say the same. */

import { readFileSync } from "node:fs";
import type { SourceFile } from "@adjoint/ir";
import fc from "fast-check";
import * as ohm from "ohm-js";
import { describe, expect, it } from "vitest";
// @ts-expect-error: a script, without types
import { generateGrammar } from "../scripts/generate-grammar.mjs";
import { formatPage } from "../src/format.ts";
import { grammar } from "../src/grammar.ts";
import { parse } from "../src/index.ts";
import { scan } from "../src/scan.ts";
import { reservedWords } from "../src/statement-words.ts";
import { page } from "./arbitrary-page.ts";

const file = (text: string): SourceFile => ({ path: "test.adj", text });

describe("the grammar", () => {
  const source = readFileSync(new URL("../src/adjoint.ohm", import.meta.url), "utf8");

  it("is the one in adjoint.ohm", () => {
    const generated = readFileSync(new URL("../src/generated/grammar.generated.ts", import.meta.url), "utf8");
    expect(generated).toBe(generateGrammar());
  });

  it("accepts whole pages as the parser does part by part", () => {
    fc.assert(
      fc.property(page, (tree) => {
        const text = formatPage(tree, []);
        expect(grammar.match(text, "Page").succeeded()).toBe(true);
        expect(parse(file(text)).page).not.toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it("reserves the words that the parser says are reserved, and no others", () => {
    const everyWord = new Set([...source.matchAll(/"([a-z]+)"/g)].map(([, word = ""]) => word));
    const reserved = [...everyWord].filter((word) => grammar.match(word, "name").failed());
    expect(new Set(reserved)).toEqual(reservedWords);
  });

  it("agrees with the scanner on words, numbers and strings", () => {
    const rules = { word: "dotted", number: "number", string: "string" } as const;
    const piece = fc.oneof(
      fc.constantFrom(
        "x",
        "_1",
        "é",
        "重み",
        "0",
        "1.5",
        "1e-3",
        "2E+7",
        '"a b"',
        ".",
        "h.W",
        "e",
        "1",
        "-",
        "x_1",
        "𝑥",
        "ﬀ",
        "ª",
      ),
      fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join("")),
        (text) => {
          const { tokens, comments, diagnostics } = scan(file(text));
          const [only] = tokens;
          const whole = diagnostics.length === 0 && comments.length === 0 && tokens.length === 1 && only?.text === text;
          const kind = whole && only !== undefined && only.kind !== "mark" ? only.kind : null;
          for (const [token, rule] of Object.entries(rules)) {
            // A string in the grammar may hold what the scanner refuses anywhere in a page.
            if (diagnostics.some(({ code }) => code === "invisible-character" || code === "number-overflow")) continue;
            expect([rule, grammar.match(text, rule).succeeded()]).toEqual([rule, kind === token]);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("loads from its recipe as from its text", () => {
    const fromText = ohm.grammar(source);
    expect(Object.keys(grammar.rules).sort()).toEqual(Object.keys(fromText.rules).sort());
  });
});
