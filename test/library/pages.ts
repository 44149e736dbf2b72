/**
 * Owns: a page for every layer and loss of the standard library that calls it with arguments of the shapes it declares, for
 * tests that hold by existing in the library. What a declaration does not tell (numbers without a default, sizes that must
 * fit one another) stands in a table by name.
 */

import { type Definition, type Expression, type Formal, load, memoryHost, renderDiagnostic } from "@adjoint/dsl";
import { type Model, type Program, reachable } from "@adjoint/ir";
import { decodePage } from "../../packages/dsl/src/encode-page.ts";
import { standardPages } from "../../packages/dsl/src/generated/std.generated.ts";

/** What a call needs besides tensors of the declared shapes. */
export interface Call {
  /** Extents by the name that declares them; without, 3, 4, 5, … in order. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Tensors for arguments that declare no shape. */
  readonly tensors?: Readonly<Record<string, readonly number[]>>;
  /** Arguments as they are written. */
  readonly given?: Readonly<Record<string, string>>;
  /** Where the elements of an argument lie; without, −2 to 2. */
  readonly ranges?: Readonly<Record<string, readonly [from: number, to: number]>>;
}

/** One or more calls of each definition that a plain one does not do justice to. */
export const calls: Readonly<Record<string, readonly Call[]>> = {
  dense: [{ given: { units: "2", activation: "tanh" } }],
  binary_cross_entropy: [{ ranges: { p: [0.05, 0.95], y: [0, 1] } }],
  categorical_cross_entropy: [{ ranges: { p: [0.05, 1], y: [0.05, 1] } }],
  focal: [{ ranges: { y: [0, 1] } }],
  kl: [{ ranges: { p: [0.05, 1], y: [0.05, 1] } }],
  poisson: [{ ranges: { p: [0.05, 3], y: [0.05, 3] } }],
  squared_log_error: [{ ranges: { p: [-0.5, 3], y: [-0.5, 3] } }],
  dice: [{ ranges: { p: [0, 1], y: [0, 1] } }],
  contrastive: [{ given: { same: "1" } }, { given: { same: "0" } }],
  residual: [{ tensors: { x: [3] }, given: { block: "softmax" } }],
  highway: [{ given: { activation: "tanh" } }],
  glu: [{ sizes: { n: 4 } }],
  bilinear: [{ given: { units: "2" } }],
  simple_rnn: [{ sizes: { n: 3, d: 2 }, given: { units: "3" } }],
  gru: [{ sizes: { n: 3, d: 2 }, given: { units: "3" } }],
  lstm: [{ sizes: { n: 3, d: 2 }, given: { units: "3" } }],
  bidirectional: [{ sizes: { n: 3, d: 2 }, given: { units: "2", cell: "gru" } }],
  conv1d: [
    { sizes: { n: 7 }, given: { filters: "3", kernel: "3" } },
    { sizes: { c: 4, n: 8 }, given: { filters: "6", kernel: "3", stride: "2", padding: "2", groups: "2" } },
    { sizes: { c: 2, n: 9 }, given: { filters: "2", kernel: "3", dilation: "2", padding: "1", activation: "tanh" } },
  ],
  conv2d: [
    { sizes: { c: 2, h: 5, w: 4 }, given: { filters: "2", kernel: "3", padding: "1" } },
    { sizes: { c: 2, h: 6, w: 5 }, given: { filters: "4", kernel: "2", stride: "2", groups: "2", dilation: "2" } },
  ],
  depthwise_conv1d: [{ sizes: { c: 2, n: 6 }, given: { kernel: "3", multiplier: "2", padding: "1" } }],
  depthwise_conv2d: [{ sizes: { c: 2, h: 4, w: 4 }, given: { kernel: "3", stride: "2", padding: "1" } }],
  separable_conv2d: [{ sizes: { c: 2, h: 4, w: 4 }, given: { filters: "3", kernel: "3" } }],
  conv_transpose1d: [
    { sizes: { c: 2, n: 4 }, given: { filters: "3", kernel: "3", stride: "2", padding: "1" } },
    { sizes: { c: 2, n: 3 }, given: { filters: "2", kernel: "2", stride: "3" } },
  ],
  conv_transpose2d: [{ sizes: { c: 2, h: 3, w: 2 }, given: { filters: "2", kernel: "3", stride: "2" } }],
  max_pool1d: [
    { sizes: { n: 6 }, given: { size: "2" } },
    { sizes: { n: 7 }, given: { size: "3", stride: "2", padding: "1" } },
  ],
  max_pool2d: [{ sizes: { c: 2, h: 5, w: 4 }, given: { size: "3", stride: "2", padding: "1" } }],
  average_pool1d: [{ sizes: { n: 7 }, given: { size: "3", stride: "2", padding: "1" } }],
  average_pool2d: [{ sizes: { c: 2, h: 5, w: 4 }, given: { size: "2" } }],
  upsample_nearest1d: [{ given: { scale: "2" } }],
  upsample_nearest2d: [{ sizes: { c: 2, h: 2, w: 3 }, given: { scale: "2" } }],
  upsample_linear1d: [{ given: { scale: "3" } }],
  upsample_bilinear2d: [{ sizes: { c: 2, h: 2, w: 3 }, given: { scale: "2" } }],
  group_norm: [{ sizes: { c: 4, h: 2, w: 3 }, given: { groups: "2" } }],
  stack: [{ tensors: { a: [2, 3], b: [2, 3] } }],
  slice: [{ sizes: { n: 7 }, given: { start: "1", count: "3", step: "2" } }],
  zero_pad: [{ given: { before: "2" } }],
  edge_pad: [{ given: { before: "2", after: "1" } }],
  reflect_pad: [{ sizes: { n: 4 }, given: { before: "2", after: "3" } }],
  embedding: [{ sizes: { n: 4, vocabulary: 5 }, given: { units: "3" } }],
  rotary_positions: [{ sizes: { n: 3, d: 4 } }],
  scaled_dot_product_attention: [{}, { sizes: { n: 4, m: 4 }, given: { mask: "causal" } }],
  multi_head_attention: [
    { sizes: { n: 3, d: 4, m: 2, e: 3 }, given: { heads: "2" } },
    { sizes: { n: 3, d: 4, m: 3, e: 4 }, given: { heads: "2", mask: "causal" } },
    { sizes: { n: 2, d: 4, m: 3, e: 2 }, given: { heads: "1", place: "rotary_positions" } },
  ],
  feed_forward: [{ given: { hidden: "4" } }],
  gated_feed_forward: [{ given: { hidden: "4" } }],
  transformer_block: [{ sizes: { n: 3, d: 4 }, given: { heads: "2", hidden: "3", mask: "causal" } }],
  post_norm_transformer_block: [{ sizes: { n: 3, d: 4 }, given: { heads: "2", hidden: "3" } }],
};

