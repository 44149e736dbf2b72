/**
 * Owns: elementary functions in arithmetic and bit operations, without a branch, so that one text serves one element and a
 * vector of them, float32 and float64. Each reduces its argument to a short interval and takes a polynomial there. NaN
 * stays NaN. No function is more than 1 in size where its limits are ±1. What would be subnormal is 0 where it comes of an
 * e^x that is less than √2 times the smallest normal number, and else may be off by one unit of the subnormal numbers.
 *
 * Coefficients named `…32` are minimax fits (Remez's exchange, in 60 digits), those of float64 series or such fits.
 */

import type { Code } from "./assembler.ts";
import type { FloatCode } from "./float-code.ts";

export const mathNames = [
  "exp",
  "expm1",
  "log",
  "log1p",
  "tanh",
  "erf",
  "logistic",
  "log1pexp",
  "sign",
  "round",
] as const;
export type MathName = (typeof mathNames)[number];

/** A value that may be used any number of times. */
export type Term = () => Code;

/** The body of a function under construction. */
export interface MathBody {
  readonly code: FloatCode;
  /** The value under a name: computed once, here. */
  keep(value: Code): Term;
  keepMask(mask: Code): Term;
  /** Another of the functions. */
  call(name: MathName, argument: Code): Code;
}

/** (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2, ascending powers; relative to eʳ the error is 3.1e-9. */
const exponential32 = [0.499999934, 0.166665204, 0.0416683904, 0.00836874519, 0.00138145616];
/** The same: 1/2!, 1/3!, …, 1/14!; what is left out is below 2⁻⁵⁷. */
const exponential64 = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map(reciprocalFactorial);

/** (log((1 + s)/(1 − s)) − 2s) / s³ in z = s², |s| ≤ 0.1716: 2/3, 2/5, 2/7, …; what is left out is below an ulp's 2⁻⁵. */
const logarithm32 = [3, 5, 7, 9].map((n) => 2 / n);
const logarithm64 = [3, 5, 7, 9, 11, 13, 15, 17, 19, 21].map((n) => 2 / n);

/** erf(x) / x − 1 in x², 0 ≤ x ≤ 1; relative to erf(x) / x the errors are 1.3e-9 and 1.3e-19. */
const erfNear32 = [
  0.128379166, -0.3761262583, 0.1128358516, -0.02685381259, 0.005188329061, -0.0008010206852, 7.853908531e-5,
];
const erfNear64 = [
  0.12837916709551256, -0.3761263890318375, 0.11283791670954857, -0.02686617064507288, 0.005223977624780739,
  -0.0008548326978735697, 0.00012055331036687666, -1.4925593502307645e-5, 1.6460972750428166e-6, -1.63500245790402e-7,
  1.465787587334563e-8, -1.1365651822813835e-9, 5.945239596297187e-11,
];
/** (1 − erf(x)) e^(x²) in t = (x − 2)/(x + 2), 1 ≤ x ≤ 6; times e^(−x²) the errors are 6e-11 and 9e-18. */
const erfFar32 = [
  0.2553956794, -0.4271858106, 0.2416572998, -0.07899233582, 0.003685403314, 0.00707989436, -0.0001386215068,
];
const erfFar64 = [
  0.25539567631050536, -0.4271858474139742, 0.24165819424264384, -0.07897858100907708, 0.0037328924242341103,
  0.00699746133195445, -0.0008471456094132808, -0.0009819717735956924, 4.360855880894511e-5, 0.0001743581318784387,
  2.7035812846990883e-5, -2.784009519209173e-5, -1.1844014815156082e-5, 2.6048940947182435e-6,
];

