/** Owns: which keys count as one, and which do not. */

import { expect, test } from "vitest";
import { repeatedKey } from "../src/index.ts";

test.each<[string, string, number, number]>([
  ['{"a":1,"a":2}', "a", 1, 7],
  ['{"a":1,"b":{"c":[{"c":1}],"c":2}}', "c", 12, 26],
  ['[{"a":1},{"a":1,"\\u0061":2}]', "a", 10, 16],
  ['{"__proto__":1, "__proto__" \n :2}', "__proto__", 1, 16],
  [`{"a":1,"a"${" ".repeat(100)}:2}`, "a", 1, 7],
  ['{"\\"":1,"\\"":2}', '"', 1, 8],
])("%s has one twice", (json, key, first, again) => {
  expect(repeatedKey(json)).toEqual({ key, first, again });
});

test.each([
  "{}",
  "[]",
  '"a"',
  '{"a":{"a":{"a":1}},"b":{"a":2}}',
  '[{"a":1},{"a":1}]',
  '{"a":"a","b":"a"}',
  '{"a":["a","a"]}',
  '{"a\\"":1,"a":2}',
  '{"a":"{\\"a\\":1","b":"\\\\"}',
])("%s has none", (json) => {
  JSON.parse(json);
  expect(repeatedKey(json)).toBeNull();
});
