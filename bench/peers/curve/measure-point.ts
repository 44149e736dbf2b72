/** Owns: what one size of a cost curve costs: to compile, to begin, and a step. */

import { type CompileOptions, compile } from "@adjoint/compiler";
import { median } from "../../interleave.ts";
import { importText, programOfText } from "../../load-page.ts";
import type { Network } from "../runners/adjoint.ts";
import type { Series } from "./series.ts";

export interface Point {
  readonly size: number;
  /** Milliseconds from the page to the module's text. */
  readonly compile: number;
  /** Milliseconds from the text to the end of the first step: what the engine takes, and drawing the parameters. */
  readonly begin: number;
  readonly stepsPerSecond: number;
  readonly parameters: number;
  /** Characters of the module. */
  readonly text: number;
}

/** Milliseconds of one timing, which is at least one step. */
const turn = 25;
/** So many timings have to be no better than those before: then the engine has optimised what it will. */
const settled = 6;
/** Milliseconds after which a point is timed no longer. */
const patience = 3000;

export async function measurePoint(series: Series, size: number, options: Partial<CompileOptions>): Promise<Point> {
  const page = series.page(size);
  const start = performance.now();
  const { text } = compile(programOfText(page), { language: "js", standalone: true, ...options });
  const compiled = performance.now();
  const { Network } = await importText(text);
  if (!isClass(Network)) throw new Error("the module has no class");
  const network = new Network();
  const data = dataFor(series, size);
  await train(network, data, 1);
  const begun = performance.now();
  return {
    size,
    compile: compiled - start,
    begin: begun - compiled,
    stepsPerSecond: await stepRate(network, data),
    parameters: network.p.length,
    text: text.length,
  };
}

/** The median of the last timings, once they get no better: an engine compiles functions while they run. */
async function stepRate(network: Network, data: object): Promise<number> {
  const began = performance.now();
  const rates: number[] = [];
  let steps = 1;
  while (performance.now() - began < patience) {
    const each = await timed(() => train(network, data, steps));
    if (each >= turn / 2) rates.push((1000 * steps) / each);
    if (each < turn) steps = Math.max(steps, Math.min(100 * steps, Math.round((turn * steps) / each)));
    const [best, before] = [Math.max(...rates.slice(-settled)), Math.max(...rates.slice(0, -settled))];
    if (rates.length > settled && best < 1.03 * before) break;
  }
  return median(rates.slice(-settled).sort((a, b) => a - b));
}

async function train(network: Network, data: object, epochs: number): Promise<void> {
  for await (const { loss } of network.train(data, { epochs, every: epochs })) void loss;
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** One batch of small numbers and of classes. */
function dataFor(series: Series, size: number): Readonly<Record<string, Float32Array>> {
  const count = series.batch(size);
  return Object.fromEntries(
    Object.entries(series.ports(size)).map(([name, { elements, classes }]) => {
      const values = new Float32Array(count * elements);
      for (let k = 0; k < values.length; k++) values[k] = classes === undefined ? Math.sin(7 * k) : (7 * k) % classes;
      return [name, values];
    }),
  );
}

function isClass(value: unknown): value is new () => Network {
  return typeof value === "function";
}
