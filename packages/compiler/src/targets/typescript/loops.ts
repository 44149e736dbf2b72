/** Owns: scheduled loops as statements: names, addresses with their constant parts in front of the loop, comments. */

import type { Origin, Span } from "@adjoint/ir";
import { type IndexForm, type IndexSymbol, withoutSymbol } from "../../schedule/index-form.ts";
import type {
  Access,
  Bound,
  Buffer,
  Item,
  LetItem,
  Limit,
  LoopExpression,
  LoopItem,
  StoreItem,
} from "../../schedule/loop-nest.ts";
import type { Schedule } from "../../schedule/schedule-loops.ts";
import { wordFor } from "../../schedule/temporary-names.ts";
import { sectionComment, sectionOf } from "./comments.ts";
import { applyScalar, scalarPrinting } from "./scalar-printing.ts";
import type { Scope } from "./scope.ts";
import {
  asNumber,
  binary,
  call,
  type Expression,
  element,
  indexSum,
  indexTerm,
  number,
  plus,
  type Statement,
  type VariableExpression,
  variable,
} from "./target-language.ts";

const loopNames = "ijklqrsuvw";

/** A body under construction: addresses that become known in it are declared at its front. */
interface Block {
  readonly addresses: Statement[];
  readonly statements: Statement[];
  /** Names that end with it. */
  readonly names: string[];
}

/** What may stand in place of an outermost loop. */
export type Replacement = (loop: LoopItem) => Statement | null;

/** The statements of one part of a schedule. */
export function loopStatements(
  schedule: Schedule,
  part: number,
  scope: Scope,
  replacement: Replacement,
): readonly Statement[] {
  const items = schedule.parts[part] ?? [];
  return new LoopWriter(schedule, scope, replacement).write(items, part === schedule.parts.length - 1);
}

/** The statements of one loop. `addresses` are symbols that its forms hold and that have names already. */
export function nestStatements(
  schedule: Schedule,
  loop: LoopItem,
  scope: Scope,
  addresses: ReadonlyMap<IndexSymbol, string>,
): readonly Statement[] {
  const writer = new LoopWriter(schedule, scope, () => null);
  for (const [symbol, name] of addresses) writer.define(symbol, name);
  return writer.write([loop], false);
}

class LoopWriter {
  readonly #schedule: Schedule;
  readonly #scope: Scope;
  readonly #variables = new Map<Buffer, string>();
  /** Names of symbols, and how late each was defined. */
  readonly #symbols = new Map<IndexSymbol, { readonly name: string; readonly order: number }>();
  readonly #rows = new Map<string, VariableExpression>();
  /** Where addresses go that need the symbol: right behind its definition, in the block that it belongs to. */
  readonly #anchors = new Map<IndexSymbol, { readonly statements: Statement[]; readonly names: string[] }>();
  readonly #loopNames: string[] = [];
  readonly #top: Block = { addresses: [], statements: [], names: [] };
  #section = "";

  readonly #replacement: Replacement;

  constructor(schedule: Schedule, scope: Scope, replacement: Replacement) {
    this.#schedule = schedule;
    this.#scope = scope;
    this.#replacement = replacement;
  }

