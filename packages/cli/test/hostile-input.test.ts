/** Files that are not what they should be: each is refused in words, with exit code 1 or 2, and never with 70. */

import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { classes, gender, people, points } from "./networks.ts";
import { adjoint, type Outcome, temporaryFolder } from "./support.ts";

/** Beside the given files: the networks, a folder, a link to itself, a link to the importing page. */
async function refused(
  argv: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Outcome> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "folder"));
  symlinkSync("loop.adj", join(folder, "loop.adj"));
  symlinkSync("page.adj", join(folder, "itself.adj"));
  const standing = { "gender.adj": gender, "people.csv": people, "classes.adj": classes, "points.csv": points };
  const outcome = await adjoint(argv, { folder, files: { ...standing, ...files } });
  expect([1, 2], outcome.stderr).toContain(outcome.exitCode);
  return outcome;
}

/** Every byte once in a while, none of it text. */
const binary = Uint8Array.from({ length: 3000 }, (_, k) => (k * 7919) % 256);
const latin = Buffer.from("// caf\xe9\nfunction f(x) = x\n", "latin1");

describe("data", () => {
  const train = (file: string): readonly string[] => ["train", "gender.adj", "--data", file];

  test.each<readonly [what: string, file: string, content: string | Uint8Array, reason: string]>([
    ["that is binary", "d.csv", binary, "refused-data"],
    ["that was cut within a line", "d.csv", people.slice(0, -5), "line 5: 2 columns where the first line names 3"],
    ["that was cut before a cell", "d.csv", people.slice(0, -2), 'line 5, column y: "" is empty'],
    ["with a quote that nothing closes", "d.csv", `${people}"1,2,3\n`, "d.csv is no CSV: Quote Not Closed"],
    ["without lines", "d.csv", "", "the data set is empty"],
    ["without examples", "d.csv", "x0,x1,y\n", "the data set is empty"],
    ["with numbers of other languages", "d.csv", "x0,x1,y\n1_0,2,1\n", 'column x0: "1_0" is not a number'],
    ["that is infinite", "d.csv", "x0,x1,y\n1e999,2,1\n", 'column x0: "1e999" is infinite'],
    ["with a column that every object has", "d.csv", "x0,x1,y,__proto__\n1,2,1,1\n", 'the column "__proto__"'],
    ["that is no JSON", "d.json", "{", "d.json is no JSON"],
    ["nested without end", "d.json", "[".repeat(200_000), "d.json is no JSON"],
    [
      "nested deeper than its shape",
      "d.json",
      `{"x":[[1,${"[".repeat(5000)}${"]".repeat(5000)}]],"y":[[1]]}`,
      "not a number",
    ],
    ["that is a number", "d.json", "3", "d.json holds neither an object nor a list"],
    ["without examples, in JSON", "d.json", "[]", "the data set is empty"],
    ["whose examples are nothing", "d.json", "[null]", "example 0 is no object"],
    ["that hides in a prototype", "d.json", '{"x":[[1,2]],"__proto__":{"y":[[1]]}}', "`y` is missing"],
    ["of another shape", "d.json", '{"x":[[1,2,3]],"y":[[1]]}', 'x[0]: "a list of 3" is no list of 2'],
    ["of another type", "d.json", '{"x":[[null,"2"]],"y":[[true]]}', 'x[0][0]: "null" is not a number'],
  ])("%s is refused", async (_, file, content, reason) => {
    expect((await refused(train(file), { [file]: content })).stderr).toContain(reason);
  });

  test("of a class out of range is refused", async () => {
    const { stderr } = await refused(["train", "classes.adj", "--data", "d.csv"], {
      "d.csv": `${points}1,2,3\n1,2,-1\n`,
    });
    expect(stderr).toContain('line 9, column label: "3" is no class: the 3 classes are 0 … 2');
    expect(stderr).toContain('line 10, column label: "-1" is no class');
  });

  test.each([
    ["a byte order mark and lines of Windows", `\ufeff${people.replaceAll("\n", "\r\n")}`],
    ["lines of an old Macintosh", people.replaceAll("\n", "\r")],
    ["UTF-16", Buffer.from(`\ufeff${people}`, "utf16le")],
    ["quotes and spaces", people.replace("25", ' "25" ')],
  ])("with %s is the same data", async (_, content) => {
    const files = { "gender.adj": gender, "people.csv": people, "d.csv": content };
    const command = (file: string): readonly string[] => ["eval", "gender.adj", "--data", file, "--json"];
    expect((await adjoint(command("d.csv"), { files })).json()).toEqual(
      (await adjoint(command("people.csv"), { files })).json(),
    );
  });
});

describe("parameters", () => {
  test.each<readonly [what: string, file: string, content: string | Uint8Array, reason: string]>([
    [
      "that are no numbers",
      "p.json",
      '{"h.W":[["NaN",2],[1,2]],"h.b":[1,null],"o.W":[[1,1e999]],"o.b":[0]}',
      "h.W[0][0] is no finite number",
    ],
    [
      "of another shape",
      "p.json",
      '{"h.W":[[1,2,3],[1,2]],"h.b":[1,2],"o.W":5,"o.b":[0]}',
      "h.W[0] is a list of 3 where the model has 2",
    ],
    ["that hide in a prototype", "p.json", '{"__proto__":{"h.W":[[1,2],[1,2]]}}', '"h.W", of shape [2, 2], is missing'],
    ["in a list", "p.json", "[]", "p.json holds no object of parameters"],
    ["that are data", "p.safetensors", people, "This is no safetensors file"],
    ["that are nothing", "p.safetensors", "", "The file has 0 bytes"],
  ])("%s are refused", async (_, file, content, reason) => {
    const argv = ["eval", "gender.adj", "--data", "people.csv", "--params", file];
    expect((await refused(argv, { [file]: content })).stderr).toContain(reason);
  });
});

