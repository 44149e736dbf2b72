/** What layers of the library give at points where a formula written out, or a limit, says it plainly. */

import { expect, test } from "vitest";
import { elementsOf, networksOf } from "../properties/support/networks.ts";

async function answers(
  statements: string,
  inputs: Readonly<Record<string, unknown>>,
): Promise<readonly (readonly number[])[]> {
  const networks = await networksOf(`model M {\n${statements}\noutput y\n}`);
  return networks.map((network) => elementsOf(network.predict(inputs)["y"] ?? []));
}

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k);

test("sinusoidal positions: sine and cosine of angles whose periods grow geometrically", async () => {
  const expected = range(5).flatMap((t) =>
    range(6).map((k) => {
      const angle = t / 10_000 ** ((k - (k % 2)) / 6);
      return 1 + (k % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
    }),
  );
  for (const found of await answers("input x[5, 6]\ny = sinusoidal_positions(x)", { x: new Array(30).fill(1) })) {
    expect(found).toHaveLength(expected.length);
    for (const [k, each] of expected.entries()) expect(found[k]).toBeCloseTo(each, 12);
  }
});

test("rotary positions: the product of a query and a key depends on how far apart they are", async () => {
  const page = `input q[4]
    input k[4]
    a[t < 6, u] = q[u] + 0 * t
    b[t < 6, u] = k[u] + 0 * t
    p = rotary_positions(a)
    r = rotary_positions(b)
    y[i, j] = sum[u](p[i, u] * r[j, u])`;
  for (const found of await answers(page, { q: [0.3, -1, 2, 0.5], k: [1, 0.2, -0.7, 0.4] })) {
    const at = (i: number, j: number): number => found[6 * i + j] ?? Number.NaN;
    for (const i of range(5)) for (const j of range(5)) expect(at(i + 1, j + 1)).toBeCloseTo(at(i, j), 12);
    expect(at(1, 0)).not.toBeCloseTo(at(0, 1), 3);
  }
});

test("linear upsampling: between the centres of the old elements, constant beyond the outermost", async () => {
  const x = [1, 4, 2, -3];
  const at = (k: number): number => x[Math.min(Math.max(k, 0), x.length - 1)] ?? Number.NaN;
  const expected = range(12).map((i) => {
    const place = (i + 0.5) / 3 - 0.5;
    const left = Math.floor(place);
    return at(left) + (place - left) * (at(left + 1) - at(left));
  });
  for (const found of await answers("input x[1, 4]\ny = upsample_linear1d(x, scale: 3)", { x: [x] })) {
    for (const [k, each] of expected.entries()) expect(found[k]).toBeCloseTo(each, 12);
  }
});

test("bilinear upsampling: linear along both axes, so that a plane stays a plane inside", async () => {
  const page = "input x[1, 4, 5]\ny = upsample_bilinear2d(x, scale: 2)";
  const plane = (i: number, j: number): number => 2 * i - 3 * j + 1;
  const x = range(4).map((i) => range(5).map((j) => plane(i, j)));
  for (const found of await answers(page, { x: [x] })) {
    for (const i of range(6)) {
      for (const j of range(8)) {
        expect(found[10 * (i + 1) + j + 1]).toBeCloseTo(plane((i + 1.5) / 2 - 0.5, (j + 1.5) / 2 - 0.5), 12);
      }
    }
  }
});

test("attention of a row that may attend to nothing is 0, and so are its derivatives", async () => {
  const page = `model M {
    input  u
    input  present[3]
    param  q[2, 2] ~ zeros
    param  k[3, 2] ~ zeros
    param  v[3, 2] ~ zeros
    y = scaled_dot_product_attention(q, k, v, present: present)
    output y
    loss u * sum[i, j](y[i, j]^2 + y[i, j])
  }`;
  for (const network of await networksOf(page)) {
    network.p.set(range(16).map((each) => Math.sin(each + 1)));
    const nothing = { u: [1], present: [[0, 0, 0]] };
    expect(elementsOf(network.predict({ u: 1, present: [0, 0, 0] })["y"] ?? [])).toEqual([0, 0, 0, 0]);
    expect(network.evaluate(nothing).loss).toBe(0);
    for (const name of ["q", "k", "v"]) {
      for (const each of elementsOf(network.gradients(nothing)[name] ?? [])) expect(each).toBeCloseTo(0, 300);
    }
    const one = elementsOf(network.predict({ u: 1, present: [0, 1, 0] })["y"] ?? []);
    const [a = 0, b = 0] = [network.p[12], network.p[13]];
    expect(one).toEqual([a, b, a, b].map((each) => expect.closeTo(each, 12)));
  }
});

test("causal attention does not see what comes later", async () => {
  const page = "input x[4, 2]\ny = scaled_dot_product_attention(x, x, x, mask: causal)";
  const x = range(8).map((k) => Math.cos(3 * k));
  const [before] = await answers(page, { x });
  const [after] = await answers(page, { x: x.map((each, k) => (k < 6 ? each : 9)) });
  expect(after?.slice(0, 6)).toEqual(before?.slice(0, 6));
  expect(after?.slice(6)).not.toEqual(before?.slice(6));
});
