/** Owns: linear regression by the normal equations, XᵀX b = Xᵀy, which the network is held against. */

/** The affine function of the rows that comes nearest to the values, in the mean square. */
export function leastSquares(
  rows: readonly (readonly number[])[],
  values: readonly number[],
): (row: readonly number[]) => number {
  const extended = rows.map((row) => [1, ...row]);
  const size = extended[0]?.length ?? 0;
  const inner = (of: (k: number) => number): number => rows.reduce((sum, _, k) => sum + of(k), 0);
  const entry = (k: number, i: number): number => extended[k]?.[i] ?? 0;
  const system = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => inner((k) => entry(k, i) * entry(k, j))),
    inner((k) => entry(k, i) * (values[k] ?? 0)),
  ]);
  const b = solve(system);
  return (row) => [1, ...row].reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}

/** Of equations [A | y] with a positive definite A, by Gauss and Jordan: no pivot is 0. */
function solve(system: readonly (readonly number[])[]): readonly number[] {
  const rows = system.map((row) => [...row]);
  for (const [i, pivot] of rows.entries()) {
    const scale = pivot[i] ?? 1;
    for (const [j, row] of rows.entries()) {
      const factor = (row[i] ?? 0) / scale;
      if (j !== i) for (let k = i; k < row.length; k++) row[k] = (row[k] ?? 0) - factor * (pivot[k] ?? 0);
    }
  }
  return rows.map((row, i) => (row.at(-1) ?? 0) / (row[i] ?? 1));
}
