/**
 * Owns: loading once what one body reads more than once, and not loading at all what it has just stored. Memory is the
 * slow part of a loop, and no just-in-time compiler may keep an element in a register across a store that might, for all
 * it knows, overwrite it; here the addresses tell.
 */

import { areDisjoint } from "./dependence.ts";
import type { SymbolSource } from "./hoist-invariants.ts";
import { dependsOn, formKey, type IndexSymbol, renameInForm, symbolForm } from "./index-form.ts";
import {
  type Access,
  accessesOf,
  type Buffer,
  forEachExpression,
  forEachLeaf,
  formsOf,
  formsOfRange,
  type Item,
  type LetItem,
  type LoopExpression,
  lanesOf,
  lanesOfAccess,
  mapForms,
  mapValues,
} from "./loop-nest.ts";

/** One element from one write to it until the next. */
interface Version {
  readonly access: Access;
  reads: number;
  /** Whether one of the reads is made whatever bounds hold: then the others may have its value. */
  isCertain: boolean;
  /** What stands for it, once it is known. */
  value: LoopExpression | null;
}

/** The same items with fewer loads. `locals` are buffers that are variables already. */
export function shareValues(
  items: readonly Item[],
  locals: ReadonlySet<Buffer>,
  symbols: SymbolSource,
): readonly Item[] {
  return dropAliases(shareInBlock(items, locals, symbols), locals);
}

function shareInBlock(items: readonly Item[], locals: ReadonlySet<Buffer>, symbols: SymbolSource): readonly Item[] {
  const { reads, stores } = findVersions(items, locals);
  let nextRead = 0;
  const result: Item[] = [];
  const replaceLoads = (expression: LoopExpression, origin: (Item & { kind: "store" })["origin"]): LoopExpression => {
    switch (expression.kind) {
      case "load": {
        const version = reads[nextRead++];
        if (version === undefined) return expression;
        if (version.value === null && version.reads > 1 && version.isCertain) {
          const symbol = symbols.naming(expression, version.access.label);
          result.push({ kind: "let", symbol, value: expression, origin });
          version.value = symbolValue(symbol);
        }
        return version.value ?? expression;
      }
      case "apply":
        return { ...expression, args: expression.args.map((arg) => replaceLoads(arg, origin)) };
      case "horizontal":
      case "guard":
        return { ...expression, value: replaceLoads(expression.value, origin) };
      case "number":
      case "argument":
      case "noise":
      case "position":
        return expression;
    }
  };
  for (const [position, item] of items.entries()) {
    switch (item.kind) {
      case "loop":
        result.push({ ...item, body: shareInBlock(item.body, locals, symbols) });
        break;
      case "let":
        if (item.value.kind === "load") {
          const version = reads[nextRead++];
          result.push({ ...item, value: version?.value ?? item.value });
          if (version !== undefined) version.value ??= symbolValue(item.symbol);
        } else {
          const value = replaceLoads(item.value, item.origin);
          result.push({ ...item, value });
        }
        break;
      case "store": {
        const value = replaceLoads(item.value, item.origin);
        const version = stores.get(item);
        // A number that is stored in every lane is read back as a vector: what reads it has that many lanes.
        const isSpread = lanesOf(value) !== lanesOfAccess(item.target);
        if (version === undefined || version.reads === 0 || isSpread) {
          result.push({ ...item, value });
        } else if (isTrivial(value) || isSettledLocal(value, items.slice(position + 1), locals)) {
          version.value = value;
          result.push({ ...item, value });
        } else {
          const symbol = symbols.naming(value, item.target.label);
          version.value = symbolValue(symbol);
          result.push({ kind: "let", symbol, value, origin: item.origin }, { ...item, value: version.value });
        }
        break;
      }
    }
  }
  return result;
}

/**
 * The version that each load of the block's own stores and lets reads (undefined for locals), in the order in which
 * `shareInBlock` meets them, and the version that each store makes.
 */
