/** Owns: what a derivative is where mathematics leaves a choice, and what is exactly 0 because nothing depends on it. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elementsOf, networksOf } from "./support/networks.ts";

/** Few different numbers, so that ties are the rule. */
const tied = fc.array(fc.constantFrom(-1, 0, 1, 2), { minLength: 5, maxLength: 5 });

/** The gradient in `p` of a loss of five elements, as every emitted form has it. */
async function gradientOf(loss: string): Promise<(p: readonly number[]) => readonly (readonly number[])[]> {
  const networks = await networksOf(
    `model M {\n  param p[5] ~ zeros\n  param unused[2, 3] ~ ones\n  loss ${loss}\n}\n`,
  );
  return (p) =>
    networks.map((network) => {
      network.p.set(p);
      const { p: gradient, unused } = network.gradients({});
      expect(elementsOf(unused ?? Number.NaN)).toEqual(new Array(6).fill(0));
      return elementsOf(gradient ?? Number.NaN);
    });
}

describe("ties", () => {
  test.each(["max", "min"] as const)("%s of many splits evenly among those that attain it", async (op) => {
    const gradient = await gradientOf(`3 * ${op}[i](p[i])`);
    fc.assert(
      fc.property(tied, (p) => {
        const extreme = Math[op](...p);
        const count = p.filter((x) => x === extreme).length;
        for (const found of gradient(p)) {
          found.forEach((g, k) => {
            expect(g).toBeCloseTo(p[k] === extreme ? 3 / count : 0, 14);
          });
        }
      }),
    );
  });

  test("of a maximum of maxima: evenly on the way, not over all", async () => {
    const gradient = await gradientOf("max(max(p[0], p[1]), p[2]) + 0 * p[3]");
    for (const found of gradient([1, 1, 1, 0, 0])) expect(found).toEqual([0.25, 0.25, 0.5, 0, 0]);
  });

  test.each(["max", "min"] as const)("%s of two splits evenly", async (op) => {
    const gradient = await gradientOf(`sum[i](${op}(p[i], 1))`);
    fc.assert(
      fc.property(tied, (p) => {
        const slope = (x: number): number => (x === 1 ? 0.5 : Math[op](x, 1) === x ? 1 : 0);
        for (const found of gradient(p)) expect(found).toEqual(p.map(slope));
      }),
    );
  });
});

describe("kinks and steps", () => {
  test.each<[string, string, (x: number) => number]>([
    ["relu′(0) = 0", "sum[i](relu(p[i]))", (x) => (x > 0 ? 1 : 0)],
    ["|x|′ = sign(x), 0 at 0", "sum[i](abs(p[i]))", Math.sign],
    ["|x|′ = 0 at 0 though x be known to be no less", "sum[i](abs(max(p[i], 0)))", (x) => (x > 0 ? 1 : 0)],
    ["steps are flat", "sum[i](floor(p[i]) + ceil(p[i]) + round(p[i]) + sign(p[i]) + (p[i] < 1))", () => 0],
    [
      "a select passes to the branch taken",
      "sum[i](if p[i] <= 0 then 3 * p[i] else log(p[i]))",
      (x) => (x <= 0 ? 3 : 1 / x),
    ],
    ["stop_gradient is a constant", "sum[i](p[i] * stop_gradient(p[i]))", (x) => x],
    ["log(1 + exp(x))′(0) = ½", "sum[i](max(p[i], 0) + log1p(exp(-abs(p[i]))))", (x) => 1 / (1 + Math.exp(-x))],
    ["x⁰ is flat, at 0 too", "sum[i](p[i]^0)", () => 0],
    ["x² by pow", "sum[i](p[i]^2)", (x) => 2 * x],
  ])("%s", async (_, loss, slope) => {
    const gradient = await gradientOf(loss);
    fc.assert(
      fc.property(tied, (p) => {
        for (const found of gradient(p)) {
          found.forEach((g, k) => {
            expect(g).toBeCloseTo(slope(p[k]!), 12);
          });
        }
      }),
    );
  });
});

test("x^y at y = 0 is flat in x, and bends with y: ∂²x^y/∂x∂y = 1/x", async () => {
  const page = "model M { param x ~ ones  param y ~ zeros  power = x^y  slope = grad(power, x)  loss slope }";
  for (const network of await networksOf(page)) {
    network.p.set([2, 0]);
    expect(network.evaluate({}).loss).toBe(0);
    const { x, y } = network.gradients({});
    expect([x, y].flatMap((each) => elementsOf(each ?? Number.NaN))).toEqual([0, 0.5]);
  }
});

describe("products with zeros", () => {
  test("each element's derivative is the product of the others", async () => {
    const gradient = await gradientOf("prod[i](p[i])");
    fc.assert(
      fc.property(tied, (p) => {
        const others = p.map((_, k) => p.reduce<number>((product, x, j) => (j === k ? product : product * x), 1));
        for (const found of gradient(p)) expect(found.map((g) => g + 0)).toEqual(others.map((g) => g + 0));
      }),
    );
  });
});
