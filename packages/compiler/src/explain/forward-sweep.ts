/**
 * Owns: one sweep over a graph that knows, for every element of every tensor, its value, whether it depends on one chosen
 * element (the seed), and its derivative by it: forward mode with dual numbers, from the scalar table alone. It shares no
 * code with the compiler's derivatives, which makes it a check on them.
 */

import {
  type Affine,
  type Algebra,
  axisIndex,
  elementCount,
  evaluateAffine,
  flatIndex,
  forEachIndex,
  GraphError,
  type InputNode,
  type LoopStep,
  type Node,
  planSteps,
  reachable,
  reducedStrides,
  type Shape,
  type Step,
  scalarFunctions,
} from "@adjoint/ir";

/** What is known of one tensor; `tangent` and `depends` are null where no element depends on the seed. */
export interface Swept {
  readonly value: Float64Array;
  readonly dual: { readonly tangent: Float64Array; readonly depends: Uint8Array } | null;
}

export type Sweep = ReadonlyMap<Node, Swept>;

const numbers: Algebra<number> = {
  constant: (value) => value,
  call: (fn, ...args) => scalarFunctions[fn].value(...args),
};

/**
 * Sweeps all that `root` reaches. The seed is element `flat` of the node for which `isSeed` holds (null if none does);
 * `supply` gives the inputs, row-major, already checked for length.
 * Time and memory are those of one evaluation of the unfused graph.
 */
export function sweepForward(
  root: Node,
  isSeed: (node: Node) => boolean,
  flat: number,
  supply: (input: InputNode) => ArrayLike<number>,
): { readonly sweep: Sweep; readonly seed: Node | null } {
  const sweep = new Map<Node, Swept>();
  let seed: Node | null = null;
  const of = (node: Node): Swept => {
    const swept = sweep.get(node);
    if (swept === undefined) throw new GraphError("an argument comes after its user");
    return swept;
  };
  const settle = (node: Node, swept: Swept): void => {
    if (isSeed(node)) seed = node;
    sweep.set(node, seed === node ? planted(swept.value, flat) : swept);
  };
  const run = (step: Step): void => {
    if (step.kind === "loop") runLoop(step);
    else if (step.node.kind !== "carried") settle(step.node, sweepNode(step.node, of, supply));
  };
  // Each turn makes one more time of the body right; which, needs no telling.
  const runLoop = ({ recurrence, body, scans }: LoopStep): void => {
    const { axis, direction, carries } = recurrence;
    const steps = carries[0]?.next.shape[axis] ?? 0;
    for (let done = 0; done < steps; done++) {
      for (const { previous, initial, next } of carries) {
        const { shape } = previous;
        const start = gather(of(initial), repeatedPositions(shape, axis), Number.NaN);
        if (done === 0) settle(previous, start);
        else {
          const first = direction === 1 ? 0 : steps - 1;
          settle(
            previous,
            mixedAt(shape, axis, first, start, gather(of(next), stepPositions(shape, axis, -direction), 0)),
          );
        }
      }
      body.forEach(run);
    }
    for (const scan of scans) {
      const carry = carries[scan.which];
      if (carry !== undefined) settle(scan, of(scan.moment === "after" ? carry.next : carry.previous));
    }
  };
  planSteps(reachable([root])).forEach(run);
  return { sweep, seed };
}

/** For each element of the shape, its place in a tensor without the axis. */
function repeatedPositions(shape: Shape, axis: number): Int32Array {
  return reducedPositions(shape, [axis]);
}

/** For each element of the shape, where the element `by` further along the axis is; −1 outside. */
function stepPositions(shape: Shape, axis: number, by: number): Int32Array {
  const forms = shape.map((_, a) => ({ ...axisIndex(a, shape.length), offset: a === axis ? by : 0 }));
  return readPositions(forms, shape, shape);
}

