/**
 * Owns: how fast this machine multiplies and adds in WebAssembly: independent chains x ← x · m + a of four floats each, in
 * registers, with no memory. That is what contractions are held against: no code of 128-bit vectors can be faster.
 */

/** Chains that fill the pipelines: two operations a cycle, each waiting four cycles for the one before, twice over. */
const chains = 12;

export interface Peak {
  /** GFLOP/s of the best of a few runs, a multiplication and an addition counting two. */
  readonly rate: number;
  /** GFLOP/s of one run of about a millisecond, to be held against what is measured beside it. */
  sample(): number;
}

/** One thread's peak with a multiplication and an addition in one operation, or apart; null where the engine has none. */
export function measurePeak(fused: boolean): Peak | null {
  const bytes = kernel(chains, fused);
  if (!WebAssembly.validate(bytes)) return null;
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  if (typeof run !== "function") return null;
  const rateOf = (turns: number): number => {
    const begin = performance.now();
    run(turns);
    return (turns * chains * 4 * 2) / (1e6 * (performance.now() - begin));
  };
  const rates = Array.from({ length: 15 }, () => rateOf(1_000_000));
  return { rate: Math.max(...rates), sample: () => rateOf(250_000) };
}

/** `run(n)`: n times x ← x · m + a in each chain; returns a sum of them, so that nothing of it can be left out. */
function kernel(chainCount: number, fused: boolean): Uint8Array<ArrayBuffer> {
  const [n, m, a, first] = [0, 1, 2, 3];
  const all = Array.from({ length: chainCount }, (_, k) => first + k);
  const step = (x: number): readonly number[] =>
    fused
      ? [...get(x), ...get(m), ...get(a), ...op.relaxedMadd, ...set(x)]
      : [...get(x), ...get(m), ...op.mul, ...get(a), ...op.add, ...set(x)];
  const code = [
    ...vector(0.999),
    ...set(m),
    ...vector(0.5),
    ...set(a),
    ...all.flatMap((x) => [...vector(x), ...set(x)]),
    ...op.loop,
    ...all.flatMap(step),
    // n ← n − 1, again unless it is 0
    ...[...get(n), 0x41, 1, 0x6b, 0x22, n, 0x0d, 0, 0x0b],
    ...get(first),
    ...all.slice(1).flatMap((x) => [...get(x), ...op.add]),
    ...op.firstLane,
    0x0b,
  ];
  const body = [1, ...unsigned(chainCount + 2), 0x7b, ...code];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    // (i32) → f32
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode("run"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

const op = {
  loop: [0x03, 0x40],
  mul: [0xfd, 0xe6, 0x01],
  add: [0xfd, 0xe4, 0x01],
  relaxedMadd: [0xfd, 0x85, 0x02],
  firstLane: [0xfd, 0x1f, 0],
} as const;

function get(local: number): readonly number[] {
  return [0x20, local];
}

function set(local: number): readonly number[] {
  return [0x21, local];
}

/** The same number in all lanes. */
function vector(value: number): readonly number[] {
  const bytes = new Uint8Array(Float32Array.of(value, value, value, value).buffer);
  return [0xfd, 0x0c, ...bytes];
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}
