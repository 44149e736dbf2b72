/** Owns: where scalar functions are tried: points over their domains, away from kinks and ties. */

import { type ScalarFunctionName, scalarFunctions } from "@adjoint/ir";

/** Points over the domain on a grid of irrational steps: no kink, no tie of two arguments is ever met. */
export function samples(fn: ScalarFunctionName, count = 60): readonly (readonly number[])[] {
  const steps = [Math.SQRT2, Math.sqrt(3), Math.sqrt(5)];
  return Array.from({ length: count }, (_, n) =>
    scalarFunctions[fn].domain.map(({ from, to }, k) => from + (to - from) * (((n + 0.5) * steps[k]!) % 1)),
  ).filter((x) => {
    const nearKink = scalarFunctions[fn].domain.some(({ kinks }, k) =>
      kinks?.some((at) => Math.abs(at - x[k]!) < 1e-2),
    );
    const nearTie = x.length > 1 && Math.abs(x[0]! - x[1]!) < 1e-2;
    return !nearKink && !nearTie;
  });
}
