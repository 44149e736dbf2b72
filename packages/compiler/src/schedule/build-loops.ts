/**
 * Owns: the first loop program of a procedure: one loop nest for each tensor that has memory, in topological order, and
 * what becomes of each result.
 */

import {
  argumentsOf,
  type Graph,
  type LoopStep,
  type Node,
  nodesOf,
  planSteps,
  type ReshapeNode,
  type Step,
} from "@adjoint/ir";
import type { Destination, Procedure } from "../procedure.ts";
import { findBatched, type Layout } from "./choose-layout.ts";
import { Elements, type Home, stridesWithin } from "./define-elements.ts";
import { chooseBuffers } from "./fuse.ts";
import { combineForms, constantForm, formKey, type IndexForm, symbolForm, zeroForm } from "./index-form.ts";
import { stridesOf } from "./index-space.ts";
import { forEachExpression, type LoopExpression, type LoopProcedure } from "./loop-nest.ts";
import type { SumPlace } from "./order-loops.ts";
import { overlapFinder } from "./overlap-finder.ts";
import { scatterOf } from "./scatter.ts";
import { Timeline } from "./timeline.ts";
import { placeOf } from "./unroll.ts";
import { NestWriter } from "./write-nests.ts";

export interface BuildOptions {
  /**
   * Whether an array argument rounds what is stored in it. Then nothing that is used again is kept there, and no sum grows
   * there term by term.
   */
  readonly storageRounds: boolean;
  readonly sums: SumPlace;
  /** The examples of a batch, if tensors with such a leading axis are to have it innermost in scratch memory. */
  readonly innermost: number | null;
}

interface ArrayResult {
  readonly name: string;
  readonly node: Node;
  readonly destination: Destination & { readonly kind: "store" | "add" };
}

export function buildLoops(procedure: Procedure, options: BuildOptions): LoopProcedure {
  return new LoopBuilder(procedure, options).build();
}

class LoopBuilder {
  readonly #procedure: Procedure;
  readonly #options: BuildOptions;
  readonly #innermost: ReadonlySet<Node>;
  readonly #elements: Elements;
  readonly #nests: NestWriter;

  constructor(procedure: Procedure, options: BuildOptions) {
    this.#procedure = procedure;
    this.#options = options;
    this.#innermost = options.innermost === null ? new Set() : findBatched(procedure.graph, options.innermost);
    this.#elements = new Elements(procedure, this.#innermost);
    this.#nests = new NestWriter(this.#elements, options.sums);
  }

