/** Owns: keys that occur twice in one object of a JSON text, where `JSON.parse` silently keeps the last. */

export interface RepeatedKey {
  readonly key: string;
  /** The offset at which the key stands first, and the one at which it stands again. */
  readonly first: number;
  readonly again: number;
}

/** The first such key, or null. The text must be valid JSON; keys are compared as what they spell. */
export function repeatedKey(json: string): RepeatedKey | null {
  const open: (Map<string, number> | null)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{") open.push(new Map());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const start = at;
      at = endOfString(json, at);
      const keys = open.at(-1);
      if (!keys || !isKey(json, at + 1)) continue;
      const key = String(JSON.parse(json.slice(start, at + 1)));
      const first = keys.get(key);
      if (first !== undefined) return { key, first, again: start };
      keys.set(key, start);
    }
  }
  return null;
}

/** The position of the quote that closes the one at `start`: the next with an even number of backslashes before it. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}

/** Whether a colon follows, with nothing but blanks before it. */
function isKey(json: string, from: number): boolean {
  let at = from;
  while (json[at] === " " || json[at] === "\t" || json[at] === "\n" || json[at] === "\r") at++;
  return json[at] === ":";
}