function findVersions(items: readonly Item[], locals: ReadonlySet<Buffer>) {
  const reads: (Version | undefined)[] = [];
  const stores = new Map<Item, Version>();
  /** Versions that are valid, by buffer and then by address. */
  const current = new Map<Buffer, Map<string, Version>>();
  const read = (expression: LoopExpression, isCertain = true): void => {
    if (expression.kind === "apply") for (const arg of expression.args) read(arg, isCertain);
    if (expression.kind === "horizontal") read(expression.value, isCertain);
    if (expression.kind === "guard") read(expression.value, false);
    if (expression.kind !== "load") return;
    const { access } = expression;
    if (locals.has(access.buffer)) {
      reads.push(undefined);
      return;
    }
    const versions = current.get(access.buffer) ?? new Map<string, Version>();
    current.set(access.buffer, versions);
    const key = formKey(access.at);
    const version = versions.get(key) ?? { access, reads: 0, isCertain: false, value: null };
    versions.set(key, version);
    version.reads++;
    version.isCertain ||= isCertain;
    reads.push(version);
  };
  const write = (access: Access): void => {
    const versions = current.get(access.buffer);
    for (const [key, version] of versions ?? []) {
      if (!areDisjoint(version.access, access)) versions?.delete(key);
    }
  };
  for (const item of items) {
    if (item.kind === "loop") {
      for (const { access, writes } of accessesOf(item)) if (writes) write(access);
      continue;
    }
    read(item.value);
    if (item.kind !== "store" || locals.has(item.target.buffer)) continue;
    write(item.target);
    if (item.operator !== "set") continue;
    const version: Version = { access: item.target, reads: 0, isCertain: true, value: null };
    stores.set(item, version);
    const versions = current.get(item.target.buffer) ?? new Map<string, Version>();
    current.set(item.target.buffer, versions);
    versions.set(formKey(item.target.at), version);
  }
  return { reads, stores };
}

/** Without lets that only give a value a second name. */
function dropAliases(items: readonly Item[], locals: ReadonlySet<Buffer>): readonly Item[] {
  const renamed = new Map<IndexSymbol, IndexSymbol>();
  const replaced = new Map<IndexSymbol, LoopExpression>();
  const result: Item[] = [];
  for (const [position, original] of items.entries()) {
    const item = replace(rename(original, renamed), replaced);
    const alias = item.kind === "let" ? symbolOf(item.value) : null;
    if (item.kind === "let" && alias?.kind === "value") renamed.set(item.symbol, alias);
    else if (item.kind === "let" && isSecondName(item, items.slice(position + 1), locals)) {
      replaced.set(item.symbol, item.value);
    } else result.push(item.kind === "loop" ? { ...item, body: dropAliases(item.body, locals) } : item);
  }
  return result;
}

function rename(item: Item, renamed: ReadonlyMap<IndexSymbol, IndexSymbol>): Item {
  if (renamed.size === 0) return item;
  return mapForms(item, (form) => {
    let result = form;
    for (const { symbol } of form.terms) {
      const to = renamed.get(symbol);
      if (to !== undefined) result = renameInForm(result, symbol, to);
    }
    return result;
  });
}

function replace(item: Item, replaced: ReadonlyMap<IndexSymbol, LoopExpression>): Item {
  if (replaced.size === 0) return item;
  return mapValues(item, (part) => {
    const symbol = symbolOf(part);
    return (symbol === null ? undefined : replaced.get(symbol)) ?? part;
  });
}

/** Whether a let names a local variable that stays as it is, and is used as a number only, not as an index. */
function isSecondName(item: LetItem, rest: readonly Item[], locals: ReadonlySet<Buffer>): boolean {
  return isSettledLocal(item.value, rest, locals) && !rest.some((other) => isIndexIn(other, item.symbol));
}

function isIndexIn(item: Item, symbol: IndexSymbol): boolean {
  let found = false;
  forEachLeaf(item, (leaf, loops) => {
    if (loops.some((loop) => formsOfRange(loop).some((form) => dependsOn(form, symbol)))) found = true;
    if (leaf.kind === "store" && dependsOn(leaf.target.at, symbol)) found = true;
    forEachExpression(leaf.value, (part) => {
      if (symbolOf(part) !== symbol && formsOf(part).some((form) => dependsOn(form, symbol))) found = true;
    });
  });
  return found;
}

/** The symbol whose value the expression is, if it is nothing else. */
function symbolOf(value: LoopExpression): IndexSymbol | null {
  if (value.kind !== "position" || value.form.offset !== 0) return null;
  const [term, ...rest] = value.form.terms;
  return term !== undefined && rest.length === 0 && term.coefficient === 1 ? term.symbol : null;
}

function symbolValue(symbol: IndexSymbol): LoopExpression {
  return { kind: "position", form: symbolForm(symbol) };
}

function isTrivial(value: LoopExpression): boolean {
  return value.kind === "number" || value.kind === "argument" || value.kind === "position";
}

/** A local variable that nothing in the rest of the block writes is as good as a constant there. */
function isSettledLocal(value: LoopExpression, rest: readonly Item[], locals: ReadonlySet<Buffer>): boolean {
  if (value.kind !== "load" || !locals.has(value.access.buffer)) return false;
  const { buffer } = value.access;
  return rest.every((item) => accessesOf(item).every(({ access, writes }) => !writes || access.buffer !== buffer));
}