/** The functions as values of a body; `x` may be used any number of times. */
export const mathFunctions: Readonly<Record<MathName, (body: MathBody, x: Term) => Code>> = {
  exp: (body, x) => exponential(body, x, 1),

  // eˣ − 1 = 2ⁿ(eʳ − 1) + (2ⁿ − 1), of which nothing cancels: for n = 0 it is eʳ − 1. Halved, since 2ⁿ may overflow.
  expm1: (body, x) => {
    const { code } = body;
    const [least, greatest] = code.name === "f32" ? [-18, 89] : [-38, 710];
    const bounded = body.keep(code.clamp(x(), code.constant(least), code.constant(greatest)));
    const { r, q, power } = reducedExponential(body, bounded, { times: 1, factor: 1, raised: -1 });
    const p = code.add(code.mul(code.mul(r(), q()), r()), r());
    const halved = code.add(code.mul(power(), p), code.sub(power(), code.constant(0.5)));
    // Tiny numbers are themselves, −0 included.
    const isTiny = code.lt(code.abs(x()), code.constant(code.name === "f32" ? 2 ** -26 : 2 ** -55));
    return code.select(isTiny, x(), code.mul(code.constant(2), halved));
  },

  // x = 2ᵉ m with √½ ≤ m < √2; log m = f − (f²/2 − s (f²/2 + R)) for f = m − 1, s = f / (2 + f) and R = s² times the series.
  log: (body, x) => {
    const { code } = body;
    const f32 = code.name === "f32";
    const [leastNormal, lift] = f32 ? [2 ** -126, 25] : [2 ** -1022, 54];
    const isSubnormal = body.keepMask(code.lt(x(), code.constant(leastNormal)));
    const lifted = body.keep(code.select(isSubnormal(), code.mul(x(), code.constant(2 ** lift)), x()));
    const { mantissa, exponent } = parts(body, lifted);
    const isLarge = body.keepMask(code.lt(code.constant(Math.SQRT2), mantissa()));
    const f = body.keep(
      code.sub(code.select(isLarge(), code.mul(mantissa(), code.constant(0.5)), mantissa()), code.constant(1)),
    );
    const carry = code.fromMask(isLarge());
    const down = code.select(isSubnormal(), code.constant(lift), code.constant(0));
    const e = body.keep(code.sub(code.add(exponent(), carry), down));
    const s = body.keep(code.div(f(), code.add(code.constant(2), f())));
    const z = body.keep(code.mul(s(), s()));
    const series = code.mul(z(), polynomial(body, z, f32 ? logarithm32 : logarithm64));
    const square = body.keep(code.mul(code.constant(0.5), code.mul(f(), f())));
    const { high, low } = ln2(code);
    const correction = code.add(code.mul(s(), code.add(square(), series)), code.mul(e(), code.constant(low)));
    const finite = code.sub(code.mul(e(), code.constant(high)), code.sub(code.sub(square(), correction), f()));
    const infinite = code.constant(Number.POSITIVE_INFINITY);
    const positive = code.select(code.eq(x(), infinite), code.constant(Number.POSITIVE_INFINITY), finite);
    const zero = code.eq(x(), code.constant(0));
    const rest = code.select(zero, code.constant(Number.NEGATIVE_INFINITY), code.constant(Number.NaN));
    return code.select(code.lt(code.constant(0), x()), positive, rest);
  },

  // log u + (x − (u − 1))/u for u = 1 + x rounded: the second term is what the rounding took away.
  log1p: (body, x) => {
    const { code } = body;
    const u = body.keep(code.add(code.constant(1), x()));
    const whole = body.keep(body.call("log", u()));
    const taken = code.div(code.sub(x(), code.sub(u(), code.constant(1))), u());
    const isOrdinary = code.and(code.lt(code.constant(0), u()), code.lt(u(), code.constant(Number.POSITIVE_INFINITY)));
    const corrected = code.select(isOrdinary, code.add(whole(), taken), whole());
    return code.select(code.eq(u(), code.constant(1)), x(), corrected);
  },

  // t / (t + 1) for t = (e^(2x) − 1) / 2 = 2ⁿ(eʳ − 1)/2 + (2ⁿ − 1)/2. From the bounds on it is ±1.
  tanh: (body, x) => {
    const { code } = body;
    const bound = code.name === "f32" ? 9.1 : 20;
    const bounded = body.keep(code.clamp(x(), code.constant(-bound), code.constant(bound)));
    const { r, q, power } = reducedExponential(body, bounded, { times: 2, factor: 2, raised: 0 });
    const half = code.add(code.mul(code.mul(r(), q()), r()), r());
    const less = code.add(code.mul(power(), code.constant(0.5)), code.constant(-0.5));
    const t = body.keep(code.add(code.mul(power(), half), less));
    const size = code.div(t(), code.add(t(), code.constant(1)));
    // That of 0 is lost on the way.
    return code.orBits(size, code.andBits(x(), signBit(code)));
  },

  erf: (body, x) => {
    const { code } = body;
    const f32 = code.name === "f32";
    const a = body.keep(code.min(code.abs(x()), code.constant(f32 ? 4 : 6)));
    const square = body.keep(code.mul(a(), a()));
    const near = body.keep(code.add(code.mul(a(), polynomial(body, square, f32 ? erfNear32 : erfNear64)), a()));
    const two = code.constant(2);
    const t = body.keep(code.div(code.sub(a(), two), code.add(a(), code.constant(2))));
    const tail = code.mul(exponential(body, square, -1), polynomial(body, t, f32 ? erfFar32 : erfFar64));
    const far = code.sub(code.constant(1), tail);
    const size = code.select(code.lt(a(), code.constant(1)), near(), far);
    return code.orBits(size, code.andBits(x(), signBit(code)));
  },

  logistic: (body, x) => {
    const { code } = body;
    return code.div(code.constant(1), code.add(exponential(body, x, -1), code.constant(1)));
  },

  log1pexp: (body, x) => {
    const { code } = body;
    const e = exponential(body, body.keep(code.abs(x())), -1);
    return code.add(code.max(x(), code.constant(0)), body.call("log1p", e));
  },

  sign: ({ code }, x) => {
    const zero = code.constant(0);
    const negative = code.select(code.lt(x(), zero), code.constant(-1), x());
    return code.select(code.lt(code.constant(0), x()), code.constant(1), negative);
  },

  round: (body, x) => {
    const { code } = body;
    const below = body.keep(code.floor(x()));
    const isUp = code.le(code.constant(0.5), code.sub(x(), below()));
    return code.add(below(), code.fromMask(isUp));
  },
};

