import { expect, it } from "vitest";
import { defaultOptions } from "../../src/options.ts";
import { emit } from "../../src/targets/typescript/emit.ts";
import { procedures } from "./gender.ts";
import { moduleText } from "./run-emitted.ts";

it("reads as if written by hand", async () => {
  const text = moduleText(emit(procedures(), defaultOptions), "ts");
  await expect(`${text}\n`).toMatchFileSnapshot("golden/gender.ts.txt");
});
