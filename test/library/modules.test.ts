/** What is emitted for every layer and loss of the library passes TypeScript with every strict flag, in whatever form. */

import { compile } from "@adjoint/compiler";
import { expect, test } from "vitest";
import { typeErrors } from "../../packages/compiler/test/module/workshop.ts";
import { libraryCases, programOf } from "./pages.ts";

/** Of twelve times the extents, most definitions have loops that run in tiles. */
const forms = [
  { form: "lines", scale: 1, unrollLimit: 2000 },
  { form: "tiles", scale: 12, unrollLimit: 0 },
] as const;

test("as straight lines and as tiled loops", () => {
  const files: Record<string, string> = {};
  for (const { form, scale, unrollLimit } of forms) {
    for (const { name, text } of libraryCases(scale)) {
      files[`${form}-${name.replace(/\W/g, "-")}.ts`] = compile(programOf(text), { unrollLimit }).text;
    }
  }
  expect(Object.keys(files).length).toBeGreaterThan(150);
  expect(typeErrors(files)).toBe("");
}, 120_000);
