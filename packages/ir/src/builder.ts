/**
 * Owns: the making of nodes. Equal definitions are one node, shapes are checked at the door, and the few identities that
 * need no mathematics (a read that moves nothing, a read of a constant, a read of a read) hold by construction.
 */

import {
  type Affine,
  axisIndex,
  composeAffine,
  constantIndex,
  divideAffine,
  plainAxis,
  staysInside,
} from "./affine.ts";
import type {
  CarriedNode,
  Carry,
  Element,
  InputNode,
  Moment,
  Node,
  Origin,
  Recurrence,
  ReductionOp,
  Role,
  ScanNode,
} from "./graph.ts";
import { stridesOf } from "./index-space.ts";
import { type Algebra, type ScalarFunctionName, scalarFunctions } from "./scalar-functions.ts";
import { elementCount, type Shape, sameShape } from "./shape.ts";

/** Thrown for a graph that no correct caller builds: a defect of Adjoint, never of a user's page. */
export class GraphError extends Error {
  override readonly name = "GraphError";
}

type WithoutId<T> = T extends Node ? Omit<T, "id"> : never;

export class Builder {
  readonly #nodes = new Map<string, Node>();
  readonly #recurrences = new Map<string, Recurrence>();
  #nextId = 0;

  input(
    name: string,
    role: Role,
    shape: Shape,
    element: Element = { kind: "real" },
    origin: Origin | null = null,
  ): InputNode {
    const key = `input ${role} ${JSON.stringify(name)}`;
    const node = this.#intern(key, { kind: "input", name, role, shape, element, origin });
    if (node.kind !== "input" || !sameShape(node.shape, shape)) throw new GraphError(`input ${name} has two shapes`);
    if (classCount(node.element) !== classCount(element)) throw new GraphError(`input ${name} has two element types`);
    return node;
  }

  /** A tensor of the given shape with `value` everywhere. */
  constant(value: number, shape: Shape = [], origin: Origin | null = null): Node {
    return this.#intern(`constant ${numberKey(value)} ${shape}`, { kind: "constant", value, shape, origin });
  }

  index(shape: Shape, value: Affine, origin: Origin | null = null): Node {
    if (value.coefficients.length !== shape.length) throw new GraphError("index: one coefficient per axis");
    const form = dropUnitAxes(value, shape);
    if (form.coefficients.every((c) => c === 0)) return this.constant(form.offset, shape, origin);
    return this.#intern(`index ${shape} ${affineKey(form)}`, { kind: "index", shape, value: form, origin });
  }

  map(fn: ScalarFunctionName, args: readonly Node[], origin: Origin | null = null): Node {
    const { arity } = scalarFunctions[fn];
    const shape = args[0]?.shape;
    if (shape === undefined || args.length !== arity) throw new GraphError(`${fn} takes ${arity} arguments`);
    if (!args.every((arg) => sameShape(arg.shape, shape))) {
      throw new GraphError(`${fn} of shapes ${args.map((arg) => `[${arg.shape}]`).join(", ")}`);
    }
    return this.#intern(`map ${fn} ${args.map((arg) => arg.id)}`, { kind: "map", fn, args, shape, origin });
  }

  /** Reducing no axis is the argument itself. */
  reduce(op: ReductionOp, arg: Node, axes: readonly number[], origin: Origin | null = null): Node {
    if (axes.length === 0) return arg;
    const sorted = [...new Set(axes)].sort((a, b) => a - b);
    if (sorted.some((axis) => axis < 0 || axis >= arg.shape.length)) throw new GraphError(`${op}: no axis ${axes}`);
    const shape = arg.shape.filter((_, axis) => !sorted.includes(axis));
    return this.#intern(`reduce ${op} ${arg.id} ${sorted}`, { kind: "reduce", op, arg, axes: sorted, shape, origin });
  }