/** `first` at one position of the axis, `others` elsewhere. */
function mixedAt(shape: Shape, axis: number, at: number, first: Swept, others: Swept): Swept {
  const isFirst = new Uint8Array(elementCount(shape));
  forEachIndex(shape, (index, e) => {
    isFirst[e] = index[axis] === at ? 1 : 0;
  });
  const mix = <T extends Float64Array | Uint8Array>(a: T | undefined, b: T | undefined, result: T): T => {
    for (let e = 0; e < result.length; e++) result[e] = (isFirst[e] === 1 ? a : b)?.[e] ?? 0;
    return result;
  };
  const count = isFirst.length;
  const value = mix(first.value, others.value, new Float64Array(count));
  if (first.dual === null && others.dual === null) return { value, dual: null };
  const tangent = mix(first.dual?.tangent, others.dual?.tangent, new Float64Array(count));
  return { value, dual: { tangent, depends: mix(first.dual?.depends, others.dual?.depends, new Uint8Array(count)) } };
}

function planted(value: Float64Array, element: number): Swept {
  const dual = { tangent: new Float64Array(value.length), depends: new Uint8Array(value.length) };
  dual.tangent[element] = 1;
  dual.depends[element] = 1;
  return { value, dual };
}

function sweepNode(node: Node, of: (node: Node) => Swept, supply: (input: InputNode) => ArrayLike<number>): Swept {
  const count = elementCount(node.shape);
  switch (node.kind) {
    case "input":
      return { value: Float64Array.from(supply(node)), dual: null };
    case "constant":
      return { value: new Float64Array(count).fill(node.value), dual: null };
    case "index":
      return {
        value: Float64Array.from({ length: count }, (_, k) => evaluateAffine(node.value, unflatten(k, node.shape))),
        dual: null,
      };
    case "map":
      return sweepMap(node.fn, node.args.map(of), count);
    case "reduce":
      return sweepReduce(node.op, of(node.arg), node.arg.shape, node.axes, count);
    case "read":
      return gather(of(node.source), readPositions(node.index, node.shape, node.source.shape), node.fill ?? Number.NaN);
    case "pick":
      return gather(of(node.source), pickPositions(of(node.at).value, node.source.shape, node.axis), Number.NaN);
    case "reshape":
      return of(node.source);
    case "gradient":
      throw new GraphError("a gradient node: expand it first");
    case "carried":
    case "scan":
      throw new GraphError("a recurrence is swept step by step");
  }
}

function sweepMap(fn: keyof typeof scalarFunctions, args: readonly Swept[], count: number): Swept {
  const { value: evaluate, partials } = scalarFunctions[fn];
  const value = new Float64Array(count);
  const dependent = args.some((arg, k) => arg.dual !== null && partials[k] !== null);
  const dual = dependent ? { tangent: new Float64Array(count), depends: new Uint8Array(count) } : null;
  const x: number[] = args.map(() => 0);
  for (let e = 0; e < count; e++) {
    for (let k = 0; k < args.length; k++) x[k] = args[k]?.value[e] ?? Number.NaN;
    const y = evaluate(...x);
    value[e] = y;
    if (dual === null) continue;
    for (let k = 0; k < args.length; k++) {
      const partial = partials[k];
      const arg = args[k]?.dual;
      if (partial == null || arg == null || arg.depends[e] !== 1) continue;
      dual.depends[e] = 1;
      const slope = partial(numbers, x, y);
      // A zero slope is a branch not taken: what lies beyond it, perhaps not finite, plays no part.
      if (slope !== 0) dual.tangent[e] = (dual.tangent[e] ?? 0) + slope * (arg.tangent[e] ?? 0);
    }
  }
  return { value, dual };
}

