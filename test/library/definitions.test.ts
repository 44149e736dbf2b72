/**
 * What holds of every layer and loss by its existing in the library: it compiles, its derivatives are right, and what is
 * emitted for it, as straight lines and as loops, computes what it says.
 */

import { checkProgram } from "@adjoint/check";
import { compile } from "@adjoint/compiler";
import { describe, expect, test } from "vitest";
import { claimOfEmissions } from "../properties/support/claims-of-emissions.ts";
import { Claims } from "../properties/support/trial.ts";
import { elaboratedTrial } from "./elaborated-trial.ts";
import { libraryCases, modelOf, programOf, strangers } from "./pages.ts";

const cases = libraryCases();

test("the table of calls knows no definition that the library does not have", () => {
  expect(strangers()).toEqual([]);
});

describe("the derivatives agree, with differences and with forward mode, of", () => {
  test.each(cases.map(({ name, ...page }) => [name, page] as const))("%s", (_, { text, ranges }) => {
    for (const { counterexample, checked } of checkProgram(programOf(text), { runs: 3, seed: 1, ranges })) {
      expect(counterexample).toBeNull();
      expect(checked).toBeGreaterThan(0);
    }
  });
});

test.each(cases.map(({ name, text }) => [name, text] as const))("%s compiles in both forms", (_, text) => {
  for (const unrollLimit of [0, 100_000]) {
    const program = programOf(text);
    const trained = program.models.some(({ loss }) => loss !== null);
    expect(compile(program, { unrollLimit }).text).toContain(`function ${trained ? "gradient" : "forward"}`);
  }
});

test("as straight lines and as loops, in both precisions, all of them compute what the interpreter does", async () => {
  const models = cases.map(({ name, text, ranges }) => ({ name, ranges, model: modelOf(text) }));
  // What sees a whole batch, or draws, is run by the tests of training.
  const trained = models.filter(
    ({ model: { loss, coupling, noise } }) => loss !== null && coupling === null && noise.length === 0,
  );
  // What takes no part in a gradient is checked by what uses it.
  expect(models.filter(({ model }) => model.loss === null)).toHaveLength(1);
  const record = new Claims();
  await claimOfEmissions(
    trained.map(({ model, ranges }, k) => elaboratedTrial({ ...model, name: `M${k}` }, ranges, k)),
    record,
  );
  const named = record.mismatches.map(({ path, claim, detail }) => `${trained[path]?.name}: ${claim}: ${detail}`);
  expect(named).toEqual([]);
  expect(record.claims).toBeGreaterThan(6 * trained.length);
}, 300_000);
