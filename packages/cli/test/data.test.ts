/** Which data are taken, and in which words the others are refused. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DataOptions, type DataPort, type Dataset, exampleOf } from "../src/data/dataset.ts";
import { readDataset } from "../src/data/read-dataset.ts";
import { Failure } from "../src/failure.ts";
import { fakeIo, temporaryFolder } from "./support.ts";

const real = { kind: "real" } as const;
const x: DataPort = { name: "x", role: "input", shape: [2], element: real };
const y: DataPort = { name: "y", role: "target", shape: [1], element: real };
const m: DataPort = { name: "m", role: "input", shape: [2, 3], element: real };
const label: DataPort = { name: "label", role: "target", shape: [], element: { kind: "class", count: 3 } };

const plain: DataOptions = { columns: new Map(), ignore: [], scale: new Map(), targetsOptional: false };

async function read(
  file: string,
  text: string,
  ports: readonly DataPort[],
  options: Partial<DataOptions> = {},
): Promise<Dataset> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, file), text);
  return readDataset(fakeIo(folder), [file], ports, { ...plain, ...options });
}

async function values(file: string, text: string, ports: readonly DataPort[], options: Partial<DataOptions> = {}) {
  const dataset = await read(file, text, ports, options);
  return Object.fromEntries([...dataset.values].map(([name, numbers]) => [name, [...numbers]]));
}

/** Everything a refusal says, one line each. */
async function refusal(
  file: string,
  text: string,
  ports: readonly DataPort[],
  options: Partial<DataOptions> = {},
): Promise<readonly string[]> {
  const failure: unknown = await read(file, text, ports, options).catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error(`not refused: ${failure}`);
  return [failure.message, ...failure.details, ...failure.help.map((line) => `help: ${line}`)];
}

describe("CSV columns", () => {
  const rows = "\n1,2,0\n3,4,1\n";
  const expected = { x: [1, 2, 3, 4], y: [0, 1] };

  test.each([["x0,x1,y"], ["x[0],x[1],y[0]"], ["x_0,x_1,y0"], ["\uFEFFx0, x1 ,y"]])(
    "%s are x[2] and y[1]",
    async (header) => {
      expect(await values("d.csv", header + rows, [x, y])).toEqual(expected);
    },
  );

  test("stand in any order", async () => {
    expect(await values("d.csv", "y,x1,x0\n0,2,1\n", [x, y])).toEqual({ x: [1, 2], y: [0] });
  });

  test("may be separated by semicolons or tabs", async () => {
    expect(await values("d.csv", "x0;x1;y\n1;2;0\n", [x, y])).toEqual({ x: [1, 2], y: [0] });
    expect(await values("d.tsv", "x0\tx1\ty\n1\t2\t0\n", [x, y])).toEqual({ x: [1, 2], y: [0] });
  });

  test.each([
    ['"m[0,0]","m[0,1]","m[0,2]","m[1,0]","m[1,1]","m[1,2]"'],
    ["m_0_0,m_0_1,m_0_2,m_1_0,m_1_1,m_1_2"],
    ["m0,m1,m2,m3,m4,m5"],
  ])("%s are the matrix m[2, 3]", async (header) => {
    expect(await values("d.csv", `${header}\n1,2,3,4,5,6\n`, [m])).toEqual({ m: [1, 2, 3, 4, 5, 6] });
  });

  test("are mapped by name and by range", async () => {
    const columns = new Map([
      ["x", ["weight", "height"]],
      ["y", ["gender"]],
    ]);
    expect(await values("d.csv", "gender,weight,height\n0,1,2\n", [x, y], { columns })).toEqual({ x: [1, 2], y: [0] });
    const range = new Map([["m", ["p1..p6"]]]);
    expect(await values("d.csv", "p1,p2,p3,p4,p5,p6\n1,2,3,4,5,6\n", [m], { columns: range })).toEqual({
      m: [1, 2, 3, 4, 5, 6],
    });
  });

  test("can be ignored", async () => {
    expect(await values("d.csv", "id,x0,x1,y\nAlice,1,2,0\n", [x, y], { ignore: ["id"] })).toEqual({
      x: [1, 2],
      y: [0],
    });
  });

  test("a target may be missing where only outputs are asked for", async () => {
    expect(await values("d.csv", "x0,x1\n1,2\n", [x, y], { targetsOptional: true })).toEqual({ x: [1, 2] });
  });

  test("that are missing are named, with the way to map others", async () => {
    expect(await refusal("d.csv", "weight,height,y\n1,2,0\n", [x, y])).toEqual([
      "d.csv: the columns don't fit the model",
      "no column for x[0], x[1], of input x[2]",
      'no input or target takes the columns "weight", "height"',
      "help: name the columns x0, x1, or say which they are: --columns x=a,b",
    ]);
  });

  test("that are left over are named", async () => {
    expect(await refusal("d.csv", "id,x0,x1,y\n7,1,2,0\n", [x, y])).toEqual([
      "d.csv: the columns don't fit the model",
      'no input or target takes the column "id"',
      "help: leave columns out with --ignore id",
    ]);
  });

  test("that count from 1 are recognised", async () => {
    expect(await refusal("d.csv", "x1,x2,y\n1,2,0\n", [x, y])).toContain(
      "help: elements count from 0: x0 … x1; or say --columns x=x1..x2",
    );
  });

  test("that occur twice, or in two spellings, are refused", async () => {
    expect(await refusal("d.csv", "x0,x0,y\n1,2,0\n", [x, y])).toEqual([
      'd.csv: two columns (1 and 2) are called "x0"',
    ]);
    expect(await refusal("d.csv", "x0,x_0,x1,y\n1,1,2,0\n", [x, y])).toContain('"x0" and "x_0" are both x[0]');
  });

  test("that can be read in two ways are refused", async () => {
    const x1: DataPort = { ...x, name: "x1" };
    const x10: DataPort = { ...x, shape: [16] };
    const header = Array.from({ length: 16 }, (_, k) => `x${k}`).join();
    expect(await refusal("d.csv", `${header},x1[1]\n${"1,".repeat(16)}2\n`, [x10, x1])).toEqual([
      'd.csv: the column "x10" can be x[10] or x1[0]',
      "help: rename it, or say --columns x=…",
    ]);
  });

  test("need names", async () => {
    expect(await refusal("d.csv", "1,2,0\n3,4,1\n", [x, y])).toEqual([
      "d.csv: the first line holds numbers where the columns' names must stand",
      "help: begin the file with a line of names, such as: x0,x1,y",
    ]);
  });
});