  /** `result[i] = source[index(i)]`, `fill` outside. See {@link ReadNode}. */
  read(
    source: Node,
    shape: Shape,
    index: readonly Affine[],
    fill: number | null = null,
    origin: Origin | null = null,
  ): Node {
    if (index.length !== source.shape.length) throw new GraphError("read: one index per axis of the source");
    if (index.some((form) => form.coefficients.length !== shape.length))
      throw new GraphError("read: forms of another rank");
    const inside = staysInside(index, shape, source.shape);
    if (!inside && fill === null)
      throw new GraphError("read: an index leaves its tensor and no fill says what lies there");
    const canonical = inside ? null : fill;
    // An axis of extent 1 contributes nothing to an index, whatever its coefficient says.
    const forms = index.map((form) => dropUnitAxes(form, shape));
    if (canonical === null) {
      if (source.kind === "constant") return this.constant(source.value, shape, origin);
      if (source.kind === "index") return this.index(shape, composeAffine(source.value, forms, shape.length), origin);
      const identity = forms.every(
        (form, axis) => plainAxis(form) === axis || (source.shape[axis] === 1 && isZero(form)),
      );
      if (sameShape(source.shape, shape) && identity) return source;
      if (source.kind === "read") {
        const composed = source.index.map((form) => composeAffine(form, forms, shape.length));
        return this.read(source.source, shape, composed, source.fill, origin ?? source.origin);
      }
      if (source.kind === "reshape") {
        const regrouped = regroup(forms, source.shape, source.source.shape, shape);
        if (regrouped !== null) return this.read(source.source, shape, regrouped, null, origin ?? source.origin);
      }
    }
    const key = `read ${source.id} ${shape} ${forms.map(affineKey).join(";")} ${canonical === null ? "" : numberKey(canonical)}`;
    return this.#intern(key, { kind: "read", source, shape, index: forms, fill: canonical, origin });
  }

  pick(source: Node, axis: number, at: Node, origin: Origin | null = null): Node {
    const shape = source.shape.filter((_, a) => a !== axis);
    if (shape.length === source.shape.length) throw new GraphError(`pick: no axis ${axis}`);
    if (!sameShape(shape, at.shape)) throw new GraphError(`pick from [${source.shape}] at [${at.shape}]`);
    return this.#intern(`pick ${source.id} ${axis} ${at.id}`, { kind: "pick", source, axis, at, shape, origin });
  }

  /**
   * The elements of `source`, in row-major order, as a tensor of `shape`. Where only axes of extent 1 come and go, that is
   * a read; so a reshape node always regroups.
   */
  reshape(source: Node, shape: Shape, origin: Origin | null = null): Node {
    if (elementCount(shape) !== elementCount(source.shape)) {
      throw new GraphError(`reshape of [${source.shape}] to [${shape}]`);
    }
    if (source.kind === "constant") return this.constant(source.value, shape, origin);
    if (source.kind === "reshape") return this.reshape(source.source, shape, origin ?? source.origin);
    const from = source.shape.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
    const to = shape.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
    const onlyUnits = from.length === to.length && from.every((axis, k) => source.shape[axis] === shape[to[k] ?? -1]);
    if (onlyUnits) {
      const forms = source.shape.map((_, axis) => {
        const k = from.indexOf(axis);
        return k === -1 ? constantIndex(0, shape.length) : axisIndex(to[k] ?? 0, shape.length);
      });
      return this.read(source, shape, forms, null, origin);
    }
    return this.#intern(`reshape ${source.id} ${shape}`, { kind: "reshape", source, shape, origin });
  }

  gradient(of: Node, wrt: Node, origin: Origin | null = null): Node {
    if (of.shape.length !== 0) throw new GraphError("gradient of a tensor that is no scalar");
    return this.#intern(`gradient ${of.id} ${wrt.id}`, { kind: "gradient", of, wrt, shape: wrt.shape, origin });
  }

  /** The carried tensor of that key. See {@link CarriedNode}. */
  carried(key: string, shape: Shape, origin: Origin | null = null): CarriedNode {
    const node = this.#intern(`carried ${key}`, { kind: "carried", key, shape, origin });
    if (node.kind !== "carried" || !sameShape(node.shape, shape)) throw new GraphError(`carried ${key} has two shapes`);
    return node;
  }

