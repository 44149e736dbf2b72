/** The command line as such: help, usage errors, files, colours. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { version } from "../src/version.ts";
import { adjoint } from "./support.ts";

const commands = ["compile", "train", "eval", "check", "summary", "explain", "graph", "fmt"];

test("without a command, the help goes to standard error and the code is 2", async () => {
  const { exitCode, stdout, stderr } = await adjoint([]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain("Usage: adjoint");
});

test("--help names every command, examples and exit codes", async () => {
  const { exitCode, stdout, stderr } = await adjoint(["--help"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
  expect(stdout).toContain("Examples:");
  expect(stdout).toContain("130  interrupted");
});

test.each(commands)("%s --help teaches by examples", async (command) => {
  const { exitCode, stdout } = await adjoint([command, "--help"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`Usage: adjoint ${command}`);
  expect(stdout).toMatch(new RegExp(`Examples:\n  \\$ adjoint ${command} `));
});

test("--version is that of the package", async () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(manifest).toMatchObject({ version });
  expect((await adjoint(["--version"])).stdout).toBe(`${version}\n`);
});

test.each([
  [["trian", "net.adj"], "did you mean train"],
  [["compile"], "missing required argument 'page'"],
  [["compile", "net.adj", "--presicion", "f32"], "Did you mean --precision"],
  [["compile", "net.adj", "--precision", "f16"], "Allowed choices are f64, f32"],
  [["compile", "net.adj", "--set", "hidden"], "It takes name=number, as in hidden=64."],
  [["train", "net.adj"], "required option '-d, --data <file>' not specified"],
  [["train", "net.adj", "-d", "d.csv", "--epochs", "-3"], "It takes a whole number, at least 0."],
  [["train", "net.adj", "-d", "d.csv", "--every", "5"], "--every needs --checkpoint <file>"],
  [["train", "net.adj", "-d", "d.csv", "--columns", "x"], "It takes port=column,column,…"],
  [["train", "net.adj", "-d", "d.csv", "--resume", "r.ckpt", "--seed", "1"], "a resumed run has its seed already"],
  [["explain", "net.adj", "--wrt", "h.W[0,"], "It takes one element, as in h.W[0,1]."],
  [["fmt", "a.adj", "b.adj"], "several pages can't share standard output"],
  [["fmt", "a.adj", "--check", "--write"], "--write and --check exclude each other"],
])("%j ends with 2 and says what it takes", async (argv, message) => {
  const { exitCode, stdout, stderr } = await adjoint(argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr.toLowerCase()).toContain(message.toLowerCase());
});

test.each([
  [["compile", "none.adj"]],
  [["train", "none.adj", "-d", "d.csv"]],
  [["eval", "none.adj", "-p", "p.json", "-d", "d.csv"]],
  [["check", "none.adj"]],
  [["summary", "none.adj"]],
  [["explain", "none.adj"]],
  [["graph", "none.adj"]],
  [["fmt", "none.adj"]],
])("%j ends with 1: the page isn't there", async (argv) => {
  const { exitCode, stdout, stderr } = await adjoint(argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toBe("error[unreadable-file]: cannot read none.adj: there is no such file or folder\n");
});

test("with --json, a failure is an object on standard output", async () => {
  const { exitCode, json, stderr } = await adjoint(["summary", "none.adj", "--json"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
  const message = "cannot read none.adj: there is no such file or folder";
  expect(json()).toEqual([{ error: { code: "unreadable-file", message, details: [], help: [] } }]);
});

test.each([
  ["a pipe", { terminal: false, env: {} }, [], false],
  ["a terminal", { terminal: true, env: {} }, [], true],
  ["a dumb terminal", { terminal: true, env: { TERM: "dumb" } }, [], false],
  ["NO_COLOR", { terminal: true, env: { NO_COLOR: "1" } }, [], false],
  ["an empty NO_COLOR", { terminal: true, env: { NO_COLOR: "" } }, [], true],
  ["FORCE_COLOR", { terminal: false, env: { FORCE_COLOR: "1" } }, [], true],
  ["FORCE_COLOR=0", { terminal: true, env: { FORCE_COLOR: "0" } }, [], false],
  ["--color", { terminal: false, env: { NO_COLOR: "1" } }, ["--color"], true],
  ["--no-color", { terminal: true, env: { FORCE_COLOR: "1" } }, ["--no-color"], false],
])("colours with %s", async (_, situation, flags, coloured) => {
  const { stderr } = await adjoint(["summary", "none.adj", ...flags], situation);
  expect(stderr.includes("\u001b[")).toBe(coloured);
});
