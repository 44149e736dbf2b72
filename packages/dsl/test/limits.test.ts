import { describe, expect, it } from "vitest";
import { codes, diagnose } from "./loading.ts";

/** `f0` … `f<n>`, each made of the one before. */
function tower(n: number, layer: (k: number) => string): string {
  return `layer f0(x[n]) = x\n${Array.from({ length: n }, (_, k) => `${layer(k + 1)}\n`).join("")}model M { input x[3] y = f${n}(x) }`;
}

describe("a page that is too much", () => {
  it("in depth is refused, whether calls or expressions nest", () => {
    expect(codes(tower(70, (k) => `layer f${k}(x[n]) = f${k - 1}(x)`))).toEqual(["nesting-too-deep"]);
    const sines = (k: number) =>
      `layer f${k}(x[n]) { z = ${"sin(".repeat(40)}f${k - 1}(x)${")".repeat(40)}  return z }`;
    expect(codes(tower(60, sines))).toEqual(["nesting-too-deep"]);
    const branches = (k: number) =>
      `layer f${k}(x[n]) { z = ${"if x[0] > 0 then x else ".repeat(40)}f${k - 1}(x)  return z }`;
    expect(codes(tower(60, branches))).toEqual(["nesting-too-deep"]);
  });

  it("in breadth is refused within a second or two", () => {
    const start = process.cpuUsage();
    expect(codes(tower(40, (k) => `layer f${k}(x[n]) = f${k - 1}(x) + f${k - 1}(x + 1)`))).toContain("page-too-large");
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(10_000);
  });

  it("in size is refused, and takes no memory", () => {
    expect(codes("model M { input x[1000000000] param W[1e9, 1e9] ~ glorot_uniform }")).toEqual(["tensor-too-large"]);
    expect(codes("model M { y = sum[a < 1e9, b < 1e9](a * b) }")).toEqual(["tensor-too-large"]);
    expect(codes(`model M { input x[${"1, ".repeat(40)}1] }`)).toEqual(["tensor-too-large"]);
    expect(codes("model M { input x[1000000000] y = sum[i](x[i] * x[i]) }")).toEqual([]);
  });

  it("in multiples of an index stays a number, and is no place to read at", () => {
    const huge = Array.from({ length: 30 }, () => "1e15").join(" * ");
    expect(codes(`model M { input x[3] y[i < 2] = x[0] * (i * ${huge}) }`)).toEqual([]);
    expect(codes(`layer at(x[n], i) = x[i] model M { input x[3] y[i < 2] = at(x, i * 1e15 * 1e15) }`)).toEqual([
      "not-affine",
    ]);
  });

  it("in indices is answered one by one", () => {
    const sums = Array.from({ length: 200 }, (_, k) => `sum[i${k}, j${k}](x[i${k} + j${k}])`);
    expect(diagnose(`model M { input x[3] y = ${sums.join(" + ")} }`)).toHaveLength(200);
  });
});
