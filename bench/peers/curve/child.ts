/**
 * Owns: one cost curve in a process of its own, which may run out of memory: sizes 1, 2, 4, … until a step, or compiling,
 * takes longer than is asked for. Each point is a line of JSON on standard output; so is the reason for the end.
 */

import { compile, loadWasmTarget, TooLargeForWasm } from "@adjoint/compiler";
import { programOfText } from "../../load-page.ts";
import { measurePoint, type Point } from "./measure-point.ts";
import { allSeries } from "./series.ts";

const [name, target, limit = "20"] = process.argv.slice(2);
const series = allSeries.find((each) => each.name === name);
if (series === undefined) throw new Error(`no series ${name}`);
const options = target === "wasm" ? { target: await loadWasmTarget() } : {};
const began = performance.now();
const put = (line: object): void => console.log(JSON.stringify(line));

// The compiler's own code is to be warm, as in a tool that stays open.
for (const start = performance.now(); performance.now() - start < 1500; )
  compile(programOfText(series.page(4)), options);

let end = "";
let last: Point | null = null;
for (let size = 1; end === ""; size *= 2) {
  try {
    const from = performance.now();
    last = await measurePoint(series, size, options);
    put(last);
    // What comes next takes about twice as long, or four times.
    const [took, left] = [performance.now() - from, 1000 * Number(limit) - (performance.now() - began)];
    if (last.stepsPerSecond < 1) end = "a step takes longer than a second";
    else if (last.compile > 8000) end = "compiling takes longer than eight seconds";
    else if (2.5 * took > left) end = `the ${limit} seconds of this curve are over`;
  } catch (error) {
    if (error instanceof TooLargeForWasm) end = error.message;
    else if (error instanceof RangeError) end = `out of memory: ${error.message}`;
    else throw error;
  }
}
put({ end });
