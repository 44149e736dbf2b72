/** Where errors end: as words for people, as an object for programs, never as a stack trace. */

import { expect, test } from "vitest";
import { type Context, styleFor } from "../src/context.ts";
import { Failure } from "../src/failure.ts";
import type { Environment } from "../src/io.ts";
import { reportError } from "../src/report.ts";
import { fakeIo } from "./support.ts";

async function report(error: unknown, json = false, env: Environment = {}) {
  const io = fakeIo("/", { env });
  const style = styleFor(io, io.stderr, "never");
  const context: Context = { io, json, style, noteStyle: style };
  return { exitCode: await reportError(context, error), ...io.written };
}

test("a failure has its code, its places and its remedy", async () => {
  const failure = new Failure("refused-data", "d.csv: 2 values can't be used", {
    details: ["line 2: a", "line 3: b"],
    help: ["leave them out"],
  });
  expect(await report(failure)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: [
      "error[refused-data]: d.csv: 2 values can't be used",
      "  · line 2: a",
      "  · line 3: b",
      "  = help: leave them out",
      "",
    ].join("\n"),
  });
});

test("what a file holds cannot command the terminal", async () => {
  const { stderr } = await report(new Failure("refused-data", "a\u001b[2Jb\u0007c\u202ed\u009be"));
  expect(stderr).toBe("error[refused-data]: a�[2Jb�c�d�e\n");
});

test("a refusal of the emitted module is told like any other", async () => {
  const refusal = Object.assign(new Error("The file is cut short. Use a whole one."), {
    name: "FileError",
    code: "cut-short",
    remedy: "Use a whole one.",
  });
  expect(await report(refusal)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: "error[cut-short]: The file is cut short.\n  = help: Use a whole one.\n",
  });
});

test.each([
  [new TypeError("x is not a function")],
  ["x is not a function"],
  [Object.assign(new Error("x is not a function"), { code: "E_X" })],
])("what nobody expected is an internal error without a stack: %j", async (error) => {
  const { exitCode, stderr } = await report(error);
  expect(exitCode).toBe(70);
  expect(stderr).toMatch(
    /^error\[internal\]: internal error: x is not a function\n {2}= help: this is a defect of Adjoint/,
  );
  expect(stderr).not.toMatch(/^\s+(· )?at /m);
});

test("ADJOINT_DEBUG shows where, with the emitted module's text left out", async () => {
  const error = new Error("deep");
  error.stack = "Error: deep\n    at f (data:text/javascript;base64,QUJD+/=:3:1)";
  const { stderr } = await report(error, false, { ADJOINT_DEBUG: "1" });
  expect(stderr).toContain("  · at f (<emitted module>:3:1)\n");
});

test("a program gets one object", async () => {
  const { exitCode, stdout, stderr } = await report(new TypeError("broken"), true);
  expect({ exitCode, stderr }).toEqual({ exitCode: 70, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "internal", message: "internal error: broken" } });
});
