/** Owns: the index over the examples of a batch, and the names by which formulas speak of it. */

import { axisIndex, type Span } from "@adjoint/ir";
import { type BatchAxis, originOf, report, type Scope } from "./session.ts";
import { tensor } from "./tensors.ts";
import { type IndexVariable, numberValue, poison, type Quantity, type Value, wholeTensor } from "./values.ts";

/** The batch axis, or null: there is none here, which is reported, or the model is to be elaborated anew with one. */
export function batchAxis(scope: Scope, span: Span): BatchAxis | null {
  const { session } = scope;
  session.readsBatch = true;
  if (session.hasBatch) return session.batch;
  report(
    scope,
    "no-batch",
    "there is no batch here",
    [{ span, text: "of which batch?" }],
    "models see the batch that an example stands in, and so do the layers and losses that they call",
  );
  return null;
}

/** `batch` as a number, `examples` and `example`: how many there can be, how many there are, which one this is. */
export function batchName(scope: Scope, text: "batch" | "examples" | "example", span: Span): Value {
  const axis = batchAxis(scope, span);
  if (axis === null) return poison;
  switch (text) {
    case "batch":
      return numberValue(axis.variable.extent);
    case "examples":
      return wholeTensor(axis.examples);
    case "example":
      return positionOf(scope, axis.variable, span);
  }
}

/** An index as a number. */
export function positionOf(scope: Scope, variable: IndexVariable, span: Span): Quantity {
  const node = scope.session.builder.index([variable.extent], axisIndex(0, 1), originOf(scope, span, null));
  return tensor(node, [variable], []);
}
