import { describe, expect, it } from "vitest";
import { load, memoryHost } from "../src/index.ts";
import { nodeHost } from "../src/node.ts";
import { codes, functionsOf, lowered, modelOf } from "./loading.ts";

describe("an import", () => {
  it("makes definitions of another page known, which see the names of their own page", () => {
    const pages = {
      "page.adj": 'import { twice } from "./lib/blocks.adj"\nmodel M { input x[2] y = twice(x) }',
      "lib/blocks.adj":
        'import { k } from "../numbers.adj"\nfunction once(z) = k(z)\nfunction twice(z) = once(once(z))',
      "numbers.adj": "function k(z) = 3 * z",
    };
    expect(lowered(pages)).toEqual(["y[i] = 3 * (3 * x[i])"]);
  });

  it("brings no models or functions of its own into the program", () => {
    const pages = {
      "page.adj": 'import { f } from "./lib.adj"\nfunction g(x) = f(x)',
      "lib.adj": "function f(x) = x  model Other { input x[1] }",
    };
    expect(functionsOf(pages).map(({ name }) => name)).toEqual(["g"]);
    expect(load("page.adj", memoryHost(pages)).program?.models).toEqual([]);
  });

  it("is read once, however many pages import it", () => {
    const pages: Record<string, string> = {
      "page.adj": 'import { a } from "./a.adj" import { b } from "./b.adj"\nfunction f(x) = a(x) + b(x)',
      "a.adj": 'import { c } from "./c.adj"\nfunction a(x) = c(x)',
      "b.adj": 'import { c } from "./c.adj"\nfunction b(x) = c(x)',
      "c.adj": "function c(x) = x",
    };
    const host = memoryHost(pages);
    const read: string[] = [];
    const watched = (path: string): string | null => {
      read.push(path);
      return host.read(path);
    };
    load("page.adj", { ...host, read: watched });
    expect(read).toEqual(["page.adj", "a.adj", "c.adj", "b.adj"]);
  });

  it("of a page that is missing, in error, circular, or without the name is one report", () => {
    const page = 'import { f } from "./lib.adj"\nfunction g(x) = f(x) + f(x)';
    expect(codes({ "page.adj": page })).toEqual(["file-not-found"]);
    expect(codes({ "page.adj": page, "lib.adj": "function f(x) = (" })).toHaveLength(1);
    expect(codes({ "page.adj": page, "lib.adj": "function ff(x) = x" })).toEqual(["unknown-import"]);
    expect(codes({ "page.adj": page, "lib.adj": 'import { g } from "./page.adj"\nfunction f(x) = g(x)' })).toEqual([
      "import-cycle",
    ]);
    expect(codes('import { g } from "./page.adj"\nfunction f(x) = g(x)')).toEqual(["import-cycle"]);
  });

  it("may not bring a name that the page defines", () => {
    const pages = { "page.adj": 'import { f } from "./lib.adj"\nfunction f(x) = x', "lib.adj": "function f(x) = x" };
    expect(codes(pages)).toEqual(["duplicate-name"]);
  });

  it("that is never used is warned of", () => {
    expect(codes({ "page.adj": 'import { f } from "./lib.adj"', "lib.adj": "function f(x) = x" })).toEqual([
      "unused-name",
    ]);
  });
});

describe("the standard library", () => {
  it("gives way to a page's own definitions", () => {
    expect(lowered("function relu(z) = 7 * z  model M { input x[2] y = relu(x) }")).toEqual(["y[i] = 7 * x[i]"]);
  });

  it("calls its own definitions, whatever the page calls so", () => {
    const model = modelOf("function sigmoid(z) = 7 * z  model M { input x[1] y = silu(x) }");
    expect(lowered("function sigmoid(z) = 7 * z  model M { input x[1] y = silu(x) }").join()).toContain("exp");
    expect(model.bindings).toHaveLength(1);
  });
});

describe("hosts", () => {
  it("resolve specifiers relative to the page that imports", () => {
    for (const host of [memoryHost({}), nodeHost()]) {
      expect(host.resolve("a/b/page.adj", "./c.adj")).toBe("a/b/c.adj");
      expect(host.resolve("a/b/page.adj", "../c.adj")).toBe("a/c.adj");
      expect(host.resolve("page.adj", "./c.adj")).toBe("c.adj");
    }
  });

  it("answer null for what cannot be read", () => {
    expect(nodeHost().read("no/such/page.adj")).toBeNull();
    expect(memoryHost({}).read("toString")).toBeNull();
  });
});