  write(items: readonly Item[], last: boolean): readonly Statement[] {
    const returned = last ? this.#schedule.result : null;
    const final = items.at(-1);
    if (returned !== null && final?.kind === "store" && this.#isConstant(final, returned)) {
      // What is computed last, and only to be returned, needs no name.
      this.#block(items.slice(0, -1), this.#top, 0);
      this.#comment([final], this.#top, 0);
      const value = asNumber(this.#expression(final.value));
      this.#top.statements.push({ kind: "return", value, span: spanOf(final.origin) });
    } else {
      this.#block(items, this.#top, 0);
      if (returned !== null) this.#top.statements.push({ kind: "return", value: this.#load(returned), span: null });
    }
    return [...this.#top.addresses, ...this.#top.statements];
  }

  /** Whether the store is the only one to what it stores to, a local variable. */
  #isConstant(store: StoreItem, { buffer }: Access): boolean {
    const { locals, reassigned } = this.#schedule;
    return store.target.buffer === buffer && locals.has(buffer) && !reassigned.has(buffer);
  }

  /** Loops nest no deeper than tensors have axes. */
  #block(items: readonly Item[], block: Block, depth: number): void {
    for (const [position, item] of items.entries()) {
      this.#comment(items.slice(position), block, depth);
      switch (item.kind) {
        case "let": {
          const span = spanOf(item.origin);
          const value = asNumber(this.#expression(item.value));
          const name = this.#claim(this.#letName(item), block);
          this.define(item.symbol, name);
          block.statements.push({ kind: "declare", keyword: "const", declarations: [{ name, value }], span });
          this.#anchor(item.symbol, block);
          break;
        }
        case "store":
          block.statements.push(this.#store(item, block));
          break;
        case "loop":
          block.statements.push((depth === 0 ? this.#replacement(item) : null) ?? this.#loop(item, depth));
          break;
      }
    }
  }

  #loop(loop: LoopItem, depth: number): Statement {
    const index = this.#loopName(depth);
    this.define(loop.symbol, index);
    const body: Block = { addresses: [], statements: [], names: [] };
    this.#anchors.set(loop.symbol, { statements: body.addresses, names: body.names });
    const { where, from, to } = loop.range ?? { where: [], from: [], to: [] };
    const end = to.length === 0 ? null : this.#claim(`${index}_end`, body);
    this.#block(loop.body, body, depth + 1);
    for (const name of body.names) this.#scope.names.release(name);
    const span = spanOf(firstOrigin(loop));
    const statement: Statement = {
      kind: "for",
      index,
      from: this.#extreme("Math.max", 0, from),
      to: this.#extreme("Math.min", loop.symbol.extent, to),
      end,
      body: [...body.addresses, ...body.statements],
      span,
    };
    const condition = this.#condition(where);
    return condition === null ? statement : { kind: "if", condition, body: [statement], span };
  }

  #extreme(callee: "Math.max" | "Math.min", fixed: number, limits: readonly Limit[]): Expression {
    if (limits.length === 0) return number(fixed);
    const edges = limits.map(({ form, divisor }) => {
      const dividend = this.#sum(form);
      return divisor === 1 ? dividend : call("Math.ceil", binary("/", dividend, number(divisor)));
    });
    return call(callee, number(fixed), ...edges);
  }

  /** Null where nothing has to hold. */
  #condition(bounds: readonly Bound[]): Expression | null {
    const conditions = bounds.flatMap(({ form, least, limit }) => {
      const moving = this.#sum({ ...form, offset: 0 });
      return [
        ...(least === null ? [] : [binary(">=", moving, number(least - form.offset))]),
        ...(limit === null ? [] : [binary("<", moving, number(limit - form.offset))]),
      ];
    });
    const [first, ...rest] = conditions;
    return first === undefined ? null : rest.reduce((left, right) => binary("&&", left, right), first);
  }

  define(symbol: IndexSymbol, name: string): void {
    this.#symbols.set(symbol, { name, order: this.#symbols.size });
  }

  #anchor(symbol: IndexSymbol, block: Block): void {
    const statements: Statement[] = [];
    this.#anchors.set(symbol, { statements, names: block.names });
    block.statements.push({ kind: "group", statements });
  }