describe("CSV cells", () => {
  test("that are no numbers are named by line and column, several at once", async () => {
    expect(await refusal("d.csv", "x0,x1,y\n1,NaN,0\n\n,2,∞\n1e999,-Infinity,abc\n", [x, y])).toEqual([
      "d.csv: 6 values can't be used",
      'line 2, column x1: "NaN" is not a number',
      'line 4, column x0: "" is empty',
      'line 4, column y: "∞" is not a number',
      'line 5, column x0: "1e999" is infinite',
      'line 5, column x1: "-Infinity" is infinite',
      'line 5, column y: "abc" is not a number',
    ]);
  });

  test("beyond the first eight are counted", async () => {
    const lines = await refusal("d.csv", `x0,x1,y\n${"?,?,?\n".repeat(100)}`, [x, y]);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe("… and 292 more");
  });

  test("of a class are whole and in range", async () => {
    expect(await values("d.csv", "label\n0\n2\n1.0\n", [label])).toEqual({ label: [0, 2, 1] });
    expect(await refusal("d.csv", "label\n3\n-1\n0.5\ncat\n", [label])).toEqual([
      "d.csv: 4 values can't be used",
      'line 2, column label: "3" is no class: the 3 classes are 0 … 2',
      'line 3, column label: "-1" is no class: the 3 classes are 0 … 2',
      'line 4, column label: "0.5" is no class: the 3 classes are 0 … 2',
      'line 5, column label: "cat" is no class: the 3 classes are 0 … 2',
    ]);
  });

  test("are as many as the names", async () => {
    expect(await refusal("d.csv", "x0,x1,y\n1,2,0\n1,2\n", [x, y])).toEqual([
      "d.csv, line 3: 2 columns where the first line names 3",
    ]);
  });

  test("may be quoted", async () => {
    expect(await values("d.csv", 'x0,x1,y\n"1","2",0\n', [x, y])).toEqual({ x: [1, 2], y: [0] });
    expect(await refusal("d.csv", 'x0,x1,y\n"1,2,0\n', [x, y])).toEqual([
      expect.stringMatching(/^d\.csv is no CSV: .*[Qq]uot/),
    ]);
  });
});

describe("an empty set is refused", () => {
  test.each([
    ["d.csv", "", "d.csv: the data set is empty: the file has no lines"],
    ["d.csv", "x0,x1,y\n", "d.csv: the data set is empty: it has no examples"],
    ["d.json", "[]", "d.json: the data set is empty: it has no examples"],
    ["d.json", '{"x":[],"y":[]}', "d.json: the data set is empty: it has no examples"],
  ])("%s: %j", async (file, text, message) => {
    expect(await refusal(file, text, [x, y])).toEqual([message]);
  });
});

