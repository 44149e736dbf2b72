/** Owns: the parts of a model as its statements are read. */

import type { Binding, Port, Span } from "@adjoint/ir";
import type { TrainStatement } from "../syntax-tree.ts";
import type { DataStatistics } from "./data-statistics.ts";
import { report, type Scope } from "./session.ts";

export interface Draft {
  readonly inputs: Port[];
  readonly targets: Port[];
  readonly bindings: Binding[];
  readonly outputs: Binding[];
  readonly metrics: Binding[];
  readonly statistics: DataStatistics;
  loss: Binding | null;
  train: TrainStatement | null;
}

/** A name that is bound anew, as in a `repeat`, means its last value. */
export function addBinding({ bindings }: Draft, binding: Binding): void {
  const earlier = bindings.findIndex(({ name }) => name === binding.name);
  if (earlier !== -1) bindings.splice(earlier, 1);
  bindings.push(binding);
}

/** What a page may state once only. */
export function reportSecond(scope: Scope, what: string, span: Span, earlier: Span, help: string): void {
  report(
    scope,
    "duplicate-statement",
    `a model has ${what} once`,
    [
      { span, text: "again" },
      { span: earlier, text: "stated here" },
    ],
    help,
  );
}