  #claim(preferred: string, block: { readonly names: string[] }): string {
    const name = this.#scope.names.claim(preferred);
    block.names.push(name);
    return name;
  }

  #store(store: StoreItem, block: Block): Statement {
    const span = spanOf(store.origin);
    const value = asNumber(this.#expression(store.value));
    const { buffer } = store.target;
    if (this.#schedule.locals.has(buffer) && !this.#variables.has(buffer)) {
      const name = this.#claim(buffer.label, block);
      this.#variables.set(buffer, name);
      const keyword = this.#schedule.reassigned.has(buffer) ? "let" : "const";
      return { kind: "declare", keyword, declarations: [{ name, value }], span };
    }
    const target = this.#load(store.target);
    switch (store.operator) {
      case "set": {
        const step = selfUpdate(store);
        if (step === null) return { kind: "assign", target, operator: "=", value, span };
        return { kind: "assign", target, operator: step.operator, value: asNumber(this.#expression(step.by)), span };
      }
      case "sum":
        return { kind: "assign", target, operator: "+=", value, span };
      case "prod":
        return { kind: "assign", target, operator: "*=", value, span };
      case "max":
      case "min":
        return { kind: "assign", target, operator: "=", value: call(`Math.${store.operator}`, target, value), span };
    }
  }

  #load(access: Access): Expression & { readonly kind: "variable" | "element" } {
    const { buffer, at, label } = access;
    const name = this.#variables.get(buffer);
    if (name !== undefined) return variable(name);
    if (buffer.array !== null) return element(this.#scope.parameter(buffer.array), this.#index(at, label));
    const offset = this.#schedule.offsets.get(buffer);
    if (offset === undefined) throw new RangeError(`buffer ${buffer.label} has no place`);
    return element("workspace", this.#index({ ...at, offset: at.offset + offset }, label));
  }

  #expression(expression: LoopExpression): Expression {
    switch (expression.kind) {
      case "number":
        return number(expression.value);
      case "argument":
        return variable(this.#scope.parameter(expression.name));
      case "load":
        return this.#load(expression.access);
      case "noise": {
        const seed = variable(this.#scope.parameter("seed"));
        return call(
          expression.distribution,
          seed,
          this.#index(expression.stream, "stream"),
          this.#index(expression.at, "draw"),
        );
      }
      case "position":
        return this.#sum(expression.form);
      case "apply": {
        const entry = scalarPrinting[expression.fn];
        if (entry.form === "helper") this.#scope.helpers.add(entry.name);
        return applyScalar(
          expression.fn,
          expression.args.map((arg) => this.#expression(arg)),
        );
      }
      case "guard": {
        const condition = this.#condition(expression.bounds);
        const value = asNumber(this.#expression(expression.value));
        if (condition === null) return value;
        return { kind: "conditional", condition, whenTrue: value, whenFalse: number(expression.fill) };
      }
      case "horizontal":
        throw new RangeError("a number has no lanes");
    }
  }

  /**
   * An address. What stays the same in the innermost loop is computed where it becomes known, under a name of its own:
   * `const W_i = 784 * i;` and then `W_i + j`.
   */
  #index(form: IndexForm, label: string): Expression {
    const inner = this.#innermost(form);
    if (inner === null) return number(form.offset);
    const { symbol, coefficient } = inner;
    const outer = withoutSymbol(form, symbol);
    const [first] = outer.terms;
    if (first === undefined) return indexSum([indexTerm(coefficient, this.#symbol(symbol))], form.offset);
    const trivial = outer.terms.length === 1 && first.coefficient === 1 && outer.offset === 0;
    const row = trivial ? this.#symbol(first.symbol) : this.#row(outer, label);
    return plus(row, indexTerm(coefficient, this.#symbol(symbol)));
  }

  #row(form: IndexForm, label: string): Expression {
    const key = rowKey(form);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const value = this.#index(form, label);
    const inner = this.#innermost(form);
    const top = { statements: this.#top.addresses, names: this.#top.names };
    const anchor = (inner === null ? undefined : this.#anchors.get(inner.symbol)) ?? top;
    const name = this.#claim(`${label}_${this.#indicesOf(form)}`, anchor);
    anchor.statements.push({ kind: "declare", keyword: "const", declarations: [{ name, value }], span: null });
    const row = variable(name);
    this.#rows.set(key, row);
    return row;
  }

  /** `ij` for an address that depends on i and j; `row` where an index has a longer name. */
  #indicesOf(form: IndexForm): string {
    const names = [...form.terms]
      .sort((a, b) => this.#orderOf(a.symbol) - this.#orderOf(b.symbol))
      .map(({ symbol }) => this.#symbol(symbol).name);
    return names.every((name) => name.length === 1) ? names.join("") : "row";
  }

  /** How late a symbol was defined; the example number comes before all. */
  #orderOf(symbol: IndexSymbol): number {
    return this.#symbols.get(symbol)?.order ?? -1;
  }

  /** The symbol that was defined last: the one that changes fastest. */
  #innermost(form: IndexForm): IndexForm["terms"][number] | null {
    let innermost: IndexForm["terms"][number] | null = null;
    let depth = -1;
    for (const term of form.terms) {
      const at = this.#orderOf(term.symbol);
      if (innermost === null || at > depth) {
        innermost = term;
        depth = at;
      }
    }
    return innermost;
  }

  #sum(form: IndexForm): Expression {
    return indexSum(
      form.terms.map(({ symbol, coefficient }) => indexTerm(coefficient, this.#symbol(symbol))),
      form.offset,
    );
  }

  #symbol(symbol: IndexSymbol): VariableExpression {
    if (symbol.kind === "example") return variable(this.#scope.parameter("n"));
    const defined = this.#symbols.get(symbol);
    if (defined === undefined) throw new RangeError("an index is used outside its loop");
    return variable(defined.name);
  }

  #loopName(depth: number): string {
    let name = this.#loopNames[depth];
    if (name === undefined) {
      name = this.#scope.names.claim(loopNames[depth] ?? `i${depth}`);
      this.#loopNames[depth] = name;
    }
    return name;
  }

  #letName({ symbol, value, origin }: LetItem): string {
    if (symbol.label !== "") return symbol.label;
    const word = value.kind === "apply" ? wordFor(value.fn) : value.kind === "noise" ? "draw" : "value";
    return this.#scope.temporaries.qualify(origin, word);
  }

  /** @param items an item and what follows it: a load or a start value belongs to what it is for, which comes next */
  #comment(items: readonly Item[], block: Block, depth: number): void {
    const leading = items.findIndex((item) => !isPreparation(item));
    const section = sectionOf(firstOrigin(items[leading]));
    const text = sectionComment(section, depth);
    if (text === null || section.key === this.#section) return;
    this.#section = section.key;
    block.statements.push({ kind: "comment", text, span: section.span });
  }
}

/** `a = a + b` is `a += b`, and `a = a − b` is `a -= b`. */
function selfUpdate(store: StoreItem): { readonly operator: "+=" | "-="; readonly by: LoopExpression } | null {
  const { target, value } = store;
  if (value.kind !== "apply" || (value.fn !== "add" && value.fn !== "sub")) return null;
  const [left, by] = value.args;
  if (left?.kind !== "load" || by === undefined || left.access.buffer !== target.buffer) return null;
  if (rowKey(left.access.at) !== rowKey(target.at)) return null;
  return { operator: value.fn === "add" ? "+=" : "-=", by };
}

function rowKey(form: IndexForm): string {
  return `${form.offset} ${form.terms.map(({ symbol, coefficient }) => `${coefficient}*${symbol.id}`).join(" ")}`;
}

/** Whether an item only loads, or sets what others will add to. */
function isPreparation(item: Item): boolean {
  if (item.kind === "loop") return item.body.every(isPreparation);
  const { kind } = item.value;
  if (item.kind === "let") return kind === "load" || kind === "position";
  return item.operator === "set" && kind === "number" && !isConstantResult(item);
}

function isConstantResult(store: StoreItem): boolean {
  return store.value.kind === "number" && store.target.buffer.array !== null;
}

/** Where the first thing in an item that computes anything comes from. */
function firstOrigin(item: Item | undefined): Origin | null {
  if (item === undefined) return null;
  if (item.kind === "loop") {
    for (const child of item.body) {
      const origin = firstOrigin(child);
      if (origin !== null) return origin;
    }
    return null;
  }
  if (item.kind === "store" && (item.operator !== "set" || isConstantResult(item))) return item.origin;
  switch (item.value.kind) {
    case "number":
    case "position":
    case "load":
    case "argument":
      return null;
    case "noise":
    case "apply":
    case "guard":
    case "horizontal":
      return item.origin;
  }
}

function spanOf(origin: Origin | null): Span | null {
  return origin?.statement ?? origin?.span ?? null;
}