describe("a page", () => {
  test.each<readonly [what: string, path: string, content: string | Uint8Array | null, reason: string]>([
    ["that is a folder", "folder", null, "cannot read folder: it is a folder"],
    ["under a file", "gender.adj/page.adj", null, "a part of the path is a file, not a folder"],
    ["that links to itself", "loop.adj", null, "cannot read loop.adj: its symbolic links lead in a circle"],
    ["that is a device", "../../../../../../dev/zero", null, "it is a device"],
    ["with a name that is too long", `${"a".repeat(5000)}.adj`, null, "the path is too long"],
    ["that is binary", "page.adj", binary, "page.adj is not UTF-8 text"],
    ["in Latin-1", "page.adj", latin, "page.adj is not UTF-8 text"],
    ["in UTF-16", "page.adj", Buffer.from("\ufefffunction f(x) = x", "utf16le"), "page.adj is not UTF-8 text"],
  ])("%s is refused", async (_, path, content, reason) => {
    expect((await refused(["compile", path], content === null ? {} : { [path]: content })).stderr).toContain(reason);
  });

  test.each(["folder", "loop.adj", "latin.adj", "../../../../../../dev/zero", "none.adj"])(
    "imports no %s",
    async (path) => {
      const page = `import { f } from "./${path}"\nfunction g(x) = f(x)\n`;
      const { stderr } = await refused(["compile", "page.adj"], { "page.adj": page, "latin.adj": latin });
      expect(stderr).toContain("error[file-not-found]");
      expect(stderr).toContain("page.adj:1:19");
    },
  );

  test("may import itself under another name, and gains nothing by it", async () => {
    const page = 'import { f } from "./itself.adj"\nfunction g(x) = f(x)\n';
    expect((await refused(["compile", "page.adj"], { "page.adj": page })).stderr).toContain(
      "`itself.adj` imports itself",
    );
  });
});

describe("sizes", () => {
  const page =
    "model M(n = 2) { input x[2] target y[1] h = dense(x, units: n) o = dense(h, units: 1) loss mse(o, y) train { optimizer sgd } }";

  test.each([
    ["n=1.5", 1, "a size of 1.5 is not a positive whole number"],
    ["n=0", 1, "is not a positive whole number"],
    ["n=1e10", 1, "error["],
    ["n=NaN", 2, "It takes name=number"],
    ["", 2, "It takes name=number"],
    ["__proto__=1", 1, "no model here has a hyperparameter `__proto__`"],
    ["constructor=1", 1, "no model here has a hyperparameter `constructor`"],
    ["m=1", 1, "no model here has a hyperparameter `m`"],
  ])("--set %s is refused", async (assignment, exitCode, reason) => {
    const outcome = await refused(["summary", "m.adj", "--set", assignment], { "m.adj": page });
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain(reason);
  });

  test("that no memory holds are refused when memory is asked for", async () => {
    const argv = ["train", "m.adj", "--data", "people.csv", "--set", "n=1e9"];
    expect((await refused(argv, { "m.adj": page })).stderr).toContain(
      "error[too-large]: the model M, of 4,000,000,001 weights, does not fit into memory",
    );
  });
});

describe("results", () => {
  test.each([
    ["no/where.ts", "unwritable-file", "there is no such file or folder"],
    ["folder", "unwritable-file", "it is a folder"],
    ["gender.adj/gender.ts", "unwritable-file", "a part of the path is a file, not a folder"],
    ["gender.adj", "overwrites-input", "it is a page of the language"],
    ["classes.adj", "overwrites-input", "it is a page of the language"],
  ])("do not go to %s", async (out, code, reason) => {
    for (const argv of [
      ["compile", "gender.adj", "-o", out],
      ["train", "gender.adj", "--data", "people.csv", "-o", out],
      ["train", "gender.adj", "--data", "people.csv", "--checkpoint", out],
    ]) {
      const { stderr, text } = await refused(argv, {});
      expect(stderr).toContain(`error[${code}]`);
      expect(stderr).toContain(reason);
      // Before any work: a training of hours must not end so.
      expect(stderr).not.toContain("epoch");
      expect(text("gender.adj")).toBe(gender);
      expect(text("classes.adj")).toBe(classes);
    }
  });

  test("do not go where the data come from, by whatever name", async () => {
    const { stderr, text } = await refused(
      ["train", "gender.adj", "--data", "people.csv", "-o", "./folder/../people.csv"],
      {},
    );
    expect(stderr).toContain(
      "error[overwrites-input]: will not write ./folder/../people.csv: it is what is being read",
    );
    expect(text("people.csv")).toBe(people);
  });

  test("of --js are two files, whatever they are called", async () => {
    const { text } = await adjoint(["compile", "gender.adj", "--js", "-o", "network"], {
      files: { "gender.adj": gender },
    });
    expect(text("network")).toContain("export class Gender");
    expect(text("network.d.ts")).toContain("export declare class Gender");
  });
});
