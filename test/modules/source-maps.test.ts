/**
 * Owns: that source maps lead where the emitted comments say, line by line, over all examples. Maps are read by Node's own
 * reader, which shares nothing with what writes them.
 */

import { readdirSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { type CompileOptions, compile } from "@adjoint/compiler";
import { type Host, load, memoryHost } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";
import { describe, expect, test } from "vitest";

const examples = join(import.meta.dirname, "../../examples");
/** All but the one that shows what is said about mistakes. */
const pages = readdirSync(examples, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".adj") && !/^node_modules|^mistakes/.test(path))
  .sort();

/** A line of a module, and the place of a page that the map leads to from where its text begins; null if from nowhere. */
interface MappedLine {
  readonly text: string;
  readonly place: { readonly path: string; readonly line: number; readonly column: number } | null;
}

interface Mapped {
  readonly lines: readonly MappedLine[];
  /** The texts of the pages that the map carries, by path. */
  readonly contents: ReadonlyMap<string, string>;
}

function compiled(path: string, host: Host, options: Partial<CompileOptions>): Mapped {
  const { program } = load(path, host);
  if (program === null) throw new Error(`${path} has errors`);
  const { text, sourceMap } = compile(program, { ...options, sourceMap: true });
  const payload = JSON.parse(sourceMap ?? "");
  const map = new SourceMap(payload);
  const lines = text.split("\n").map((line, k): MappedLine => {
    const column = line.length - line.trimStart().length;
    const entry = map.findEntry(k, column);
    // Node answers with the nearest mapping before, wherever that is.
    const isOwn = "generatedLine" in entry && entry.generatedLine === k && entry.generatedColumn === column;
    if (!isOwn) return { text: line, place: null };
    return {
      text: line,
      place: { path: entry.originalSource, line: entry.originalLine + 1, column: entry.originalColumn },
    };
  });
  const sources: readonly string[] = payload.sources;
  return { lines, contents: new Map(sources.map((source, k) => [source, payload.sourcesContent[k]])) };
}

/** What the page says from a place on, without layout: comments are no part of a statement. */
function textAt({ contents }: Mapped, place: MappedLine["place"]): string {
  if (place === null) return "";
  const rows =
    contents
      .get(place.path)
      ?.split("\n")
      .slice(place.line - 1) ?? [];
  const [first = "", ...rest] = rows;
  return [first.slice(place.column), ...rest]
    .join("\n")
    .replace(/\/\/.*/g, " ")
    .replace(/\s+/g, " ");
}

const citation = /^ *\/\/ (?:backward: )?(?<text>.*?)(?<cut>…?) +(?<path>\S+):(?<line>\d+)$/;

function citationOf({ text }: MappedLine): { text: string; path: string; line: number } | null {
  const { groups } = citation.exec(text) ?? {};
  if (groups === undefined) return null;
  return { text: groups["text"] ?? "", path: groups["path"] ?? "", line: Number(groups["line"]) };
}

const key = (place: MappedLine["place"]): string =>
  place === null ? "" : `${place.path}:${place.line}:${place.column}`;

function expectPlaces(mapped: Mapped): void {
  const cited = new Set<string>();
  for (const line of mapped.lines) {
    const told = citationOf(line);
    if (told === null) continue;
    // A comment leads to the line that it cites, and to the column at which the text stands that it shows.
    expect(line.place, line.text).toMatchObject({ path: told.path, line: told.line });
    expect(textAt(mapped, line.place).slice(0, told.text.length), line.text).toBe(told.text);
    cited.add(key(line.place));
  }
  expect(cited.size).toBeGreaterThan(0);
  // Whatever else leads anywhere leads to one of the statements that comments cite; a result needs no comment.
  const others = mapped.lines.filter(({ place }) => place !== null && !cited.has(key(place)));
  expect(others.map(({ text }) => text).filter((text) => !/^ *return /.test(text))).toEqual([]);
  for (const { place } of others) expect(textAt(mapped, place)).toMatch(/^(?:function|loss|return|\w+ =) /);
}

/** Functions without loops: their bodies, line by line. */
function straightBodies({ lines }: Mapped): readonly (readonly MappedLine[])[] {
  const bodies: MappedLine[][] = [];
  let body: MappedLine[] | null = null;
  for (const line of lines) {
    if (/^(?:export )?function \w+\(.*\{$|^\): .*\{$/.test(line.text)) body = [];
    else if (line.text === "}" && body !== null) {
      if (body.some((each) => citationOf(each) !== null) && !body.some(({ text }) => /^ *for \(/.test(text)))
        bodies.push(body);
      body = null;
    } else body?.push(line);
  }
  return bodies;
}

describe.each(pages)("%s", (page) => {
  const host = nodeHost();
  const path = join(examples, page);

  test.each<[string, Partial<CompileOptions>]>([
    ["in straight lines", {}],
    ["in loops", { unrollLimit: 0 }],
    ["in JavaScript, with the runtime in it", { language: "js", standalone: true }],
  ])("leads where its comments say, %s", (_, options) => {
    expectPlaces(compiled(path, host, options));
  });

  test("leads from every line of a straight line, and from each declaration to the section it stands in", () => {
    const mapped = compiled(path, host, {});
    for (const body of straightBodies(mapped)) {
      expect(body.filter(({ place }) => place === null).map(({ text }) => text)).toEqual([]);
      let section = "";
      for (const line of body) {
        if (citationOf(line) !== null) section = key(line.place);
        else if (/^ {2}const /.test(line.text)) expect(key(line.place), line.text).toBe(section);
      }
    }
  });

  test("carries its page", () => {
    const { contents } = compiled(path, host, {});
    expect([...contents].map(([name]) => name)).toContain(path);
    expect(contents.get(path)).toBe(host.read(path));
  });
});

test("statements on one line are told apart by their columns, which count UTF-16 units", () => {
  const row = "model M { input 𝛼[2] h = tanh(𝛼) loss sum[i](h[i]^2) }";
  const mapped = compiled("m.adj", memoryHost({ "m.adj": `// 𝛼 is outside the basic plane.\r\n${row}` }), {});
  expectPlaces(mapped);
  const places = mapped.lines.flatMap(({ place }) => (place === null ? [] : [key(place)]));
  expect(new Set(places)).toEqual(new Set(["h =", "loss"].map((statement) => `m.adj:2:${row.indexOf(statement)}`)));
});
