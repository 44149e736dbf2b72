/**
 * Owns: the test of the one decision. Layers, losses, optimizers and the like are pages of the language; neither the graph
 * nor the compiler knows one by its name.
 */

import { parse } from "@adjoint/dsl";
import { scalarFunctionNames } from "@adjoint/ir";
import { describe, expect, test } from "vitest";
import { type PackageName, type Source, sourcesOf, standardPages, wordingOf } from "./sources.ts";

/** Names of the library that are also words for something else, and what that is. */
const otherMeanings: ReadonlyMap<string, string> = new Map([
  ["constant", "a kind of node: a tensor of one number"],
  ["uniform", "a role of inputs: noise on [0, 1)"],
  ["normal", "a role of inputs: noise of N(0, 1); also the form that rewriting comes to rest in"],
  ["cosine", "a function of angles"],
  ["precision", "of the module's arrays: how many bits a number has"],
  ["flatten", "the row-major position of an index vector"],
  ["slice", "a method of arrays"],
  ["ones", "in documentation, the plural of one"],
  ["identity", "what changes nothing: a read at each index itself"],
]);

/** `glorotUniform`, `glorot_uniform` and "glorot uniform" are all glorot uniform. */
function wordsOf(text: string): string {
  const words = text.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return ` ${words.split(/[^a-z0-9]+/).join(" ")} `;
}

/** Without the runtime's text that the compiler carries along for `--standalone`. */
function writtenSources(name: PackageName): readonly Source[] {
  return sourcesOf(name).filter(({ path }) => !path.includes("/generated/"));
}

const definitions = standardPages().flatMap((file) => {
  const { page } = parse(file);
  return (page?.definitions ?? []).map(({ keyword, name }) => ({ keyword, name: name.text }));
});
const scalarFunctions: ReadonlySet<string> = new Set(scalarFunctionNames);
const foreign = definitions.filter(({ name }) => !scalarFunctions.has(name) && !otherMeanings.has(name));
const wording = (["ir", "compiler"] as const).flatMap((name) =>
  writtenSources(name).flatMap((source) =>
    wordingOf(source).map(({ text, line }) => ({ words: wordsOf(text), place: `${source.path}:${line}` })),
  ),
);

test("the library and the sources have been read", () => {
  expect(definitions.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["dense", "softmax", "cross_entropy", "adam", "glorot_uniform", "accuracy", "relu"]),
  );
  expect(wording.some(({ words }) => words === wordsOf("rewriteGraph"))).toBe(true);
  expect(wordsOf("glorotUniform")).toContain(wordsOf("glorot_uniform"));
});

test("no name is let off that the library no longer has", () => {
  const names = new Set(definitions.map(({ name }) => name));
  expect([...otherMeanings.keys()].filter((name) => !names.has(name))).toEqual([]);
});

describe("no code of the graph or the compiler names", () => {
  test.each(foreign.map(({ keyword, name }) => [keyword, name] as const))("the %s %s", (_, name) => {
    const words = wordsOf(name);
    expect(wording.filter((place) => place.words.includes(words)).map(({ place }) => place)).toEqual([]);
  });
});
