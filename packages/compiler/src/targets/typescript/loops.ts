/** Owns: scheduled loops as statements: names, addresses with their constant parts in front of the loop, comments. */

import { constantForm, formKey, type IndexSymbol, rangeOf } from "../../schedule/index-form.ts";
import { substitute } from "../../schedule/instantiate-items.ts";
import {
  type Access,
  type Bound,
  type Buffer,
  type Item,
  type LetItem,
  type Limit,
  type LoopExpression,
  type LoopItem,
  mapForms,
  type StoreItem,
} from "../../schedule/loop-nest.ts";
import type { Schedule } from "../../schedule/schedule-loops.ts";
import { wordFor } from "../../schedule/temporary-names.ts";
import { Addresses, type Tensor } from "./addresses.ts";
import { sectionComment, sectionOf } from "./comments.ts";
import { firstOrigin, isPreparation, spanOf } from "./first-origin.ts";
import { applyScalar, scalarPrinting } from "./scalar-printing.ts";
import type { Scope } from "./scope.ts";
import {
  asNumber,
  binary,
  call,
  type Expression,
  element,
  number,
  type Statement,
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

/** The statements of one part of a schedule; that of a whole one returns its result. */
export function loopStatements(
  schedule: Schedule,
  part: number,
  scope: Scope,
  replacement: Replacement,
): readonly Statement[] {
  const items = schedule.parts[part] ?? [];
  return new LoopWriter(schedule, scope, replacement).write(items, schedule.parts.length === 1);
}

/** What returns the result that the parts of a schedule have left in memory. */
export function resultStatements(schedule: Schedule, scope: Scope): readonly Statement[] {
  return new LoopWriter(schedule, scope, () => null).write([], true);
}

/** The statements of one loop. `addresses` are symbols that its forms hold and that have names already. */
export function nestStatements(
  schedule: Schedule,
  loop: LoopItem,
  scope: Scope,
  addresses: ReadonlyMap<IndexSymbol, string>,
): readonly Statement[] {
  return new LoopWriter(schedule, scope, () => null, addresses).write([loop], false);
}

class LoopWriter {
  readonly #schedule: Schedule;
  readonly #scope: Scope;
  readonly #variables = new Map<Buffer, string>();
  readonly #loopNames: string[] = [];
  readonly #top: Block = { addresses: [], statements: [], names: [] };
  readonly #addresses: Addresses;
  readonly #replacement: Replacement;
  #section = "";

  /** @param defined symbols that have names already */
  constructor(
    schedule: Schedule,
    scope: Scope,
    replacement: Replacement,
    defined: ReadonlyMap<IndexSymbol, string> = new Map(),
  ) {
    this.#schedule = schedule;
    this.#scope = scope;
    this.#replacement = replacement;
    this.#addresses = new Addresses(scope, { statements: this.#top.addresses, names: this.#top.names });
    for (const [symbol, name] of defined) this.#addresses.define(symbol, name);
  }

  write(items: readonly Item[], returns: boolean): readonly Statement[] {
    const returned = returns ? this.#schedule.result : null;
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
          const statements: Statement[] = [];
          block.statements.push({ kind: "declare", keyword: "const", declarations: [{ name, value }], span });
          block.statements.push({ kind: "group", statements });
          this.#addresses.define(item.symbol, name, { statements, names: block.names });
          break;
        }
        case "store":
          block.statements.push(this.#store(item, block));
          break;
        case "loop": {
          const replacement = depth === 0 ? this.#replacement(item) : null;
          if (replacement !== null) block.statements.push(replacement);
          else if (item.symbol.extent === 1 && item.range === undefined) this.#block(onlyTurn(item), block, depth);
          else block.statements.push(this.#loop(item, depth));
          break;
        }
      }
    }
  }

  #loop(loop: LoopItem, depth: number): Statement {
    const index = this.#loopName(depth);
    const body: Block = { addresses: [], statements: [], names: [] };
    this.#addresses.define(loop.symbol, index, { statements: body.addresses, names: body.names });
    const { where, from, to } = loop.range ?? { where: [], from: [], to: [] };
    const { extent } = loop.symbol;
    const end = to.length === 0 ? null : this.#claim(`${index}_end`, body);
    this.#block(loop.body, body, depth + 1);
    for (const name of body.names) this.#scope.names.release(name);
    const span = spanOf(firstOrigin(loop));
    const statement: Statement = {
      kind: "for",
      index,
      from: this.#extreme("Math.max", 0, from, ({ form, divisor }) => rangeOf(form).min > -divisor),
      to: this.#extreme("Math.min", extent, to, ({ form, divisor }) => rangeOf(form).max <= extent * divisor),
      end,
      body: [...body.addresses, ...body.statements],
      span,
    };
    const condition = this.#condition(where);
    return condition === null ? statement : { kind: "if", condition, body: [statement], span };
  }

  /** The limit that binds: one of `limits`, or the `fixed` one unless one of them is always `within` it. */
  #extreme(
    callee: "Math.max" | "Math.min",
    fixed: number,
    limits: readonly Limit[],
    within: (limit: Limit) => boolean,
  ): Expression {
    const edges = limits.map(({ form, divisor }) => {
      const dividend = this.#addresses.sum(form);
      return divisor === 1 ? dividend : call("Math.ceil", binary("/", dividend, number(divisor)));
    });
    const candidates = limits.some(within) ? edges : [number(fixed), ...edges];
    const [only, ...others] = candidates;
    return only !== undefined && others.length === 0 ? only : call(callee, ...candidates);
  }

  /** Null where nothing has to hold. */
  #condition(bounds: readonly Bound[]): Expression | null {
    const conditions = bounds.flatMap(({ form, least, limit }) => {
      const moving = this.#addresses.sum({ ...form, offset: 0 });
      return [
        ...(least === null ? [] : [binary(">=", moving, number(least - form.offset))]),
        ...(limit === null ? [] : [binary("<", moving, number(limit - form.offset))]),
      ];
    });
    const [first, ...rest] = conditions;
    return first === undefined ? null : rest.reduce((left, right) => binary("&&", left, right), first);
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
    const tensor: Tensor = { place: `${buffer.id}`, label };
    if (buffer.array !== null) return element(this.#scope.parameter(buffer.array), this.#addresses.index(at, tensor));
    const offset = this.#schedule.offsets.get(buffer);
    if (offset === undefined) throw new RangeError(`buffer ${buffer.label} has no place`);
    return element("workspace", this.#addresses.index({ ...at, offset: at.offset + offset }, tensor));
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
          this.#addresses.index(expression.stream, { place: "", label: "stream" }),
          this.#addresses.index(expression.at, { place: "", label: "draw" }),
        );
      }
      case "position":
        return this.#addresses.sum(expression.form);
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

/** What a loop of one turn does. */
function onlyTurn({ symbol, body }: LoopItem): readonly Item[] {
  const first = new Map([[symbol, constantForm(0)]]);
  return body.map((item) => mapForms(item, (form) => substitute(form, first)));
}

/** `a = a + b` is `a += b`, and `a = a − b` is `a -= b`. */
function selfUpdate(store: StoreItem): { readonly operator: "+=" | "-="; readonly by: LoopExpression } | null {
  const { target, value } = store;
  if (value.kind !== "apply" || (value.fn !== "add" && value.fn !== "sub")) return null;
  const [left, by] = value.args;
  if (left?.kind !== "load" || by === undefined || left.access.buffer !== target.buffer) return null;
  if (formKey(left.access.at) !== formKey(target.at)) return null;
  return { operator: value.fn === "add" ? "+=" : "-=", by };
}