describe("JSON", () => {
  test("holds ports over the examples, or examples of ports", async () => {
    const expected = { x: [1, 2, 3, 4], y: [0, 1] };
    expect(await values("d.json", '{"x":[[1,2],[3,4]],"y":[[0],[1]]}', [x, y])).toEqual(expected);
    expect(await values("d.json", '[{"x":[1,2],"y":[0]},{"y":[1],"x":[3,4]}]', [x, y])).toEqual(expected);
  });

  test("nests tensors by shape, and takes a bare number for one element", async () => {
    expect(await values("d.json", '{"m":[[[1,2,3],[4,5,6]]],"label":[2]}', [m, label])).toEqual({
      m: [1, 2, 3, 4, 5, 6],
      label: [2],
    });
    expect(await values("d.json", '{"x":[[1,2]],"y":[7]}', [x, y])).toEqual({ x: [1, 2], y: [7] });
  });

  test("is refused with the place of what is wrong", async () => {
    expect(await refusal("d.json", '{"x":[[1,null],[3],["4",5]],"y":[[0],[1],[[2]]]}', [x, y])).toEqual([
      "d.json: 4 values can't be used",
      'x[0][1]: "null" is not a number',
      'x[1]: "a list of 1" is no list of 2, as input x[2] needs',
      'x[2][0]: "4" is not a number',
      'y[2][0]: "a list" is not a number',
    ]);
    expect(await refusal("d.json", '[{"x":[1,2],"label":3}]', [x, label])).toEqual([
      "d.json: 1 value can't be used",
      '[0].label: "3" is no class: the 3 classes are 0 … 2',
    ]);
  });

  test("has all names and no others", async () => {
    expect(await refusal("d.json", '{"x":[[1,2]],"z":[[0]]}', [x, y])).toEqual([
      "d.json: the names don't fit the model",
      "`y` is missing: target y[1]",
      "no input or target is called `z`",
      "help: did you mean `x`?",
    ]);
    expect(await refusal("d.json", '[{"x":[1,2],"y":[0]},{"x":[1,2]}]', [x, y])).toEqual([
      "d.json, example 1: the names don't fit the model",
      "`y` is missing: target y[1]",
    ]);
  });

  test("has as many examples of each port", async () => {
    expect(await refusal("d.json", '{"x":[[1,2]],"y":[[0],[1]]}', [x, y])).toEqual([
      "d.json: `y` has 2 examples where `x` has 1",
    ]);
  });

  test.each([
    ["{", /^d\.json is no JSON: /],
    ["7", /^d\.json holds neither an object nor a list$/],
    ["[7]", /^d\.json: example 0 is no object of inputs and targets$/],
    ['{"x":7,"y":[]}', /^d\.json: `x` is no list over the examples$/],
  ])("%j is refused", async (text, message) => {
    expect((await refusal("d.json", text, [x, y]))[0]).toMatch(message);
  });

  test("has each key once in an object: what else would be dropped is refused, with both places", async () => {
    expect(await refusal("d.json", '{"x":[[1,2]],\n "y":[[0]],\n "x":[[3,4]]}', [x, y])).toEqual([
      'd.json: an object has the key "x" twice',
      "first at line 1, column 2, again at line 3, column 2",
      "help: keep one of them, or rename one",
    ]);
    const records = '[{"x":[1,2],"y":[0]},\n{"x":[1,2],"y":[0],"\\u0079" :[1]}]';
    expect((await refusal("d.json", records, [x, y]))[1]).toBe(
      "first at line 2, column 12, again at line 2, column 20",
    );
    expect(await values("d.json", '[{"x":[1,2],"y":[0]},{"x":[3,4],"y":[1]}]', [x, y])).toEqual({
      x: [1, 2, 3, 4],
      y: [0, 1],
    });
  });

  test("deeper nesting than the shape's costs nothing", async () => {
    const deep = `{"x":[[1,${"[".repeat(5000)}${"]".repeat(5000)}]],"y":[[0]]}`;
    expect(await refusal("d.json", deep, [x, y])).toEqual([
      "d.json: 1 value can't be used",
      'x[0][1]: "a list" is not a number',
    ]);
  });

  test("names that every object has are names like others", async () => {
    expect(await refusal("d.json", '[{"x":[1,2],"y":[0],"__proto__":{"z":1}}]', [x, y])).toContain(
      "no input or target is called `__proto__`",
    );
    const odd: DataPort = { ...y, name: "__proto__" };
    expect((await read("d.json", '{"__proto__":[[3]]}', [odd])).values.get("__proto__")).toEqual(Float64Array.of(3));
    expect(await refusal("d.json", "{}", [{ ...y, name: "constructor" }])).toContain(
      "`constructor` is missing: target constructor[1]",
    );
  });
});

test("one example is cut out, or the examples that there are are counted", async () => {
  const dataset = await read("d.csv", "x0,x1,y\n1,2,0\n3,4,1\n", [x, y]);
  expect(Object.fromEntries(exampleOf(dataset, [x, y], 1))).toEqual({
    x: Float64Array.of(3, 4),
    y: Float64Array.of(1),
  });
  expect(() => exampleOf(dataset, [x, y], 2)).toThrow("there is no example 2: the data set has 2 examples, from 0");
});

test("a file that isn't there, or isn't data, is refused", async () => {
  const io = fakeIo(temporaryFolder());
  await expect(readDataset(io, ["none.csv"], [x], plain)).rejects.toThrow(
    "cannot read none.csv: there is no such file",
  );
  await expect(readDataset(io, ["net.adj"], [x], plain)).rejects.toThrow("data is read from .csv, .tsv, .json, .npy");
});
