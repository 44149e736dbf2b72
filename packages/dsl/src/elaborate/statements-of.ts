/** Owns: which statements a definition may hold, by its keyword. */

import type { DefinitionKeyword, Statement } from "../syntax-tree.ts";

export const statementsOf: Readonly<Record<DefinitionKeyword, readonly Statement["kind"][]>> = {
  model: [
    "port",
    "parameter",
    "state",
    "noise",
    "update",
    "binding",
    "loss-statement",
    "result",
    "repeat",
    "scan",
    "require",
    "train",
  ],
  layer: ["parameter", "state", "noise", "update", "binding", "loss-statement", "repeat", "scan", "require", "return"],
  function: ["noise", "binding", "repeat", "scan", "require", "return"],
  loss: ["noise", "binding", "scan", "require", "return"],
  metric: ["binding", "scan", "require", "return"],
  initializer: ["binding", "return"],
  optimizer: ["state", "binding", "update"],
};
