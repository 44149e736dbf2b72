/** Owns: damage to sources: what a fuzzer does to a page that was well-formed. Deterministic in its seed. */

/** Numbers below `n`, from a 32-bit xorshift generator (Marsaglia 2003). */
export type Draw = (n: number) => number;

export function drawFrom(seed: number): Draw {
  // Scrambled, so that neighbouring seeds differ at once; never 0, where the generator would stay.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

/** What no one writes by accident: injections, separators of other languages, extremes. */
const hostile: readonly string[] = [
  ...[
    "*/",
    "/*",
    "$" + "{x}",
    "`",
    '"',
    "'",
    "\\",
    "\u2028",
    "\u202e",
    "\0",
    "\u001b[2J",
    "\r",
    "\ufeff",
    "\ud800",
    "👩‍👩‍👧",
  ],
  ...[
    "constructor",
    "__proto__",
    "toString",
    "eval",
    "class",
    "import",
    "model",
    "loss",
    "return",
    "if",
    "then",
    "else",
  ],
  ...["1e9", "1e999", "1e-999", "0", "-1", "0.5", "999999999999999999999", "[1000000000]", "[0]", "[-1]", "1..2", ".5"],
  ...[
    "=",
    "==",
    "<-",
    "<",
    "~",
    ":",
    ",",
    "^",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "//",
    "\n\n",
    "else 0",
    "grad(",
    "sum[i](",
  ],
  ...['import { x } from "../../../etc/passwd"', "x[i + i]", "x[i * i]", "x[x[i]]", "i < 1e9", "batch", "class(1e9)"],
];

const brackets = ["(", "[", "{", "f(", "x[", "if a then b else ", "-", "not ", "2^", "x + ", "sum[i]("] as const;

/** One to four blows: tokens dropped, swapped, doubled, moved; bytes flipped; hostile text, deep nesting put in. */
export function damage(source: string, draw: Draw): string {
  let text = source;
  for (let blows = 1 + draw(4); blows > 0; blows--) text = strike(text, draw);
  return text;
}

function strike(text: string, draw: Draw): string {
  // Words, marks and spaces, each a piece: what is between two places is put together again as it was.
  const pieces = text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gsu) ?? [];
  const at = draw(pieces.length + 1);
  const other = draw(pieces.length + 1);
  const join = (...parts: readonly (readonly string[])[]): string => parts.flat().join("");
  const before = pieces.slice(0, at);
  const after = pieces.slice(at);
  switch (draw(9)) {
    case 0:
      return join(before, after.slice(1));
    case 1:
      return join(before, after.slice(0, 1), after);
    case 2: {
      const swapped = [...pieces];
      [swapped[at], swapped[other]] = [pieces[other] ?? "", pieces[at] ?? ""];
      return join(swapped.map((piece) => piece ?? ""));
    }
    case 3: {
      const place = draw(text.length + 1);
      const flipped = String.fromCharCode(text.charCodeAt(place) ^ (1 << draw(7)));
      return text.slice(0, place) + flipped + text.slice(place + 1);
    }
    case 4:
      return join(before, [hostile[draw(hostile.length)] ?? ""], after);
    case 5:
      return join(before, [hostile[draw(hostile.length)] ?? ""], after.slice(1));
    case 6:
      return text.slice(0, draw(text.length + 1));
    case 7: {
      const depth = [3, 70, 300, 10_000][draw(4)] ?? 3;
      return join(before, [(brackets[draw(brackets.length)] ?? "(").repeat(depth)], after);
    }
    default: {
      const [from, to] = at < other ? [at, other] : [other, at];
      const length = Math.min(to - from, 1 + draw(20));
      return join(pieces.slice(0, from), pieces.slice(from + length), pieces.slice(from, from + length));
    }
  }
}