export interface LibraryCase {
  readonly name: string;
  readonly text: string;
  /** By parameter, where its elements are drawn from. */
  readonly ranges: Readonly<Record<string, readonly [from: number, to: number]>>;
}

const definitions: readonly Definition[] = standardPages.flatMap(
  ({ file, tree }) => decodePage(tree, file).definitions,
);

/** A page for each call of each layer and loss, of tensors whose extents are `scale` times those of the table. */
export function libraryCases(scale = 1): readonly LibraryCase[] {
  return definitions
    .filter(({ keyword }) => keyword === "layer" || keyword === "loss")
    .flatMap((definition) => {
      const ways = calls[definition.name.text] ?? [{}];
      return ways.map((call, k) => ({
        name: ways.length === 1 ? definition.name.text : `${definition.name.text} ${k + 1}`,
        text: pageFor(definition, call, scale),
        ranges: Object.fromEntries(Object.entries(call.ranges ?? {}).map(([name, range]) => [`arg_${name}`, range])),
      }));
    });
}

/** Names in the table that the library has no layer or loss of. */
export function strangers(): readonly string[] {
  const names = new Set(definitions.map(({ name }) => name.text));
  return Object.keys(calls).filter((name) => !names.has(name));
}

export function programOf(text: string): Program {
  const { program, diagnostics } = load("library.adj", memoryHost({ "library.adj": text }));
  const errors = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, { colour: false }));
  if (program === null || errors.length > 0) throw new Error(`${errors.join("\n\n")}\n\n${text}`);
  return program;
}

export function modelOf(text: string): Model {
  const [model] = programOf(text).models;
  if (model === undefined) throw new Error("no model");
  return model;
}

/** The call, and a loss that depends on every element of what it gives, on each in another way. */
function pageFor(definition: Definition, call: Call, scale: number): string {
  const { declarations, written } = argumentsFor(definition, call, scale);
  const value = `${definition.name.text}(${written.join(", ")})`;
  const body = (loss: string): string => `model M {\n${declarations.join("")}  y = ${value}\n  output y\n${loss}}\n`;
  if (definition.keyword === "loss") return body("  loss y\n");
  const [output] = modelOf(body("")).outputs;
  const isConstant = output === undefined || reachable([output.node]).every(({ kind }) => kind !== "input");
  if (isConstant) return body("");
  const rank = output.node.shape.length;
  const letters = ["i_", "j_", "k_", "l_"].slice(0, rank);
  const weight = letters.map((letter, axis) => `${axis + 1} * ${letter}`).join(" + ");
  return body(
    rank === 0 ? "  loss y\n" : `  loss sum[${letters.join(", ")}](y[${letters.join(", ")}] * cos(${weight}))\n`,
  );
}

function argumentsFor(definition: Definition, call: Call, scale: number) {
  const declarations: string[] = [];
  const written: string[] = [];
  const sizes = new Map(Object.entries(call.sizes ?? {}).map(([name, size]) => [name, scale * size]));
  const extentOf = (extent: Expression): number => {
    if (extent.kind === "number") return extent.value;
    if (extent.kind !== "reference") throw new Error(`${definition.name.text}: an extent that is computed`);
    const known = sizes.get(extent.name.text);
    if (known !== undefined) return known;
    const size = scale * (3 + sizes.size);
    sizes.set(extent.name.text, size);
    return size;
  };
  for (const formal of definition.formals ?? []) {
    const { name, extents, type } = formal;
    const given = call.given?.[name.text];
    if (given !== undefined) {
      written.push(`${name.text}: ${given}`);
      continue;
    }
    // A tensor that may be left out is given as well if the table tells its sizes.
    if (formal.default !== null && !isSized(formal, sizes)) continue;
    const tensor = call.tensors?.[name.text];
    if (extents === null && type === null && tensor === undefined) {
      throw new Error(`${definition.name.text}: the table of calls does not tell \`${name.text}\``);
    }
    const more = formal.trailing === null ? [] : [2];
    const shape = tensor?.map((extent) => scale * extent) ?? [...(extents ?? []).map(extentOf), ...more];
    const declared = `arg_${name.text}${shape.length === 0 ? "" : `[${shape.join(", ")}]`}`;
    declarations.push(
      type === null ? `  param ${declared} ~ normal\n` : `  input ${declared}: class(${extentOf(type.count)})\n`,
    );
    written.push(`${name.text}: arg_${name.text}`);
  }
  return { declarations, written };
}

function isSized({ extents }: Formal, sizes: ReadonlyMap<string, number>): boolean {
  return extents?.every((extent) => extent.kind === "reference" && sizes.has(extent.name.text)) ?? false;
}
