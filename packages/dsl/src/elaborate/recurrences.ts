/**
 * Owns: `scan`: a recurrence from its statements to a node. The index of time is an index in scope like any other, so what
 * does not depend on what is carried is computed for all times at once; what is carried moves with it.
 */

import type { CarriedNode, Node, Shape, Span } from "@adjoint/ir";
import { sameShape } from "@adjoint/ir";
import type { Label } from "../diagnostic.ts";
import type { CarryStatement, Expression, Name, ScanStatement, Statement, UpdateStatement } from "../syntax-tree.ts";
import { childrenOf } from "./index-demands.ts";
import { type Frame, originOf, qualify, report, type Scope } from "./session.ts";
import { evaluateShape, evaluateSize } from "./sizes.ts";
import { suggestion } from "./suggestions.ts";
import { alignTo, checkElements, spaceOf, tensor } from "./tensors.ts";
import {
  describe,
  type IndexVariable,
  isQuantity,
  mergeIndices,
  poison,
  type Quantity,
  shapeText,
  type TensorValue,
  type Value,
} from "./values.ts";

/** What one of the statements inside does that is neither a carry nor an update. */
export type ElaborateInner = (statement: Statement, scope: Scope) => void;

/** A tensor that is carried, while the statements are read. */
interface Carried {
  readonly statement: CarryStatement;
  readonly shape: Shape;
  readonly initial: Node;
  /** Null over a single time, where nothing comes before. */
  readonly previous: CarriedNode | null;
  /** Its value after a step, once it is updated. */
  next: { readonly node: Node; readonly span: Span } | null;
}

/** Scans inside each other: differentiation goes through the body of each twice, of n inside each other 2ⁿ times. */
const deepest = 6;

/** The sequences that a scan leaves behind, by the names of what it carries; poison for what is in error. */
export function elaborateScan(
  statement: ScanStatement,
  scope: Scope,
  elaborate: ElaborateInner,
): ReadonlyMap<Name, Value> {
  const { session } = scope;
  if (session.scans >= deepest) {
    report(scope, "nesting-too-deep", `scans are nested more than ${deepest} deep`, [
      { span: statement.index.span, text: "given up here" },
    ]);
    return new Map(statement.statements.flatMap((inner) => (inner.kind === "carry" ? [[inner.name, poison]] : [])));
  }
  session.scans++;
  const sequences = elaborateSteps(statement, scope, elaborate);
  session.scans--;
  return sequences;
}

function elaborateSteps(statement: ScanStatement, scope: Scope, elaborate: ElaborateInner): ReadonlyMap<Name, Value> {
  const carries = statement.statements.filter((inner) => inner.kind === "carry");
  const failed = new Map<Name, Value>(carries.map(({ name }) => [name, poison]));
  if (carries.length === 0) {
    report(
      scope,
      "missing-update",
      "this scan carries nothing from step to step",
      [{ span: statement.index.span, text: "no `carry` in its body" }],
      "declare what is handed on: carry h = 0; what each step makes by itself needs no scan: y[t] = …",
    );
    return failed;
  }
  const steps = stepsOf(statement, scope);
  if (steps === null) return failed;
  const time = scope.session.indexVariable(statement.index.name.text, steps);
  const around = indicesAround(statement, scope);
  const frame: Frame = { ...scope.frame, values: new Map(scope.frame.values) };
  const inside: Scope = {
    ...scope,
    frame,
    rebindable: new Set(),
    group: null,
    indices: { name: time.name, digits: [{ variable: time, weight: 1 }], outer: scope.indices },
  };
  const carried = new Map<string, Carried>();
  for (const inner of statement.statements) {
    const at: Scope = { ...inside, statement: scope.frame.call === null ? inner.span : scope.statement };
    if (inner.kind === "carry") {
      const value = declareCarry(inner, at, around, time);
      frame.values.set(inner.name.text, value === null ? poison : before(value, at, around, time));
      if (value !== null) carried.set(inner.name.text, value);
    } else if (inner.kind === "update") updateCarried(inner, at, around, time, carried, carries);
    else elaborate(inner, at);
  }
  const complete = [...carried.values()].filter((each) => each.next !== null);
  for (const { statement: carry, next } of carried.values()) {
    // One that is bound with `=` has been told of.
    const isBound = statement.statements.some((each) => each.kind === "binding" && each.name.text === carry.name.text);
    if (next === null && !isBound && frame.values.get(carry.name.text)?.kind !== "poison") reportNoUpdate(scope, carry);
  }
  if (complete.length < carries.length) return failed;
  return sequencesOf(statement, scope, complete, around, steps);
}