  build(): LoopProcedure {
    const { results } = this.#procedure;
    const graph = withoutFinalViews(this.#procedure.graph);
    const arrayResults: ArrayResult[] = [];
    const returned: Node[] = [];
    for (const { name, node } of graph.outputs) {
      const destination = results.get(name);
      if (destination === undefined) throw new RangeError(`output ${name} has no destination`);
      if (destination.kind === "return") returned.push(node);
      else arrayResults.push({ name, node, destination });
    }
    const read = this.#arraysRead();
    const [deferred, direct] = split(arrayResults, ({ destination }) => read.has(destination.place.array));
    const carried = nodesOf(graph).flatMap((node) => (node.kind === "scan" ? node.recurrence.carries : []));
    // What is no computation has no memory of its own: of a reshape it is that of its source.
    const stepped = carried.flatMap(({ next }) => (["input", "constant", "reshape"].includes(next.kind) ? [] : [next]));
    const kept = new Set([...returned, ...this.#viewed(graph), ...stepped]);
    const chosen = chooseBuffers(graph, kept, this.#drawn());

    const directOf = new Map<Node, ArrayResult[]>();
    for (const result of direct) directOf.set(result.node, [...(directOf.get(result.node) ?? []), result]);
    const outputCount = new Map<Node, number>();
    for (const { node } of graph.outputs) outputCount.set(node, (outputCount.get(node) ?? 0) + 1);
    const used = new Set(nodesOf(graph).flatMap(argumentsOf));

    for (const step of planSteps(nodesOf(graph))) {
      if (step.kind === "loop") {
        this.#buildRecurrence(step, chosen);
        for (const scan of step.scans) for (const result of directOf.get(scan) ?? []) this.#storeResult(result);
        continue;
      }
      const { node } = step;
      if (this.#isTurned(node)) {
        const fresh = this.#elements.scratch(node);
        this.#nests.computeElementwise(node, fresh, "set");
        this.#elements.settle(node, fresh);
      }
      const own = directOf.get(node) ?? [];
      const alone = !used.has(node) && outputCount.get(node) === 1;
      const inPlace = chosen.has(node) ? own.find((result) => this.#isBuiltInPlace(result, alone)) : undefined;
      if (inPlace !== undefined) {
        const place = this.#elements.arrayHome(inPlace.destination.place);
        const adds = inPlace.destination.kind === "add";
        this.#nests.compute(node, place, adds ? "sum" : "set");
        if (!adds) this.#elements.settle(node, place);
      } else if (chosen.has(node)) {
        const fresh = this.#elements.scratch(node);
        this.#nests.compute(node, fresh, "set");
        this.#elements.settle(node, fresh);
      }
      if (node.kind === "reshape") this.#elements.settle(node, this.#viewOf(node));
      for (const result of own) if (result !== inPlace) this.#storeResult(result);
    }
    this.#overwrite(deferred);
    const [result] = returned;
    const home = result === undefined ? undefined : this.#elements.homeOf(result);
    return {
      items: this.#nests.items,
      result: home === undefined ? null : { buffer: home.buffer, at: home.base, label: home.buffer.label },
    };
  }

  /** Whether a tensor is given by rows and wanted with its examples innermost: it is copied once. */
  #isTurned(node: Node): boolean {
    const isNumber = node.kind === "input" && node.element.kind !== "class";
    return isNumber && this.#innermost.has(node) && this.#arrayOf(node) !== null;
  }

  /** What a reshape is a view of needs memory, where it is not an array that is given. */
  #viewed(graph: Graph): readonly Node[] {
    return nodesOf(graph).flatMap((node) =>
      node.kind === "reshape" && this.#arrayOf(node.source) === null ? [node.source] : [],
    );
  }

  #arrayOf(node: Node): Home | null {
    const place = node.kind === "input" ? placeOf(this.#procedure, node) : null;
    return place?.kind === "array" ? this.#elements.arrayHome(place) : null;
  }

  /** The memory of what is viewed, along the view's axes; a copy of it, should it not lie in order. */
  #viewOf(node: ReshapeNode): Home {
    const { source } = node;
    const home = this.#elements.homeOf(source) ?? this.#arrayOf(source);
    if (home === null) throw new RangeError(`node ${source.id}, which is viewed along other axes, has no memory`);
    const view = (layout: Layout, { buffer, base }: Home): Home => {
      return { buffer, base, strides: stridesWithin(node.shape, this.#nests.fixedAxes(node), layout) };
    };
    const liesIn = (layout: Layout): boolean => {
      const ordered = stridesWithin(source.shape, this.#nests.fixedAxes(source), layout);
      return (home.strides ?? stridesOf(source.shape)).every((stride, axis) => stride === ordered[axis]);
    };
    if (liesIn("rows")) return view("rows", home);
    const byExample = this.#innermost.has(source) && this.#innermost.has(node);
    if (byExample && liesIn("examples-innermost")) return view("examples-innermost", home);
    const strides = stridesWithin(source.shape, this.#nests.fixedAxes(source));
    const copy: Home = { ...this.#elements.scratch(source, this.#nests.fixedAxes(source)), strides };
    this.#nests.computeElementwise(source, copy, "set");
    return view("rows", copy);
  }

  /**
   * Whether a tensor with memory is computed where its result goes: one that nothing else needs can be added there, and
   * one that is stored can be read back from there, if what is read back is what was stored.
   */
  #isBuiltInPlace({ node, destination }: ArrayResult, alone: boolean): boolean {
    const growsThere = node.kind === "reduce" && scatterOf(node.arg) === null;
    if (this.#options.storageRounds && (!alone || growsThere)) return false;
    return destination.kind === "store" || (alone && canAccumulateInPlace(node));
  }

  /**
   * Results that go into arrays which are also read. A result is stored once no other that is still to be computed reads
   * what it overwrites, and directly if it reads nothing there itself but the very element it is stored to; where results
   * wait for each other, or for themselves, values are computed into scratch memory first.
   */
  #overwrite(deferred: readonly ArrayResult[]): void {
    if (deferred.length === 0) return;
    const { targets, readersOf, readsItself } = this.#overwritten(deferred);
    const timeline = new Timeline(this.#nests.items.splice(0), targets);
    const readBy = deferred.map((): number[] => []);
    for (const [region, readers] of readersOf.entries()) for (const k of readers) readBy[k]?.push(region);
    const computed = new Set<number>();
    const stored = new Set<number>();
    const finish = (k: number): void => {
      for (const region of readBy[k] ?? []) readersOf[region]?.delete(k);
    };
    const compute = (k: number, result: ArrayResult): void => {
      const fresh = this.#elements.scratch(result.node);
      this.#nests.computeElementwise(result.node, fresh, "set");
      this.#elements.settle(result.node, fresh);
      timeline.insert(this.#nests.items.splice(0));
      computed.add(k);
      finish(k);
    };
    for (const [k, result] of deferred.entries()) if (readsItself[k] === true) compute(k, result);
    while (stored.size < deferred.length) {
      let progress = false;
      for (const [k, result] of deferred.entries()) {
        if (stored.has(k) || (readersOf[k]?.size ?? 0) > 0) continue;
        this.#storeResult(result);
        timeline.insert(this.#nests.items.splice(0));
        stored.add(k);
        if (!computed.has(k)) finish(k);
        progress = true;
      }
      const blocked = deferred.findIndex((_, k) => !stored.has(k) && !computed.has(k));
      const result = deferred[blocked];
      if (!progress && result !== undefined) compute(blocked, result);
    }
    this.#nests.items.push(...timeline.items());
  }

  /** For each result, which others read an element that it overwrites, and whether it reads such elements itself. */
  #overwritten(deferred: readonly ArrayResult[]) {
    const targets = deferred.map((result) =>
      this.#elements.accessAt(
        this.#elements.arrayHome(result.destination.place),
        result.node,
        this.#elements.freshCoordinates(result.node.shape),
      ),
    );
    const readersOf = deferred.map(() => new Set<number>());
    const readsItself = deferred.map(() => false);
    const overlapping = overlapFinder(targets);
    for (const [k, { node, destination }] of deferred.entries()) {
      const coordinates = this.#elements.freshCoordinates(node.shape);
      const own = this.#elements.accessAt(this.#elements.arrayHome(destination.place), node, coordinates);
      const check = (part: LoopExpression): void => {
        if (part.kind !== "load" || part.access.buffer.array === null) return;
        const read = part.access;
        for (const other of overlapping(read)) {
          if (other !== k) readersOf[other]?.add(k);
          else if (formKey(read.at) !== formKey(own.at)) readsItself[k] = true;
        }
      };
      forEachExpression(this.#elements.evaluate(node, coordinates), check);
      for (const { value } of this.#elements.takeLets()) forEachExpression(value, check);
    }
    return { targets, readersOf, readsItself };
  }

  /**
   * One loop over the steps, with what each of them computes inside. A carried sequence has a row for its initial value
   * as well, before the first step's: so previous[t] and T[t] lie in neighbouring rows, and no step is a special case.
   * What lives within one step has memory for one step.
   */
  #buildRecurrence(step: LoopStep, chosen: ReadonlySet<Node>): void {
    const { direction, axis, carries } = step.recurrence;
    const steps = carries[0]?.next.shape[axis] ?? 0;
    // All of them move with the recurrences around, whether or not what they begin with, or become, does.
    const fixed = this.#timesAround(step);
    const begun = new Map([...fixed].map(([a, form]) => [a < axis ? a : a - 1, form]));
    const homes = carries.map(({ previous, initial, next }, which): Home => {
      const scans = step.scans.filter((scan) => scan.which === which);
      const before = scans.find(({ moment }) => moment === "before");
      const isRead = step.timeAxes.has(previous) || before !== undefined;
      const rows = isRead ? steps + 1 : steps;
      const shape = next.shape.map((extent, a) => (a === axis ? rows : extent));
      const { buffer, strides } = this.#elements.scratchOf(scans[0] ?? next, shape, fixed);
      const row = strides[axis] ?? 0;
      if (!isRead) return { buffer, base: zeroForm, strides };
      const start = strides.filter((_, a) => a !== axis);
      const first = constantForm(direction === 1 ? 0 : steps * row);
      this.#nests.computeElementwise(initial, { buffer, base: first, strides: start }, "set", begun);
      const into: Home = { buffer, base: constantForm(direction === 1 ? 0 : row), strides };
      this.#elements.settle(previous, into);
      if (before !== undefined) this.#elements.settle(before, into);
      return { buffer, base: constantForm(direction === 1 ? row : 0), strides };
    });
    const outside = this.#nests.items.splice(0);
    const symbol = this.#elements.symbol("loop", steps, "");
    const time = direction === 1 ? symbolForm(symbol) : combineForms(steps - 1, [-1], [symbolForm(symbol)]);
    this.#nests.active.push({ loop: step, time });
    for (const inner of step.body) this.#buildStep(inner, step, homes, chosen);
    for (const [which, { next }] of carries.entries()) {
      const home = homes[which];
      if (home === undefined || this.#elements.homeOf(next) === home) continue;
      this.#nests.computeElementwise(next, home, "set", new Map([...fixed, [axis, time]]));
    }
    this.#nests.active.pop();
    const body = this.#nests.items.splice(0);
    this.#nests.items.push(...outside, { kind: "loop", symbol, body, ordered: true });
    for (const scan of step.scans) {
      const home = homes[scan.which];
      if (home !== undefined && scan.moment === "after") this.#elements.settle(scan, home);
    }
  }

  #buildStep(step: Step, around: LoopStep, homes: readonly Home[], chosen: ReadonlySet<Node>): void {
    if (step.kind === "loop") {
      this.#buildRecurrence(step, chosen);
      return;
    }
    const { node } = step;
    if (node.kind === "carried") return;
    const which = around.recurrence.carries.findIndex(({ next }) => next === node);
    const home =
      homes[which] ?? (chosen.has(node) ? this.#elements.scratch(node, this.#nests.fixedAxes(node)) : undefined);
    if (node.kind === "reshape" && homes[which] === undefined) {
      this.#elements.settle(node, this.#viewOf(node));
      return;
    }
    if (home === undefined) return;
    if (node.kind === "reshape") this.#elements.settle(node, this.#viewOf(node));
    this.#nests.compute(node, home, "set");
    this.#elements.settle(node, home);
  }

  /** The axes of what a recurrence carries along which those around it stand at one step. */
  #timesAround({ recurrence, scans, timeAxes }: LoopStep): ReadonlyMap<number, IndexForm> {
    const carried = recurrence.carries.flatMap(({ previous }) => (timeAxes.has(previous) ? [previous] : []));
    return new Map([...scans, ...carried].flatMap((node) => [...this.#nests.fixedAxes(node)]));
  }

  #storeResult(result: ArrayResult): void {
    const operator = result.destination.kind === "add" ? "sum" : "set";
    this.#nests.computeElementwise(result.node, this.#elements.arrayHome(result.destination.place), operator);
  }

  #drawn(): ReadonlySet<Node> {
    const noise = [...this.#procedure.inputs].filter(([, place]) => place.kind === "noise");
    return new Set(noise.map(([node]) => node));
  }

  #arraysRead(): ReadonlySet<string> {
    const arrays = new Set<string>();
    for (const place of this.#procedure.inputs.values()) if (place.kind === "array") arrays.add(place.array);
    return arrays;
  }
}

/** A result is its elements in order: along which axes they were last seen makes no difference to memory. */
function withoutFinalViews(graph: Graph): Graph {
  const source = (node: Node): Node => (node.kind === "reshape" ? node.source : node);
  return { ...graph, outputs: graph.outputs.map(({ name, node }) => ({ name, node: source(node) })) };
}

function canAccumulateInPlace(node: Node): boolean {
  return node.kind !== "reduce" || node.op === "sum";
}

function split<T>(list: readonly T[], first: (element: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [list.filter(first), list.filter((element) => !first(element))];
}
