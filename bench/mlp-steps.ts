/** Owns: steps a second of the 784-128-10 network in batches of 32: as emitted, and as plain loops written by hand. */

import { interleave } from "./interleave.ts";
import { compileText, importText, programOfText } from "./load-page.ts";
import { mlpPage } from "./pages.ts";

const [inputs, hidden, classes, batch] = [784, 128, 10, 32];
const rate = 0.01;

export interface StepRate {
  readonly hand: number;
  readonly emitted: number;
}

export async function measureMlp(): Promise<StepRate> {
  const { step } = await importText(compileText(programOfText(mlpPage)));
  if (typeof step !== "function") throw new Error("the module has no step");
  const x = Float64Array.from({ length: batch * inputs }, (_, k) => Math.max(0, Math.sin(k * k)));
  const label = Float64Array.from({ length: batch }, (_, k) => k % classes);
  const size = hidden * inputs + hidden + classes * hidden + classes;
  const start = Float64Array.from({ length: size }, (_, k) => 0.05 * Math.sin(3 * k * k));
  const [p, q, grad, rest] = [start.slice(), start.slice(), new Float64Array(size), new Float64Array(size)];
  const hand = handStep(p, grad);
  const timings = await interleave(
    { hand: () => hand(x, label), emitted: () => step(q, x, label, rest, batch) },
    { rounds: 21, warmup: 5 },
  );
  const distance = Math.max(...p.map((value, k) => Math.abs(value - q[k]!)));
  if (!(distance < 1e-9)) throw new Error(`784-128-10: the parameters differ by ${distance}`);
  return { hand: 1000 / timings.hand.median, emitted: 1000 / timings.emitted.median };
}

/** One loop an axis, in the order of the formulas. Layout: W₁, b₁, W₂, b₂. */
function handStep(p: Float64Array, grad: Float64Array): (x: Float64Array, label: Float64Array) => void {
  const [b1, w2] = [hidden * inputs, hidden * inputs + hidden];
  const b2 = w2 + classes * hidden;
  const [h, z, dz, dh] = [hidden, classes, classes, hidden].map((length) => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return (x, label) => {
    for (let n = 0; n < batch; n++) {
      for (let i = 0; i < hidden; i++) {
        let sum = p[b1 + i]!;
        for (let j = 0; j < inputs; j++) sum += p[i * inputs + j]! * x[n * inputs + j]!;
        h[i] = Math.max(0, sum);
      }
      let highest = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < classes; i++) {
        let sum = p[b2 + i]!;
        for (let j = 0; j < hidden; j++) sum += p[w2 + i * hidden + j]! * h[j]!;
        z[i] = sum;
        highest = Math.max(highest, sum);
      }
      let total = 0;
      for (let i = 0; i < classes; i++) total += Math.exp(z[i]! - highest);
      for (let i = 0; i < classes; i++) dz[i] = Math.exp(z[i]! - highest) / total - (i === label[n] ? 1 : 0);
      dh.fill(0);
      for (let i = 0; i < classes; i++) {
        grad[b2 + i]! += dz[i]!;
        for (let j = 0; j < hidden; j++) {
          grad[w2 + i * hidden + j]! += dz[i]! * h[j]!;
          dh[j]! += dz[i]! * p[w2 + i * hidden + j]!;
        }
      }
      for (let i = 0; i < hidden; i++) {
        const d = h[i]! > 0 ? dh[i]! : 0;
        grad[b1 + i]! += d;
        for (let j = 0; j < inputs; j++) grad[i * inputs + j]! += d * x[n * inputs + j]!;
      }
    }
    for (let k = 0; k < p.length; k++) {
      p[k]! -= rate * (grad[k]! / batch);
      grad[k] = 0;
    }
  };
}
