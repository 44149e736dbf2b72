import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkSeed, logarithm, normal, permutation, threefry, uniform } from "../src/random.ts";

describe("threefry is Threefry-2×32 with 20 rounds", () => {
  // Known answers of Random123 1.09, kat_vectors: counter, key → output words.
  test.each([
    { counter: [0, 0], key: [0, 0], words: [0x6b200159, 0x99ba4efe] },
    { counter: [0xffffffff, 0xffffffff], key: [0xffffffff, 0xffffffff], words: [0x1cb996fc, 0xbb002be7] },
    { counter: [0x243f6a88, 0x85a308d3], key: [0x13198a2e, 0x03707344], words: [0xc4923a9c, 0x483df7a0] },
  ])("key $key, counter $counter", ({ counter, key, words }) => {
    const [c0 = 0, c1 = 0] = counter;
    const [k0 = 0, k1 = 0] = key;
    const [w0 = 0, w1 = 0] = words;
    expect(threefry(k0, k1, c0, c1)).toBe((w0 >>> 6) * 2 ** 27 + (w1 >>> 5));
  });
});

function draws(count: number, draw: (k: number) => number): readonly number[] {
  return Array.from({ length: count }, (_, k) => draw(k));
}

function moment(values: readonly number[], order: number): number {
  return values.reduce((sum, value) => sum + value ** order, 0) / values.length;
}

describe("uniform", () => {
  const values = draws(20_000, (k) => uniform(1, 0, k));

  test("lies on [0, 1) and has the moments 1/2, 1/3, 1/4", () => {
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    // The standard error of each is below 0.3 / √20000 ≈ 0.002.
    for (const order of [1, 2, 3]) expect(moment(values, order)).toBeCloseTo(1 / (order + 1), 2);
  });

  test("is a function of seed, stream and number, and of each of them", () => {
    expect(uniform(7, 3, 11)).toBe(uniform(7, 3, 11));
    const neighbours = [uniform(7, 3, 11), uniform(8, 3, 11), uniform(7, 4, 11), uniform(7, 3, 12)];
    expect(new Set(neighbours).size).toBe(4);
  });

  test("uses all bits of a seed above 2³²", () => {
    const seeds = [0, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => uniform(seed, 0, 0))).size).toBe(seeds.length);
  });

  test("does not repeat over streams: two of them are uncorrelated", () => {
    const other = draws(20_000, (k) => uniform(1, 1, k));
    const covariance = values.reduce((sum, value, k) => sum + (value - 0.5) * ((other[k] ?? 0) - 0.5), 0) / 20_000;
    expect(Math.abs(covariance * 12)).toBeLessThan(0.03);
  });
});

/** The standard normal distribution's CDF: ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …). */
function cumulative(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

describe("normal", () => {
  const count = 40_000;
  const values = draws(count, (k) => normal(2, 0, k));

  test("has the moments 0, 1, 0, 3", () => {
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.abs(moment(values, 1))).toBeLessThan(0.02);
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(values, 3))).toBeLessThan(0.08);
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(0.2);
  });

  test("has the distribution's shape (Kolmogorov and Smirnov, at the level of 0.1 %)", () => {
    const sorted = values.toSorted((a, b) => a - b);
    const distance = Math.max(...sorted.map((x, k) => Math.abs(cumulative(x) - (k + 0.5) / count)));
    expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
  });

  test("has its tails: beyond 2, 3 and 4 in as many draws as chance allows", () => {
    for (const bound of [2, 3, 4]) {
      const expected = 2 * (1 - cumulative(bound)) * count;
      const found = values.filter((value) => Math.abs(value) > bound).length;
      expect(Math.abs(found - expected)).toBeLessThan(4 * Math.sqrt(expected) + 1);
    }
  });

  test("is symmetric, and the two draws of a pair are independent", () => {
    const pairs = draws(count / 2, (j) => normal(3, 1, 2 * j) * normal(3, 1, 2 * j + 1));
    const squares = draws(count / 2, (j) => (normal(3, 1, 2 * j) ** 2 - 1) * (normal(3, 1, 2 * j + 1) ** 2 - 1));
    // The variances of the two products are 1 and 4.
    expect(Math.abs(moment(pairs, 1))).toBeLessThan(4 / Math.sqrt(count / 2));
    expect(Math.abs(moment(squares, 1))).toBeLessThan(8 / Math.sqrt(count / 2));
  });

  test("is a function of seed, stream and number, and of each of them", () => {
    const neighbours = [normal(7, 3, 11), normal(8, 3, 11), normal(7, 4, 11), normal(7, 3, 12), normal(7, 3, 10)];
    expect(new Set([...neighbours, normal(7, 3, 11)]).size).toBe(5);
  });

  // A change of these numbers is a change of every run that anyone has made.
  test("known values, to the last bit", () => {
    expect(draws(4, (k) => normal(0, 0, k))).toEqual([
      -0.7658786061327075, -1.740572527352166, -0.7325277181545603, 1.517791175777916,
    ]);
    expect(draws(4, (k) => normal(2 ** 53 - 1, 9, 1000 + k))).toEqual([
      0.6008818759996294, -1.8631105976171292, 0.32594705488314224, -0.4018763413783925,
    ]);
  });

  test("uses nothing that engines may round differently", () => {
    const source = readFileSync(join(import.meta.dirname, "../src/random.ts"), "utf8");
    const code = source.replace(/\/\*[\s\S]*?\*\//g, "");
    const used = new Set([...code.matchAll(/Math\.(\w+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(["LN2", "SQRT1_2", "floor", "sqrt"]);
  });
});

test("the logarithm is that of the engine, but for its rounding", () => {
  const points = [2 ** -104, 1e-20, 0.1, Math.SQRT1_2, Math.SQRT1_2 - 2 ** -53, 0.999, 1 - 2 ** -53];
  for (const x of [...points, ...draws(2000, (k) => uniform(4, 4, k) || 0.5)]) {
    expect(Math.abs(logarithm(x) / Math.log(x) - 1), `log ${x}`).toBeLessThan(1e-15);
  }
});

describe("permutation", () => {
  const order = (seed: number, epoch: number, count: number): readonly number[] => {
    const array = new Uint32Array(count);
    permutation(seed, epoch, array);
    return [...array];
  };

  test("holds every place once, whatever the array held before", () => {
    const array = new Uint32Array(100).fill(7);
    permutation(3, 4, array);
    expect([...array].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, k) => k));
  });

  test("is decided by seed and epoch", () => {
    expect(order(1, 2, 50)).toEqual(order(1, 2, 50));
    expect(order(1, 2, 50)).not.toEqual(order(2, 2, 50));
    expect(order(1, 2, 50)).not.toEqual(order(1, 3, 50));
  });

  test("of nothing is nothing, of one the one", () => {
    expect(order(1, 1, 0)).toEqual([]);
    expect(order(1, 1, 1)).toEqual([0]);
  });

  test("favours none of the six orders of three", () => {
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const key = order(9, epoch, 3).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Four standard deviations of a binomial with n = 6000, p = 1/6 are 116.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(116);
  });
});

test("a seed is a whole number from 0 to 2⁵³ − 1", () => {
  for (const seed of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => checkSeed(seed)).toThrow("Use a whole number");
  }
  expect(checkSeed(2 ** 53 - 1)).toBe(2 ** 53 - 1);
});
