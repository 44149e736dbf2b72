/**
 * Owns: `sum[data](…)` and `mean[data](…)` in metrics: over all examples of a data set, of which a model sees one. What
 * stands around them is computed once, from their results.
 */

import { type Node, reachable, type Span, type Statistic } from "@adjoint/ir";
import { sumOverExamples } from "./batches.ts";
import { collectiveNames } from "./collectives.ts";
import { type Collective, type Collectives, originOf, report, type Scope } from "./session.ts";
import { alignTo, quote, tensor } from "./tensors.ts";
import { poison, type Value } from "./values.ts";

export class DataStatistics implements Collectives {
  readonly names = collectiveNames.metric;
  /** Each once, however often a page writes it. */
  readonly all: Statistic[] = [];
  /** Whether a metric is being elaborated. */
  measuring = false;

  reduce(collective: Collective): Value {
    const { op, mean, expression, scope, name } = collective;
    const body = sumOverExamples(scope, collective.body, expression.body.span);
    const { builder } = scope.session;
    const indices = body.kind === "tensor" ? body.indices : [];
    const of = alignTo(scope, body, indices, [], originOf(scope, expression.body.span, null));
    const help = "a variance, say, is the mean of the squares less the square of the mean";
    const nested = this.measuring && op === "sum" && readsStatistic(of);
    const fault = !this.measuring
      ? "only metrics are of a whole data set"
      : op !== "sum"
        ? "over the data there are `sum` and `mean`"
        : nested
          ? "a sum over the data inside another: they are gone through once"
          : null;
    if (fault !== null) {
      const text = quote(expression.span);
      report(
        scope,
        "misplaced-reduction",
        `${text} cannot stand here`,
        [{ span: expression.span, text: fault }],
        nested ? help : null,
      );
      return poison;
    }
    const known = this.all.find((each) => each.of === of && each.mean === mean);
    if (known !== undefined) return tensor(known.input, indices, []);
    const origin = originOf(scope, expression.span, name);
    const input = builder.input(`statistic${this.all.length}`, "statistic", of.shape, { kind: "real" }, origin);
    this.all.push({ input, op, mean, of });
    return tensor(input, indices, []);
  }
}

function readsStatistic(node: Node): boolean {
  return reachable([node]).some((each) => each.kind === "input" && each.role === "statistic");
}

/** A metric of a data set reads nothing of one example; reports it if it does. */
export function checkMetric(node: Node, span: Span, scope: Scope): void {
  const inputs = reachable([node]).flatMap((each) => (each.kind === "input" ? [each] : []));
  if (!inputs.some(({ role }) => role === "statistic")) return;
  const stray = inputs.find(({ role }) => role !== "statistic");
  if (stray === undefined) return;
  report(
    scope,
    "misplaced-reduction",
    `this metric is of a whole data set, and \`${stray.name}\` is ${stray.role === "parameter" ? "no sum over it" : "of one example"}`,
    [{ span, text: `\`${stray.name}\` stands outside all sums over the data` }],
    "take it into the sum: sum[data](…)",
  );
}
