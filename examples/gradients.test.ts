import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assertGradients, type PageOptions } from "@adjoint/check";
import { expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Smaller networks where the page's own would take minutes, and numbers such as the page is written for. */
const settings: Readonly<Record<string, PageOptions>> = {
  adder: { runs: 2, hyperparameters: { digits: 1, size: 4, heads: 2, depth: 1 } },
  autoencoder: { runs: 2, hyperparameters: { hidden: 4 }, ranges: { image: [0, 255] } },
  "char-gpt": { runs: 2, hyperparameters: { vocabulary: 5, steps: 3, size: 4, heads: 2, depth: 1 } },
  "char-gru": { runs: 3, hyperparameters: { vocabulary: 5, steps: 4, size: 2, units: 3 } },
  "heat-equation": { hyperparameters: { hidden: 6 }, ranges: { x: [0, 1], t: [0, 1] } },
  "logistic-regression": { ranges: { y: [0, 1] } },
  "mnist-conv": { hyperparameters: { side: 12, filters: 2 }, ranges: { image: [0, 255] } },
  "mnist-mlp": { runs: 2, hyperparameters: { hidden: 8 }, ranges: { image: [0, 255] } },
  vae: { runs: 2, hyperparameters: { hidden: 4, latent: 2 }, ranges: { image: [0, 255] } },
  wages: { ranges: { wage: [1, 45] } },
  "word-embedding": { hyperparameters: { vocabulary: 4, size: 3, negatives: 3 } },
};

/** Those that have something wrong with them on purpose. */
const wrong = ["mistakes"];

const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "node_modules" && !wrong.includes(entry.name))
  .map(({ name }) => name);

test.each(folders)(
  "%s has the derivatives that central differences and forward mode have",
  (name) => {
    assertGradients(`${here}${name}/${name}.adj`, { runs: 10, seed: 1, ...settings[name] });
  },
  30_000,
);

test("what is set for an example is set for one that exists", () => {
  expect(folders).toEqual(expect.arrayContaining(Object.keys(settings)));
});
