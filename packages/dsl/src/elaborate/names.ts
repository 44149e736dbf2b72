/** Owns: what a name stands for: locals, then the page, its imports, the standard library, and what is built in. */

import type { Name } from "../syntax-tree.ts";
import { batchName } from "./batch-axis.ts";
import { builtins, constants, initializerNames, numberNames, reductionNames, trainingName } from "./builtins.ts";
import { type Frame, originOf, qualify, report, type Scope } from "./session.ts";
import { suggestion } from "./suggestions.ts";
import { tensor } from "./tensors.ts";
import {
  type BuiltinValue,
  type DefinitionValue,
  describe,
  numberValue,
  type PageScope,
  type Poison,
  poison,
  type Value,
  wholeTensor,
} from "./values.ts";

/** The value of a name; unknown ones are reported. */
export function resolveName(scope: Scope, name: Name): Value {
  const { text } = name;
  const local = scope.frame.values.get(text);
  if (local !== undefined) return local;
  if (text.includes(".")) return resolveParameter(scope, name);
  const outer = enclosingValue(scope.frame, text);
  if (outer?.kind === "tensor") {
    const initializes = scope.session.noise !== null;
    report(
      scope,
      "wrong-kind",
      `\`${text}\` is not known when ${scope.session.noise?.when ?? "parameters are updated"}`,
      [{ span: name.span, text: `this is ${describe(outer)}` }],
      initializes
        ? "what stands after `~` uses numbers, sizes, fan_in, fan_out, random_uniform and random_normal"
        : "an optimizer is given numbers, and what depends on the number t of the step",
    );
    return poison;
  }
  const found = outer ?? noiseValue(scope, name) ?? globalValue(scope.frame.page, text);
  if (found?.kind === "builtin" && found.builtin.kind === "batch") return batchName(scope, "batch", name.span);
  if (found !== null) return found;
  if (text === "examples" || text === "example") return batchName(scope, text, name.span);
  if (text === trainingName) return numberValue(scope.session.isTraining() ? 1 : 0);
  const constant = constants.get(text);
  if (constant !== undefined) return numberValue(constant);
  reportUnknown(scope, name, [...namesInScope(scope), ...numberNames]);
  return poison;
}

/** `h.W`: the parameter W of what the statement `h = …` of the same body called. */
function resolveParameter(scope: Scope, name: Name): Value {
  const parameters = scope.session.parameters ?? [];
  const found = parameters.find((parameter) => parameter.name === qualify(scope.frame.prefix, name.text));
  if (found !== undefined) return wholeTensor(found.node, found.span);
  const own = qualify(scope.frame.prefix, "");
  const known = parameters.flatMap((each) => (each.name.startsWith(own) ? [each.name.slice(own.length)] : []));
  const [head = ""] = name.text.split(".");
  if (scope.frame.values.get(head)?.kind === "poison") return poison;
  report(
    scope,
    "unknown-name",
    `there is no parameter \`${name.text}\` here`,
    [{ span: name.span, text: "unknown" }],
    suggestion(name.text, known) ?? "`h.W` is the parameter W of the layer that the statement `h = …` calls",
  );
  return poison;
}

/** What a name stands for in front of `(`: values that cannot be called are looked through. */
export function resolveCallee(scope: Scope, name: Name): DefinitionValue | BuiltinValue | null {
  const { text } = name;
  const local = scope.frame.values.get(text) ?? enclosingValue(scope.frame, text);
  if (local?.kind === "poison") return null;
  if (local?.kind === "definition" || local?.kind === "builtin") return local;
  const found = globalValue(scope.frame.page, text);
  if (found?.kind === "poison") return null;
  if (found !== null) return found;
  if (local !== null && local !== undefined) {
    report(
      scope,
      "wrong-kind",
      `\`${text}\` cannot be called`,
      [{ span: name.span, text: `this is ${describe(local)}` }],
      isFormal(scope, text)
        ? `a function is given by its name alone: ${text}: tanh`
        : "elements are read with brackets, and products are written with `*`",
    );
  } else if (reductionNames.some((reduction) => reduction === text)) {
    report(
      scope,
      "reduction-without-index",
      `\`${text}\` needs to know over which index`,
      [{ span: name.span, text: "no index here" }],
      `write ${text}[i](x[i])`,
    );
  } else {
    reportUnknown(scope, name, namesInScope(scope));
  }
  return null;
}

/** Whether a name stands for what the call of this body gave it. */
function isFormal({ frame: { call } }: Scope, text: string): boolean {
  return call?.definition.formals?.some((formal) => formal.name.text === text) ?? false;
}

/** The definition or builtin of that name that a page sees, or null. */
export function globalValue(page: PageScope, text: string): DefinitionValue | BuiltinValue | Poison | null {
  for (let at: PageScope | null = page; at !== null; at = at.outer) {
    const found = at.names.get(text);
    if (found !== undefined) return found;
  }
  return builtins.get(text) ?? null;
}

/** Every definition that a page sees. */
export function* globalNames(page: PageScope): Generator<string> {
  for (let at: PageScope | null = page; at !== null; at = at.outer) yield* at.names.keys();
  yield* builtins.keys();
}

function enclosingValue(frame: Frame, text: string): Value | null {
  for (let at = frame.enclosing; at !== null; at = at.enclosing) {
    const value = at.values.get(text);
    if (value !== undefined) return value;
  }
  return null;
}

/** In an initializer: the fans of the shape that is being filled, and a fresh draw for each mention of a noise. */
function noiseValue(scope: Scope, name: Name): Value | null {
  const { noise, builder } = scope.session;
  if (noise === null || !initializerNames.some((known) => known === name.text)) return null;
  const product = (except: number): number =>
    noise.shape.length === 1
      ? (noise.shape[0] ?? 1)
      : noise.shape.reduce((count, extent, axis) => (axis === except ? count : count * extent), 1);
  if (name.text === "fan_in") return numberValue(product(0));
  if (name.text === "fan_out") return numberValue(product(1));
  const role = name.text === "random_uniform" ? "uniform" : "normal";
  const title = noise.nameOf(noise.draws.length);
  const space = [...noise.indices.map(({ extent }) => extent), ...noise.shape];
  const node = builder.input(title, role, space, { kind: "real" }, originOf(scope, name.span, null));
  if (node.kind === "input") noise.draws.push(node);
  return { ...tensor(node, noise.indices, noise.shape), declared: name.span };
}

function* namesInScope(scope: Scope): Generator<string> {
  for (let at = scope.indices; at !== null; at = at.outer) yield at.name;
  for (let at: Frame | null = scope.frame; at !== null; at = at.enclosing) yield* at.values.keys();
  yield* globalNames(scope.frame.page);
  if (scope.session.noise !== null) yield* initializerNames;
}

function reportUnknown(scope: Scope, name: Name, candidates: Iterable<string>): void {
  report(
    scope,
    "unknown-name",
    `nothing here is called \`${name.text}\``,
    [{ span: name.span, text: "unknown" }],
    suggestion(name.text, candidates),
  );
}
