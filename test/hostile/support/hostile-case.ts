/**
 * Owns: what hostile sources are made of: small pages that use the whole language, the examples and the library, each
 * renamed, resized, commented, imported and damaged as its seed says. One seed is one case, the same on every machine.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompileOptions } from "@adjoint/compiler";
import { type Draw, damage, drawFrom } from "../../../packages/dsl/test/mutate-source.ts";
import { hostileNames, hostileNumbers, hostilePaths, hostileTexts } from "./hostile-texts.ts";

export interface HostileCase {
  /** The page that is loaded. */
  readonly path: string;
  readonly text: string;
  /** All other pages, by path. */
  readonly others: Readonly<Record<string, string>>;
  readonly hyperparameters: Readonly<Record<string, number>>;
  readonly options: Partial<CompileOptions>;
}

interface SeedPage {
  readonly path: string;
  readonly text: string;
}

export interface SeedPages {
  /** Of some ten lines each, which are what most cases are made of: damage to them is seldom out of reach. */
  readonly small: readonly SeedPage[];
  readonly all: readonly SeedPage[];
}

const root = join(import.meta.dirname, "../../..");

export function readSeedPages(): SeedPages {
  const small = pagesUnder("test/hostile/pages");
  return { small, all: [...small, ...pagesUnder("examples"), ...pagesUnder("packages/dsl/std")] };
}

function pagesUnder(folder: string): readonly SeedPage[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".adj") && !name.includes("node_modules"))
    .sort()
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(root, folder, name), "utf8") }));
}

export function hostileCase(pages: SeedPages, seed: number): HostileCase {
  const draw = drawFrom(seed);
  const page = pick(draw, draw(4) > 0 ? pages.small : pages.all);
  const others = Object.fromEntries(pages.all.map(({ path, text }) => [path, text]));
  // The page an import names lies in the folder of the page that imports it, so a hostile name keeps the folder.
  const folder = page.path.slice(0, page.path.lastIndexOf("/") + 1);
  const path = draw(4) === 0 ? folder + pick(draw, hostileTexts).replaceAll("/", "") : page.path;
  let text = page.text;
  if (draw(2) === 0) text = rename(text, draw);
  if (draw(2) === 0) text = resize(text, draw);
  if (draw(3) === 0) text = comment(text, draw);
  if (draw(8) === 0) text = `import { ${pick(draw, hostileNames)} } from "${pick(draw, hostilePaths)}"\n${text}`;
  if (draw(8) === 0)
    others[folder + pick(draw, ["functions.adj", "blocks.adj"])] = damage(pick(draw, pages.small).text, draw);
  if (draw(3) > 0) text = damage(text, draw);
  return {
    path,
    text,
    others,
    hyperparameters: draw(6) === 0 ? override(text, draw) : {},
    options: chooseOptions(draw),
  };
}

function chooseOptions(draw: Draw): Partial<CompileOptions> {
  return {
    precision: draw(4) === 0 ? "f32" : "f64",
    language: draw(3) === 0 ? "js" : "ts",
    inference: draw(8) === 0,
    standalone: draw(16) === 0,
    sourceMap: draw(8) === 0,
    unrollLimit: pick(draw, [1000, 1000, 0, 20]),
  };
}

/** One name of the page becomes another wherever it stands. */
function rename(text: string, draw: Draw): string {
  const words = text.match(/[\p{L}_][\p{L}0-9_]*/gu) ?? [];
  if (words.length === 0) return text;
  const old = pick(draw, words);
  const name = pick(draw, hostileNames);
  return text.replace(/[\p{L}_][\p{L}0-9_]*/gu, (word) => (word === old ? name : word));
}

/** One number of the page becomes an extreme. */
function resize(text: string, draw: Draw): string {
  const numbers = [...text.matchAll(/\b[0-9][0-9.e-]*/g)];
  if (numbers.length === 0) return text;
  const { 0: old, index } = pick(draw, numbers);
  return text.slice(0, index) + pick(draw, hostileNumbers) + text.slice(index + old.length);
}

/** A comment with a hostile text stands above, or behind, some line. */
function comment(text: string, draw: Draw): string {
  const lines = text.split("\n");
  const at = draw(lines.length);
  const hostile = `// ${pick(draw, hostileTexts)}`;
  if (draw(3) === 0) lines[at] = `${lines[at]} ${hostile}`;
  else lines.splice(at, 0, hostile);
  return lines.join("\n");
}

/** Hyperparameters that the page may have, set to what they may not be. */
function override(text: string, draw: Draw): Readonly<Record<string, number>> {
  const names = [...text.matchAll(/([\p{L}_]+) = [0-9]/gu)].map(([, name]) => name ?? "");
  const name = draw(3) > 0 && names.length > 0 ? pick(draw, names) : pick(draw, hostileNames);
  // As the command line makes them: a name such as `__proto__` is a member like any other.
  return Object.fromEntries([[name, Number(pick(draw, [...hostileNumbers, "NaN", "-Infinity"]))]]);
}

function pick<T>(draw: Draw, choices: readonly T[]): T {
  const chosen = choices[draw(choices.length)];
  if (chosen === undefined) throw new RangeError("nothing to choose from");
  return chosen;
}
