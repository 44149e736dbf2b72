/**
 * Owns: random numbers. Threefry-2×32 with 20 rounds, a counter-based generator: number k of stream s under a seed is a
 * pure function of (seed, s, k), so a seed decides a run bit for bit, whatever is drawn first and however many threads draw.
 *
 * Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */

import { RunError } from "./error.ts";

/** The key schedule's parity constant (Skein's C240, its low word). */
const parity = 0x1bd11bda;
/** What keeps the orders of examples apart from the draws of `uniform` and `normal`: a bit of the key that no seed reaches. */
const orderTag = 1 << 31;
/** What keeps the seeds of passes apart from both: another such bit. */
const passTag = 1 << 30;
/** What keeps the attempts of `normal` apart: the lowest bit of the key's second word that no seed reaches. */
const attemptTag = 1 << 21;
const twoTo32 = 2 ** 32;
const twoTo52 = 2 ** 52;
const twoTo53 = 2 ** 53;

/**
 * One block for the key (k0, k1) and the counter (c0, c1), all 32-bit words: of its two output words, the first 26 bits of
 * one followed by the first 27 of the other, as a whole number below 2⁵³. One number and no array, so nothing is allocated.
 *
 * Rounds rotate by 13, 15, 26, 6, 17, 29, 16, 24, again and again; the key is injected after every fourth.
 */
export function threefry(k0: number, k1: number, c0: number, c1: number): number {
  const k2 = parity ^ k0 ^ k1;
  let a = (c0 + k0) | 0;
  let b = (c1 + k1) | 0;
  // Injection j adds key words j and j + 1 (mod 3), and j itself to the second word.
  let s = k0;
  let t = k1;
  let u = k2;
  for (let injection = 1; injection <= 5; injection++) {
    if (injection % 2 === 1) {
      a = (a + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ a;
      a = (a + b) | 0;
      b = ((b << 15) | (b >>> 17)) ^ a;
      a = (a + b) | 0;
      b = ((b << 26) | (b >>> 6)) ^ a;
      a = (a + b) | 0;
      b = ((b << 6) | (b >>> 26)) ^ a;
    } else {
      a = (a + b) | 0;
      b = ((b << 17) | (b >>> 15)) ^ a;
      a = (a + b) | 0;
      b = ((b << 29) | (b >>> 3)) ^ a;
      a = (a + b) | 0;
      b = ((b << 16) | (b >>> 16)) ^ a;
      a = (a + b) | 0;
      b = ((b << 24) | (b >>> 8)) ^ a;
    }
    const first = s;
    s = t;
    t = u;
    u = first;
    a = (a + s) | 0;
    b = (b + t + injection) | 0;
  }
  return (a >>> 6) * 2 ** 27 + (b >>> 5);
}

/** Draw `k` of stream `stream` under `seed`: uniform on [0, 1), all 53 bits random. */
export function uniform(seed: number, stream: number, k: number): number {
  return threefry(seed | 0, (seed / twoTo32) | 0, k | 0, stream | 0) / twoTo53;
}

/**
 * Draw `k` of stream `stream` under `seed`: standard normal, by Marsaglia's polar method. Draws 2j and 2j + 1 are u and v
 * times √(−2 log(s) / s), for the first point (u, v) of a sequence uniform on the square (−1, 1)² that lies in the unit
 * disc, s = u² + v². Its arithmetic is + − × ÷ √ alone, which every engine rounds alike.
 *
 * Source: G. Marsaglia, T. A. Bray, "A convenient method for generating normal variables", SIAM Review 6 (1964).
 */
export function normal(seed: number, stream: number, k: number): number {
  const even = k - (k % 2);
  const high = (seed / twoTo32) | 0;
  // More than one attempt in five misses the disc; each has a key of its own, by bits that neither seeds nor orders use.
  for (let attempt = high; ; attempt += attemptTag) {
    const u = threefry(seed | 0, attempt, even | 0, stream | 0) / twoTo52 - 1;
    const v = threefry(seed | 0, attempt, (even + 1) | 0, stream | 0) / twoTo52 - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return (k === even ? u : v) * Math.sqrt((-2 * logarithm(s)) / s);
  }
}

/**
 * log x for 0 < x < 1: x = 2ᵉ m with √½ ≤ m < √2, and log m = 2 artanh(t) = 2 (t + t³/3 + t⁵/5 + …), t = (m − 1) / (m + 1),
 * where |t| < 0.172, so that twelve terms leave less than the rounding. `Math.log` differs between engines.
 */
export function logarithm(x: number): number {
  let m = x;
  let e = 0;
  for (; m < Math.SQRT1_2; m *= 2) e--;
  const t = (m - 1) / (m + 1);
  let sum = 0;
  for (let n = 23; n > 0; n -= 2) sum = sum * t * t + 1 / n;
  return e * Math.LN2 + 2 * t * sum;
}

/**
 * The seed of what a run draws inside the network in pass number `pass` over its data. Under it every example has streams of
 * its own, so that the draws depend on neither the order of the examples nor their batches.
 */
export function seedOfPass(seed: number, pass: number): number {
  return threefry(seed | 0, (seed / twoTo32) | passTag, pass | 0, 0);
}

/**
 * Fills order[first], …, order[end − 1] with a permutation of 0 … n − 1 (n = end − first) that `seed` and `epoch` decide:
 * Fisher and Yates' shuffle with one draw per position. A draw below 2⁵³ picks among at most 2³² places, so no place is
 * favoured by more than 2⁻²¹.
 */
export function permutation(seed: number, epoch: number, order: Uint32Array, first = 0, end = order.length): void {
  for (let k = first; k < end; k++) order[k] = k - first;
  for (let k = end - first - 1; k > 0; k--) {
    const draw = threefry(seed | 0, (seed / twoTo32) | orderTag, k, epoch | 0) / twoTo53;
    const other = first + Math.floor(draw * (k + 1));
    const kept = order[first + k] ?? 0;
    order[first + k] = order[other] ?? 0;
    order[other] = kept;
  }
}

/** A seed is a whole number from 0 to 2⁵³ − 1. @throws {RunError} for any other. */
export function checkSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new RunError("bad-option", `The seed is ${seed}.`, "Use a whole number from 0 to 2^53 - 1.");
}
