import { printGraph } from "@adjoint/ir";
import { test } from "vitest";
import { convolution, crossEntropy, gender } from "./networks.ts";

test("x", () => {
  console.log(printGraph(gender()) + "\n" + printGraph(crossEntropy(3)) + "\n" + printGraph(convolution(6)));
});
