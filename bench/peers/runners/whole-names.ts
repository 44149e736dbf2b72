/** Owns: which of a work's tensors hold classes. */

import type { Formula } from "../work.ts";

export function wholeNames(formula: Formula): readonly string[] {
  switch (formula) {
    case "seed":
      return [];
    case "mlp":
    case "lenet":
    case "gru":
    case "lstm":
    case "graph":
      return ["y"];
    case "gpt":
      return ["x", "y"];
  }
}