  /** A carried tensor that this builder has not made before, under a key that begins with `stem`. */
  freshCarried(stem: string, shape: Shape, origin: Origin | null = null): CarriedNode {
    let key = stem;
    for (let k = 2; this.#nodes.has(`carried ${key}`); k++) key = `${stem} ${k}`;
    return this.carried(key, shape, origin);
  }

  /** See {@link Recurrence}. A recurrence over a single step is none: it is written out. */
  recurrence(direction: 1 | -1, axis: number, carries: readonly Carry[]): Recurrence {
    const [first] = carries;
    const steps = first?.next.shape[axis];
    if (steps === undefined || steps < 2) throw new GraphError("a recurrence takes two steps or more");
    for (const { previous, initial, next } of carries) {
      if (!sameShape(previous.shape, next.shape)) throw new GraphError(`${previous.key} changes its shape`);
      if (next.shape[axis] !== steps) throw new GraphError(`${previous.key} has another number of steps`);
      const step = next.shape.filter((_, a) => a !== axis);
      if (!sameShape(initial.shape, step)) throw new GraphError(`${previous.key} begins in another shape`);
    }
    const parts = carries.map(({ previous, initial, next }) => [previous.id, initial.id, next.id]);
    const key = `${direction} ${axis} ${parts.join(";")}`;
    const known = this.#recurrences.get(key);
    if (known !== undefined) return known;
    const recurrence: Recurrence = { direction, axis, carries };
    this.#recurrences.set(key, recurrence);
    return recurrence;
  }

  /** What the recurrence, one of this builder's, carries as number `which`, after each step or before it. */
  scan(recurrence: Recurrence, which: number, moment: Moment, origin: Origin | null = null): ScanNode {
    const { direction, axis, carries } = recurrence;
    const carry = carries[which];
    if (carry === undefined) throw new GraphError(`scan: no carry ${which}`);
    const parts = carries.map(({ previous, initial, next }) => [previous.id, initial.id, next.id]);
    const key = `scan ${direction} ${axis} ${parts.join(";")} ${which} ${moment}`;
    const node = this.#intern(key, { kind: "scan", recurrence, which, moment, shape: carry.next.shape, origin });
    if (node.kind !== "scan") throw new GraphError("two kinds of node under one key");
    return node;
  }

  /** `result[i] = source[i at axes]`: axis k of `source` becomes axis `axes[k]` of the result; the others repeat it. */
  broadcast(source: Node, shape: Shape, axes: readonly number[], origin: Origin | null = null): Node {
    return this.read(
      source,
      shape,
      axes.map((axis) => axisIndex(axis, shape.length)),
      null,
      origin,
    );
  }

  /** Scalar arithmetic over tensors of one shape: what derivative rules are written in. */
  algebra(shape: Shape, origin: Origin | null = null): Algebra<Node> {
    return {
      constant: (value) => this.constant(value, shape, origin),
      call: (fn, ...args) => this.map(fn, args, origin),
    };
  }

  #intern<T extends Node>(key: string, definition: WithoutId<T>): Node {
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = { ...definition, id: this.#nextId++ } as Node;
    this.#nodes.set(key, node);
    return node;
  }
}

/**
 * The indices at which a tensor of shape `from` is read where the same elements along the axes of `to` are read at `forms`,
 * over a space of the given shape; null if they are not affine.
 */
function regroup(forms: readonly Affine[], to: Shape, from: Shape, shape: Shape): readonly Affine[] | null {
  let rest = composeAffine({ offset: 0, coefficients: stridesOf(to) }, forms, shape.length);
  const regrouped: Affine[] = [];
  for (const stride of stridesOf(from)) {
    const divided = divideAffine(rest, stride, shape);
    if (divided === null) return null;
    regrouped.push(divided.quotient);
    rest = divided.remainder;
  }
  return regrouped;
}

/** Tells −0 from 0, as equality of definitions must. */
function numberKey(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function classCount(element: Element): number | null {
  return element.kind === "class" ? element.count : null;
}

function affineKey(form: Affine): string {
  return `${form.offset}:${form.coefficients}`;
}

function isZero(form: Affine): boolean {
  return form.offset === 0 && form.coefficients.every((c) => c === 0);
}

function dropUnitAxes(form: Affine, shape: Shape): Affine {
  if (!form.coefficients.some((c, axis) => c !== 0 && shape[axis] === 1)) return form;
  return { offset: form.offset, coefficients: form.coefficients.map((c, axis) => (shape[axis] === 1 ? 0 : c)) };
}
