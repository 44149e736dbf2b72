import { renderDerivation } from "@adjoint/compiler";
import { describe, expect, test } from "vitest";
import { flat, openExample } from "../workbench.ts";

const { begin, explain, read } = await openExample("backprop");
const parameters = read("parameters.json");
const alice = read("alice.json");

test("all nine derivatives are those of the chain rule by hand", () => {
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  const h = sigmoid(-2 - 1);
  const o = sigmoid(h + h);
  const output = -2 * (1 - o) * o * (1 - o);
  const hidden = output * h * (1 - h);
  const gradients = begin({ parameters }).gradients(alice);
  const byHand = {
    "h.W": [hidden * -2, hidden * -1, hidden * -2, hidden * -1],
    "h.b": [hidden, hidden],
    "o.W": [output * h, output * h],
    "o.b": [output],
  };
  expect(Object.keys(gradients)).toEqual(Object.keys(byHand));
  for (const [name, expected] of Object.entries(byHand)) {
    for (const [k, derivative] of flat(gradients[name]).entries()) expect(derivative).toBeCloseTo(expected[k] ?? 0, 14);
  }
});

describe("explain prints the tutorial's derivation", () => {
  test("of w₁", () => {
    expect(renderDerivation(explain("h.W", [0, 0], parameters, alice), { digits: 3 }).join("\n")).toBe(
      `
Forward
  h[0] = logistic(h.W[0,0]·x[0] + h.W[0,1]·x[1] + h.b[0]) = logistic(1·(−2) + 1·(−1) + 0) = 0.0474
  o[0] = logistic(o.W[0,0]·h[0] + o.W[0,1]·h[1] + o.b[0]) = logistic(1·0.0474 + 1·0.0474 + 0) = 0.524
  loss = (y[0] − o[0])² = (1 − 0.524)² = 0.227

Chain rule
  ∂loss/∂h.W[0,0] = ∂loss/∂o[0] · ∂o[0]/∂h[0] · ∂h[0]/∂h.W[0,0]

Factors
  ∂loss/∂o[0]     = −2·(y[0] − o[0]) = −2·(1 − 0.524) = −0.952   (−0.953 without earlier rounding)
  ∂o[0]/∂h[0]     = o[0]·(1 − o[0])·o.W[0,0] = 0.524·(1 − 0.524)·1 = 0.249
  ∂h[0]/∂h.W[0,0] = h[0]·(1 − h[0])·x[0] = 0.0474·(1 − 0.0474)·(−2) = −0.0903   (−0.0904 without earlier rounding)

Product
  ∂loss/∂h.W[0,0] = −0.952 · 0.249 · (−0.0903) = 0.0214   (0.0215 without earlier rounding)`.trim(),
    );
  });

  test("of b₁", () => {
    expect(
      renderDerivation(explain("h.b", [0], parameters, alice), { digits: 3 })
        .slice(5)
        .join("\n"),
    ).toBe(
      `
Chain rule
  ∂loss/∂h.b[0] = ∂loss/∂o[0] · ∂o[0]/∂h[0] · ∂h[0]/∂h.b[0]

Factors
  ∂loss/∂o[0]   = −2·(y[0] − o[0]) = −2·(1 − 0.524) = −0.952   (−0.953 without earlier rounding)
  ∂o[0]/∂h[0]   = o[0]·(1 − o[0])·o.W[0,0] = 0.524·(1 − 0.524)·1 = 0.249
  ∂h[0]/∂h.b[0] = h[0]·(1 − h[0]) = 0.0474·(1 − 0.0474) = 0.0452

Product
  ∂loss/∂h.b[0] = −0.952 · 0.249 · 0.0452 = −0.0107`.trim(),
    );
  });
});
