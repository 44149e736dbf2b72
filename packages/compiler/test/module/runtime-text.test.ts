import { expect, test } from "vitest";
import { generateRuntimeText } from "./generate-runtime-text.ts";

test("the runtime's text in the compiler is the runtime's (`npx vitest run -u` on this file writes it)", async () => {
  await expect(generateRuntimeText()).toMatchFileSnapshot("../../src/module/generated/runtime.generated.ts");
});
