/** Owns: the test of who may import whom. */

import { describe, expect, test } from "vitest";
import { importsOf, type PackageName, packages, sourcesOf } from "./sources.ts";

/** What each package may import of the others. */
const mayImport: Readonly<Record<PackageName, readonly PackageName[]>> = {
  ir: [],
  dsl: ["ir"],
  compiler: ["ir"],
  runtime: [],
  check: ["ir", "dsl", "compiler"],
  cli: ["ir", "dsl", "compiler", "runtime", "check"],
};

/** These run in a browser too. */
const portable: readonly PackageName[] = ["ir", "compiler", "runtime"];

describe.each(packages)("%s", (name) => {
  const sources = sourcesOf(name);
  const imports = sources.flatMap((source) => importsOf(source).map((found) => ({ ...found, by: source.path })));
  const outside = imports.filter(({ path }) => path === null);

  test(`imports nothing of ours but ${mayImport[name].join(", ") || "itself"}`, () => {
    expect(imports.length).toBeGreaterThan(0);
    const allowed = mayImport[name].map((other) => `@adjoint/${other}`);
    const ours = outside.filter(({ specifier }) => specifier.startsWith("@adjoint/"));
    expect(
      ours.filter(({ specifier }) => !allowed.some((a) => specifier === a || specifier.startsWith(`${a}/`))),
    ).toEqual([]);
  });

  test("stays within its own sources", () => {
    const files = new Set(sources.map(({ path }) => path));
    expect(imports.filter(({ path }) => path !== null && !files.has(path))).toEqual([]);
  });

  if (portable.includes(name)) {
    test("imports nothing of Node", () => {
      expect(outside.filter(({ specifier }) => specifier.startsWith("node:"))).toEqual([]);
    });
  }

  test("has no circular imports, of types either", () => {
    const edges = new Map(sources.map((source) => [source.path, importsOf(source).flatMap(({ path }) => path ?? [])]));
    expect(cycleIn(edges)).toBeNull();
  });
});

/** What is left when sources that import nothing left are taken away, again and again; null if that is nothing. */
function cycleIn(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  let left = [...edges.keys()];
  for (;;) {
    const waiting = new Set(left);
    const next = left.filter((path) => edges.get(path)?.some((other) => waiting.has(other)));
    if (next.length === 0) return null;
    if (next.length === left.length) return next;
    left = next;
  }
}
