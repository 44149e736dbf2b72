/** Owns: the schedule of a procedure as text: what a target will run, and why in this shape. */

import { batchProcedure } from "./derive/batch-procedure.ts";
import type { Procedure } from "./procedure.ts";
import { printSchedule } from "./schedule/print-schedule.ts";
import { type ScheduleOptions, scheduleLoops } from "./schedule/schedule-loops.ts";
import { scalarSchedule } from "./targets/typescript/emit.ts";

/** Four numbers of 32 bits in a vector of 128. */
const vectors: ScheduleOptions = { storageRounds: false, lanes: 4, leastTiled: 0 };

/**
 * Without `examples`, one example in numbers; with it a block of so many in vectors of four lanes. A procedure whose work
 * knows no examples, such as an update, is the same in both but for the vectors.
 */
export function dumpSchedule(procedure: Procedure, examples: number | null): string {
  const schedule =
    examples === null
      ? scheduleLoops(procedure, scalarSchedule("f64"))
      : scheduleLoops(batchProcedure(procedure, examples, {}), vectors);
  return printSchedule(procedure.name, schedule);
}