function sequencesOf(
  { backwards }: ScanStatement,
  scope: Scope,
  carried: readonly Carried[],
  around: readonly IndexVariable[],
  steps: number,
): ReadonlyMap<Name, Value> {
  const { builder } = scope.session;
  const rows = carried.flatMap(({ previous, initial, next }) =>
    previous === null || next === null ? [] : [{ previous, initial, next: next.node }],
  );
  const recurrence = steps === 1 ? null : builder.recurrence(backwards ? -1 : 1, around.length, rows);
  return new Map(
    carried.map(({ statement: { name, span }, shape, next }, k) => {
      const origin = originOf(scope, span, qualify(scope.frame.prefix, name.text));
      const node = recurrence === null ? next?.node : builder.scan(recurrence, k, "after", origin);
      return [name, node === undefined ? poison : tensor(node, around, [steps, ...shape])];
    }),
  );
}

/** How many times there are: written, or the extent of the axes of what is read at `[t]` from outside. */
function stepsOf({ index, statements }: ScanStatement, scope: Scope): number | null {
  if (index.extent !== null) return evaluateSize(scope, index.extent, "the range of an index");
  let found: { readonly extent: number; readonly span: Span } | null = null;
  let uncertain = false;
  const bound = new Set(statements.flatMap((inner) => ("name" in inner && inner.name ? [inner.name.text] : [])));
  for (const expression of expressionsIn(statements)) {
    if (expression.kind !== "read" || expression.source.kind !== "reference" || expression.otherwise !== null) continue;
    const { name } = expression.source;
    const value = bound.has(name.text) ? undefined : scope.frame.values.get(name.text);
    if (value?.kind === "poison") uncertain = true;
    if (value?.kind !== "tensor") continue;
    for (const [axis, at] of expression.indices.entries()) {
      const extent = value.shape[axis];
      if (at.kind !== "reference" || at.name.text !== index.name.text || extent === undefined) continue;
      if (found !== null && found.extent !== extent) {
        report(
          scope,
          "shape-mismatch",
          `\`${index.name.text}\` runs over ${found.extent} here and over ${extent} there`,
          [
            { span: at.span, text: `${extent}` },
            { span: found.span, text: `${found.extent}` },
          ],
          `say how far it runs: scan ${index.name.text} < ${Math.min(extent, found.extent)}`,
        );
        return null;
      }
      found ??= { extent, span: at.span };
    }
  }
  if (found !== null) return found.extent;
  if (uncertain) return null;
  const text = index.name.text;
  report(
    scope,
    "unknown-range",
    `nothing says how far \`${text}\` runs`,
    [{ span: index.name.span, text: `no tensor from outside is read at [${text}]` }],
    `write its range: scan ${text} < 10`,
  );
  return null;
}

/** Every expression in the statements, and in those within them. */
function* expressionsIn(statements: readonly Statement[]): Generator<Expression> {
  const pending: Expression[] = [];
  for (const statement of statements) {
    if ("value" in statement) pending.push(statement.value);
    if ("statements" in statement) yield* expressionsIn(statement.statements);
  }
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    yield at;
    pending.push(...childrenOf(at));
  }
}

/**
 * The indices of what stands around the scan that anything inside may move with. All that is carried moves with them: of
 * what a later statement brings in, an earlier one knows nothing.
 */
function indicesAround({ statements }: ScanStatement, scope: Scope): readonly IndexVariable[] {
  let indices: readonly IndexVariable[] = [];
  for (const expression of expressionsIn(statements)) {
    const text =
      expression.kind === "reference"
        ? expression.name.text
        : expression.kind === "call"
          ? expression.callee.text
          : null;
    if (text === null) continue;
    const value = scope.frame.values.get(text);
    if (value?.kind === "tensor") indices = mergeIndices(indices, value.indices);
    for (let at = scope.indices; at !== null; at = at.outer) {
      if (at.name === text)
        indices = mergeIndices(
          indices,
          at.digits.map(({ variable }) => variable),
        );
    }
  }
  return indices;
}

function declareCarry(
  statement: CarryStatement,
  scope: Scope,
  around: readonly IndexVariable[],
  time: IndexVariable,
): Carried | null {
  const { name, extents, value: expression, span } = statement;
  const declared = extents === null ? null : evaluateShape(scope, extents);
  const value = scope.session.evaluate(expression, scope, null);
  if ((extents !== null && declared === null) || value.kind === "poison") return null;
  if (!isQuantity(value)) {
    report(scope, "wrong-kind", "what is carried is a number or a tensor", [
      { span: expression.span, text: `this is ${describe(value)}` },
    ]);
    return null;
  }
  if (value.kind === "tensor" && value.indices.includes(time)) {
    report(
      scope,
      "scan-initial-value",
      `\`${name.text}\` begins before the first \`${time.name}\``,
      [{ span: expression.span, text: `varies with ${time.name}` }],
      `compute its first value outside of the scan, or read it at one ${time.name}`,
    );
    return null;
  }
  const own = value.kind === "tensor" ? value.shape : [];
  const shape = declared ?? own;
  if (own.length > 0 && !sameShape(own, shape)) {
    report(
      scope,
      "shape-mismatch",
      `\`${name.text}\` is declared ${shapeText(shape)} and begins as ${shapeText(own)}`,
      [{ span: expression.span, text: `this is ${describe(value)}` }],
      `without brackets it takes the shape of its first value: carry ${name.text} = …`,
    );
    return null;
  }
  if (!checkElements(scope, name.text, [time.extent, ...shape], span)) return null;
  if (spaceOf(scope, [...around, time], shape, span) === null) return null;
  const { builder } = scope.session;
  const qualified = qualify(scope.frame.prefix, name.text);
  const origin = originOf(scope, span, null);
  const missing = value.kind === "tensor" ? value.indices.filter((index) => !around.includes(index)) : [];
  if (missing.length > 0) return null;
  // A number fills the shape.
  const filled: Quantity = own.length === 0 && shape.length > 0 ? fill(scope, value, shape, span) : value;
  const initial = alignTo(scope, filled, around, shape, origin);
  const space = [...[...around, time].map((index) => index.extent), ...shape];
  const previous = time.extent === 1 ? null : builder.freshCarried(qualified, space, origin);
  return { statement, shape, initial, previous, next: null };
}

