/** Owns: every optimizer of the standard library against its formulas as the papers write them, updating in place. */

import { deriveProcedures } from "@adjoint/compiler";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emitModel } from "./support/emitted-models.ts";
import { programOf } from "./support/networks.ts";
import { optimizerNames } from "./support/optimizers.ts";

interface Cell {
  readonly w: number;
  /** The optimizer's states, in order. */
  readonly s: readonly number[];
}

type Step = (w: number, g: number, s: readonly number[], t: number) => Cell;

/** With the default settings. */
const formulas: Readonly<Record<(typeof optimizerNames)[number], Step>> = {
  sgd: (w, g) => ({ w: w - 0.01 * g, s: [] }),
  momentum: (w, g, [v = 0]) => {
    const next = 0.9 * v - 0.01 * g;
    return { w: w + next, s: [next] };
  },
  nesterov: (w, g, [v = 0]) => {
    const next = 0.9 * v - 0.01 * g;
    return { w: w + 0.9 * next - 0.01 * g, s: [next] };
  },
  rmsprop: (w, g, [v = 0]) => {
    const next = 0.9 * v + 0.1 * g * g;
    return { w: w - (1e-3 * g) / (Math.sqrt(next) + 1e-8), s: [next] };
  },
  adagrad: (w, g, [v = 0]) => {
    const next = v + g * g;
    return { w: w - (0.01 * g) / (Math.sqrt(next) + 1e-8), s: [next] };
  },
  adam: (w, g, s, t) => adam(w, g, s, t, 0),
  adamw: (w, g, s, t) => adam(w, g, s, t, 0.01),
};

function adam(w: number, g: number, [m = 0, v = 0]: readonly number[], t: number, decay: number): Cell {
  const mean = 0.9 * m + 0.1 * g;
  const square = 0.999 * v + 0.001 * g * g;
  const change = mean / (1 - 0.9 ** t) / (Math.sqrt(square / (1 - 0.999 ** t)) + 1e-8);
  return { w: w - 1e-3 * change - 1e-3 * decay * w, s: [mean, square] };
}

describe.each(optimizerNames)("%s", (name) => {
  const { models } = programOf(`model M {
    param a[2, 3] ~ zeros
    param kept[2] ~ ones frozen
    param b ~ zeros
    loss sum[i, j](a[i, j]) + b + sum[i](kept[i])
    train { optimizer ${name}() }
  }`);
  const procedures = deriveProcedures(models[0]!, { inference: false });
  const trained = 7;
  const states = models[0]!.training!.groups[0]!.optimizer.state.length;

  test.each([100_000, 0])("five steps with mean gradients, unrolled up to %i", async (unrollLimit) => {
    const emitted = emitModel(procedures, { unrollLimit });
    const seven = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: trained, maxLength: trained });
    fc.assert(
      fc.property(
        seven,
        fc.array(seven, { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        (w, g, examples) => {
          const p = Float64Array.from([...w, 5, 6]);
          const state = new Float64Array(states * trained);
          let cells: readonly Cell[] = w.map((each) => ({ w: each, s: new Array<number>(states).fill(0) }));
          g.forEach((gradient, k) => {
            const grad = Float64Array.from(gradient);
            emitted.call("update", { p, grad, state, t: k + 1, examples });
            cells = cells.map((cell, e) => formulas[name](cell.w, gradient[e]! / examples, cell.s, k + 1));
            expect([...grad]).toEqual(new Array(trained).fill(0));
          });
          cells.forEach((cell, e) => {
            expect(p[e]).toBeCloseTo(cell.w, 12);
            cell.s.forEach((each, s) => {
              expect(state[s * trained + e]).toBeCloseTo(each, 12);
            });
          });
          expect([...p.slice(trained)]).toEqual([5, 6]);
        },
      ),
    );
  });
});
