/**
 * Owns: what it takes to compile a network in the shape of GPT-2, in a process of its own, from a cold start: processor
 * time from the page's text to the module's, the peak of the process's memory, and the length of the module. By itself it prints them.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { compile } from "@adjoint/compiler";
import { programOfText } from "./load-page.ts";
import { gptPage } from "./pages.ts";

export interface GptCompilation {
  readonly layers: number;
  /** Numbers that are trained. */
  readonly parameters: number;
  /** Seconds of processor time, from text to program and from program to module. */
  readonly load: number;
  readonly compile: number;
  /** Bytes. */
  readonly memory: number;
  readonly characters: number;
}

const file = fileURLToPath(import.meta.url);

/** @throws {Error} where the process fails */
export function measureGpt(layers: number): GptCompilation {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, file, String(layers)], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function compileGpt(layers: number): GptCompilation {
  const begin = processorTime();
  const program = programOfText(gptPage(layers));
  const loaded = processorTime();
  const { length } = compile(program).text;
  const end = processorTime();
  const shapes = program.models.flatMap(({ parameters }) => parameters.map(({ shape }) => shape));
  return {
    layers,
    parameters: shapes.reduce((sum, shape) => sum + shape.reduce((product, extent) => product * extent, 1), 0),
    load: loaded - begin,
    compile: end - loaded,
    memory: 1024 * process.resourceUsage().maxRSS,
    characters: length,
  };
}

/** Seconds since the process began, of all its threads. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

if (process.argv[1] === file) process.stdout.write(`${JSON.stringify(compileGpt(Number(process.argv[2] ?? 24)))}\n`);