function sweepReduce(
  op: "sum" | "prod" | "max" | "min",
  arg: Swept,
  argShape: Shape,
  axes: readonly number[],
  count: number,
): Swept {
  const start = { sum: 0, prod: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY }[op];
  const value = new Float64Array(count).fill(start);
  const dual = arg.dual === null ? null : { tangent: new Float64Array(count), depends: new Uint8Array(count) };
  const ties = new Float64Array(count);
  const targets = reducedPositions(argShape, axes);
  for (let e = 0; e < arg.value.length; e++) {
    const to = targets[e] ?? 0;
    const x = arg.value[e] ?? Number.NaN;
    const dx = arg.dual?.tangent[e] ?? 0;
    const y = value[to] ?? Number.NaN;
    const dy = dual?.tangent[to] ?? 0;
    if (dual !== null && arg.dual?.depends[e] === 1) dual.depends[to] = 1;
    const better = op === "max" ? x > y : x < y;
    if (op === "sum" || op === "prod") {
      value[to] = op === "sum" ? y + x : y * x;
      if (dual !== null) dual.tangent[to] = op === "sum" ? dy + dx : dy * x + y * dx;
    } else if (better || Number.isNaN(x)) {
      value[to] = x;
      ties[to] = 1;
      if (dual !== null) dual.tangent[to] = dx;
    } else if (x === y) {
      ties[to] = (ties[to] ?? 0) + 1;
      if (dual !== null) dual.tangent[to] = dy + dx;
    }
  }
  if (dual !== null && (op === "max" || op === "min")) {
    for (let to = 0; to < count; to++) dual.tangent[to] = (dual.tangent[to] ?? 0) / (ties[to] ?? 1);
  }
  return { value, dual };
}

/** `positions[e]` is the source's element, or −1 for `fill`. */
function gather(source: Swept, positions: Int32Array, fill: number): Swept {
  const value = new Float64Array(positions.length);
  const dual =
    source.dual === null
      ? null
      : { tangent: new Float64Array(positions.length), depends: new Uint8Array(positions.length) };
  for (let e = 0; e < positions.length; e++) {
    const from = positions[e] ?? -1;
    value[e] = from < 0 ? fill : (source.value[from] ?? Number.NaN);
    if (dual === null || source.dual === null || from < 0) continue;
    dual.tangent[e] = source.dual.tangent[from] ?? 0;
    dual.depends[e] = source.dual.depends[from] ?? 0;
  }
  return { value, dual };
}

// ── positions: row-major element numbers ─────────────────────────────────────────────────────────────────────────────

/** Index vector of the k-th element. */
export function unflatten(k: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length).fill(0);
  let rest = k;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1;
    index[axis] = rest % extent;
    rest = Math.floor(rest / extent);
  }
  return index;
}

/** The number of the element at `index`, or −1 if it lies outside. */
export function flatten(index: readonly number[], shape: Shape): number {
  let k = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis] ?? 0;
    const i = index[axis] ?? -1;
    if (!Number.isInteger(i) || i < 0 || i >= extent) return -1;
    k = k * extent + i;
  }
  return k;
}

function readPositions(forms: readonly Affine[], shape: Shape, source: Shape): Int32Array {
  const positions = new Int32Array(elementCount(shape));
  forEachIndex(shape, (at, e) => {
    let k = 0;
    for (let axis = 0; axis < forms.length && k >= 0; axis++) {
      const form = forms[axis];
      const extent = source[axis] ?? 0;
      const i = form === undefined ? -1 : evaluateAffine(form, at);
      k = i < 0 || i >= extent ? -1 : k * extent + i;
    }
    positions[e] = k;
  });
  return positions;
}

function pickPositions(at: Float64Array, source: Shape, axis: number): Int32Array {
  const inner = elementCount(source.slice(axis + 1));
  const extent = source[axis] ?? 0;
  return Int32Array.from(at, (chosen, e) => {
    if (!Number.isInteger(chosen) || chosen < 0 || chosen >= extent)
      throw new RangeError(`no class ${chosen} of ${extent}`);
    return (Math.floor(e / inner) * extent + chosen) * inner + (e % inner);
  });
}

/** For each element of a reduced tensor, the element of the result that it goes to. */
function reducedPositions(shape: Shape, axes: readonly number[]): Int32Array {
  const positions = new Int32Array(elementCount(shape));
  const strides = reducedStrides(shape, axes);
  forEachIndex(shape, (at, e) => {
    positions[e] = flatIndex(at, strides);
  });
  return positions;
}