/** A single number as a tensor of the shape. */
function fill(scope: Scope, value: Quantity, shape: Shape, span: Span): Quantity {
  if (value.kind === "number") return value;
  const extents = value.indices.map((index) => index.extent);
  const axes = extents.map((_, axis) => axis);
  const node = scope.session.builder.broadcast(value.node, [...extents, ...shape], axes, originOf(scope, span, null));
  return tensor(node, value.indices, shape);
}

/** What the name of a carried tensor means before it is updated. */
function before(
  { statement, initial, previous, shape }: Carried,
  scope: Scope,
  around: readonly IndexVariable[],
  time: IndexVariable,
): TensorValue {
  const { builder } = scope.session;
  const origin = originOf(scope, statement.span, null);
  const indices = [...around, time];
  // Over a single time, what came before is what it begins with.
  const node =
    previous ??
    builder.broadcast(
      initial,
      [...indices.map((index) => index.extent), ...shape],
      [...around.keys(), ...shape.map((_, axis) => indices.length + axis)],
      origin,
    );
  return { ...tensor(node, indices, shape), declared: statement.name.span };
}

function updateCarried(
  statement: UpdateStatement,
  scope: Scope,
  around: readonly IndexVariable[],
  time: IndexVariable,
  carried: ReadonlyMap<string, Carried>,
  declared: readonly CarryStatement[],
): void {
  const { name, value: expression } = statement;
  const own = carried.get(name.text);
  const { values } = scope.frame;
  if (own === undefined) {
    // What failed to be declared was told.
    if (declared.some((carry) => carry.name.text === name.text)) return;
    const names = declared.map((carry) => carry.name.text);
    report(
      scope,
      "unknown-name",
      `\`${name.text}\` is not carried by this scan`,
      [{ span: name.span, text: "cannot be updated" }],
      suggestion(name.text, names) ?? `declare it at the top of the scan: carry ${name.text} = 0`,
    );
    return;
  }
  if (own.next !== null) {
    const labels: [Label, ...Label[]] = [
      { span: name.span, text: "again" },
      { span: own.next.span, text: "updated here" },
    ];
    report(scope, "duplicate-name", `\`${name.text}\` is updated twice`, labels, "one update for each step");
    return;
  }
  const qualified = qualify(scope.frame.prefix, name.text);
  const value = scope.session.evaluate(
    expression,
    { ...scope, binding: { value: expression, name: name.text } },
    qualified,
  );
  const { shape } = own;
  const failed = (): void => {
    values.set(name.text, poison);
  };
  if (!isQuantity(value)) {
    if (value.kind !== "poison") {
      report(scope, "wrong-kind", "what is carried is a number or a tensor", [
        { span: expression.span, text: `this is ${describe(value)}` },
      ]);
    }
    failed();
    return;
  }
  const made = value.kind === "tensor" ? value.shape : [];
  if (!sameShape(made, shape) && !(value.kind === "number" && shape.length > 0)) {
    report(
      scope,
      "shape-mismatch",
      `\`${name.text}\` is carried as ${shape.length === 0 ? "a single number" : shapeText(shape)} and updated to ${describe(value)}`,
      [
        { span: expression.span, text: `this is ${describe(value)}` },
        { span: own.statement.name.span, text: `${shape.length === 0 ? "a single number" : shapeText(shape)} here` },
      ],
      "what is carried has the same shape at every step",
    );
    failed();
    return;
  }
  const indices = [...around, time];
  const node = alignTo(scope, value, indices, shape, originOf(scope, statement.span, qualified));
  own.next = { node, span: statement.span };
  values.set(name.text, { ...tensor(node, indices, shape), declared: name.span });
}

function reportNoUpdate(scope: Scope, { name }: CarryStatement): void {
  report(
    scope,
    "missing-update",
    `\`${name.text}\` is carried and never updated`,
    [{ span: name.span, text: `no \`${name.text} <- …\` in this scan` }],
    `say what it is after each step, ${name.text} <- …; what never changes needs no carry`,
  );
}