/**
 * e^(times · x). It is infinite above the largest number and 0 below 2^(least exponent + ½): 2ⁿ is then what stands for 0.
 */
function exponential(body: MathBody, x: Term, times: 1 | -1): Code {
  const { code } = body;
  const [least, greatest] = code.name === "f32" ? [-87.5, 89] : [-708.4, 710];
  const [from, to] = times === 1 ? [least, greatest] : [-greatest, -least];
  const bounded = body.keep(code.clamp(x(), code.constant(from), code.constant(to)));
  // 2ⁿ may be out of range where 2ⁿ eʳ is not: 2ⁿ⁻¹ by 2eʳ.
  const { r, q, power } = reducedExponential(body, bounded, { times, factor: 2, raised: -1 });
  const linear = code.add(code.mul(q(), r()), code.constant(2 * times));
  const twice = code.add(code.mul(linear, r()), code.constant(2));
  return code.mul(twice, power());
}

interface Reduction {
  /** Of the argument; it costs nothing, being part of the constants. */
  readonly times: 1 | -1 | 2;
  readonly factor: 1 | 2;
  readonly raised: 0 | -1;
}

/**
 * y = times · x = n ln 2 + times · r with a whole n and |times · r| ≤ ln 2 / 2; q · r² = factor / times² · (eʸ − 1 − y) of that
 * remainder; and 2^(n + raised), which has to be normal, or the least power of them all, halved: then it is 0.
 */
function reducedExponential(
  body: MathBody,
  x: Term,
  { times, factor, raised }: Reduction,
): { readonly r: Term; readonly q: Term; readonly power: Term } {
  const { code } = body;
  const f32 = code.name === "f32";
  const [places, bias] = f32 ? [23, 127] : [52, 1023];
  // The lowest bits of the sum are n, rounded, and the exponent's bias; all others are shifted out.
  const shift = 1.5 * 2 ** places + bias + raised;
  const placed = body.keep(code.add(code.mul(x(), code.constant(times * Math.LOG2E)), code.constant(shift)));
  const n = body.keep(code.sub(placed(), code.constant(shift)));
  const { high, low } = ln2(code);
  const coarse = code.add(code.mul(n(), code.constant(-high / times)), x());
  const r = body.keep(code.add(code.mul(n(), code.constant(-low / times)), coarse));
  const coefficients = (f32 ? exponential32 : exponential64).map((c, k) => factor * times ** k * c);
  const q = body.keep(polynomial(body, r, coefficients));
  const power = body.keep(code.shiftBits(placed(), places));
  return { r, q, power };
}

/** ln 2 as the sum of a number so short that its product with any exponent is exact, and the rest. */
function ln2(code: FloatCode): { readonly high: number; readonly low: number } {
  const places = code.name === "f32" ? 2 ** 9 : 2 ** 41;
  const high = Math.round(Math.LN2 * places) / places;
  // Math.LN2 itself is ln 2 rounded; the last term is what it lacks.
  return { high, low: Math.LN2 - high + 2.3190468138462996e-17 };
}

/** A positive normal number as mantissa · 2^exponent, 1 ≤ mantissa < 2. */
function parts(body: MathBody, x: Term): { readonly mantissa: Term; readonly exponent: Term } {
  const { code } = body;
  const [places, bias] = code.name === "f32" ? [23, 127] : [52, 1023];
  const one = code.constant(1);
  const fraction = code.name === "f32" ? code.bits(0x007fffff, 0) : code.bits(-1, 0x000fffff);
  const mantissa = body.keep(code.orBits(code.andBits(x(), fraction), one));
  const counted = code.orBits(code.shiftBitsRight(x(), places), code.constant(2 ** places));
  return { mantissa, exponent: body.keep(code.sub(counted, code.constant(2 ** places + bias))) };
}

function signBit(code: FloatCode): Code {
  return code.constant(-0);
}

/** Horner's scheme, coefficients by ascending powers. */
function polynomial({ code }: MathBody, x: Term, coefficients: readonly number[]): Code {
  return coefficients
    .slice(0, -1)
    .reduceRight(
      (sum, coefficient) => code.add(code.mul(sum, x()), code.constant(coefficient)),
      code.constant(coefficients.at(-1) ?? 0),
    );
}

function reciprocalFactorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return 1 / product;
}
