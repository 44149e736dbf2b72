/** What a page that loads a network has to wait for. */

import { gzipSync } from "node:zlib";
import { compile, loadWasmTarget } from "@adjoint/compiler";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import { programOf } from "../properties/support/networks.ts";

test("the module of a network 784-128-10, minified and packed, has at most 8 KB beside the runtime", async () => {
  const program = programOf(`model Digits {
  input  image[784]
  target digit: class(10)
  h = dense(image, units: 128, activation: relu)
  z = dense(h, units: 10)
  loss cross_entropy(z, digit)
  train { optimizer sgd(rate: 0.1)  batch 32 }
}
`);
  const { text } = compile(program, { target: await loadWasmTarget(), language: "js" });
  const { code } = transformSync(text, { minify: true, format: "esm" });
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(8 * 1024);
});
