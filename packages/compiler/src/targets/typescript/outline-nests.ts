/**
 * Owns: loops that occur again and again, as in the layers of a deep network, as one function that is called with where in
 * memory it works. Without it the text would grow with each layer, and with each procedure that repeats the forward pass.
 */

import type { EmittedFunction } from "../../procedure.ts";
import { combineForms, type IndexForm, type IndexSymbol, symbolForm } from "../../schedule/index-form.ts";
import { type Access, type Buffer, forEachExpression, forEachLeaf, type LoopItem } from "../../schedule/loop-nest.ts";
import { describeNest, type NestDescription } from "../../schedule/nest-key.ts";
import { mapAccesses } from "../../schedule/rewrite-accesses.ts";
import type { Schedule } from "../../schedule/schedule-loops.ts";
import { Names } from "./names.ts";
import type { Scope } from "./scope.ts";
import { call, type Expression, number, type Statement, variable } from "./target-language.ts";

/** Operands below which a nest is no longer than a call. */
const leastSize = 12;
const leastOccurrences = 3;

interface Outlined {
  readonly name: string;
  readonly emitted: EmittedFunction;
}

/** Where a nest stands for the first time: a function is written from it. */
export interface FirstOccurrence {
  readonly procedure: string;
  readonly loop: LoopItem;
  readonly schedule: Schedule;
  readonly scope: Scope;
}

/** Prints a body that works on memory from given addresses on. */
export type WriteNest = (
  occurrence: FirstOccurrence,
  names: Names,
  arrayNames: ReadonlyMap<string, string>,
  addresses: ReadonlyMap<IndexSymbol, string>,
) => EmittedFunction["body"];

export class Outliner {
  readonly #counts = new Map<string, number>();
  readonly #functions = new Map<string, Outlined>();
  readonly #described = new WeakMap<LoopItem, NestDescription>();
  readonly #outer: Names;
  readonly #arrayType: (array: string) => string;
  readonly #write: WriteNest;

  /**
   * @param schedules in whose outermost loops repetitions are looked for
   * @param outer names of the module
   * @param arrayType the type of an array that a procedure takes
   */
  constructor(
    schedules: readonly Schedule[],
    outer: readonly string[],
    arrayType: (array: string) => string,
    write: WriteNest,
  ) {
    this.#outer = new Names(outer);
    this.#arrayType = arrayType;
    this.#write = write;
    for (const schedule of schedules) {
      if (schedule.parts.length === 1) continue;
      for (const item of schedule.parts.flat()) {
        if (item.kind !== "loop" || sizeOf(item) < leastSize) continue;
        const description = describeNest(item, schedule.locals);
        if (!description.isClosed) continue;
        const key = keyOf(description);
        this.#described.set(item, description);
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      }
    }
  }

  /** In the order in which they are first called. */
  get functions(): readonly EmittedFunction[] {
    return [...this.#functions.values()].map(({ emitted }) => emitted);
  }

  /** The call that stands for a nest; null for one that occurs too seldom. */
  callFor(occurrence: FirstOccurrence): Statement | null {
    const { loop, schedule, scope } = occurrence;
    const description = this.#described.get(loop);
    if (description === undefined) return null;
    const key = keyOf(description);
    if ((this.#counts.get(key) ?? 0) < leastOccurrences) return null;
    let outlined = this.#functions.get(key);
    if (outlined === undefined) {
      outlined = this.#outline(occurrence, description);
      this.#functions.set(key, outlined);
    }
    const arrays = arraysOf(description).map((array): Expression => variable(scope.parameter(array)));
    const addresses = [...description.origins].map(([buffer, from]) => {
      return number(from + (schedule.offsets.get(buffer) ?? 0));
    });
    return { kind: "call", call: call(outlined.name, ...arrays, ...addresses), span: null };
  }

  #outline(occurrence: FirstOccurrence, description: NestDescription): Outlined {
    const { procedure, loop, schedule } = occurrence;
    const name = this.#outer.claim(`${procedure}_loops${this.#functions.size + 1}`);
    const names = new Names([name]);
    const arrays = new Map(arraysOf(description).map((array) => [array, names.claim(array)]));
    const symbols = new Map<Buffer, IndexSymbol>();
    const addresses = new Map<IndexSymbol, string>();
    let id = Number.MIN_SAFE_INTEGER;
    for (const [buffer] of description.origins) {
      const symbol: IndexSymbol = { id: id++, kind: "value", extent: Number.POSITIVE_INFINITY, label: "" };
      symbols.set(buffer, symbol);
      addresses.set(symbol, names.claim(`${buffer.array === null ? buffer.label : "at"}_0`));
    }
    const relative = (access: Access): Access => {
      const symbol = symbols.get(access.buffer);
      const from = description.origins.get(access.buffer);
      return symbol === undefined || from === undefined ? access : { ...access, at: shifted(access.at, from, symbol) };
    };
    const moved = mapAccesses(loop, relative);
    const inWorkspace = new Map(schedule.offsets);
    for (const buffer of symbols.keys()) if (inWorkspace.has(buffer)) inWorkspace.set(buffer, 0);
    const body =
      moved.kind === "loop"
        ? this.#write(
            { ...occurrence, loop: moved, schedule: { ...schedule, offsets: inWorkspace } },
            names,
            arrays,
            addresses,
          )
        : [];
    const parameter = (each: string, type: string) => ({ name: each, type, initializer: null });
    return {
      name,
      emitted: {
        name,
        doc: `Loops that occur several times, as for ${labelOf(loop, schedule)}, with the addresses that they work on.`,
        parameters: [
          ...[...arrays].map(([array, own]) => parameter(own, this.#arrayType(array))),
          ...[...addresses.values()].map((own) => parameter(own, "number")),
        ],
        returnType: "void",
        body,
      },
    };
  }
}

function shifted(at: IndexForm, from: number, symbol: IndexSymbol): IndexForm {
  return combineForms(-from, [1, 1], [at, symbolForm(symbol)]);
}

/** The names of the arrays count: a function takes each of them once. */
function keyOf(description: NestDescription): string {
  const memory = [...description.origins.keys()].map(({ array }) => array ?? "");
  return `${memory.join(",")} ${description.key}`;
}

function arraysOf({ origins }: NestDescription): readonly string[] {
  return [...new Set([...origins.keys()].flatMap(({ array }) => (array === null ? [] : [array])))];
}

function sizeOf(loop: LoopItem): number {
  let size = 0;
  forEachLeaf(loop, (leaf) => {
    forEachExpression(leaf.value, () => size++);
  });
  return size;
}

/** What the last store of the nest computes. */
function labelOf(loop: LoopItem, { locals }: Schedule): string {
  let label = "nest";
  forEachLeaf(loop, (leaf) => {
    if (leaf.kind === "store" && !locals.has(leaf.target.buffer)) label = leaf.target.label;
  });
  return label;
}
