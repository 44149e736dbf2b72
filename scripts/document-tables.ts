/**
 * Owns: the tables in documents that stand in the sources already: what is generated cannot go stale. `rows` of Markdown by
 * the name under which a document shows them.
 */

import { readFileSync } from "node:fs";
import {
  diagnosticCodes,
  languageLimits,
  standardDefinitions,
  trainingDefaults,
  vocabulary,
  writtenForm,
} from "@adjoint/dsl";
import { Builder, printGraph, type ScalarFunctionName, scalarFunctions, textOf } from "@adjoint/ir";

const tables: Readonly<Record<string, () => string>> = {
  "scalar-functions": () =>
    table(
      ["written", "is", "derivative, `f` being the value"],
      (Object.keys(scalarFunctions) as ScalarFunctionName[]).flatMap((name) => {
        const { arity, doc } = scalarFunctions[name];
        const written = writtenForm(name, arity);
        return written === null ? [] : [[code(written), doc, derivatives(name)]];
      }),
    ),
  "standard-library": () =>
    [
      ...["layers", "convolution", "pooling", "normalization", "attention", "recurrent", "shapes"],
      ...["activations", "losses", "metrics", "optimizers", "schedules", "initializers", "noise", "batches"],
    ]
      .map((page) =>
        table(
          [`[${page}](../packages/dsl/std/${page}.adj)`, ""],
          standardDefinitions(page).map(({ name, formals, doc }) => [
            code(formals === null ? name.text : `${name.text}(${formals.map(({ span }) => textOf(span)).join(", ")})`),
            doc.replace(/\s+/g, " "),
          ]),
        ),
      )
      .join("\n\n"),
  "diagnostic-codes": () =>
    table(
      ["code", "says"],
      Object.entries(diagnosticCodes).map(([name, meaning]) => [code(name), meaning]),
    ),
  "train-settings": () => {
    const rows: readonly (readonly [string, string, string])[] = [
      ["optimizer sgd(rate: 0.1)", "—", "how parameters are updated; must be given"],
      ['frozen "embed.*"', "—", "parameters that stay as they are"],
      ["epochs 1000", String(trainingDefaults.epochs), "how often the whole set of examples is seen"],
      [
        "batch 32",
        String(trainingDefaults.batch),
        "examples per update, which follows the gradient of their mean loss",
      ],
      ["shuffle off", trainingDefaults.shuffle ? "on" : "off", "whether each epoch draws a new order of the examples"],
      ["seed 7", String(trainingDefaults.seed), "decides initial values and orders, bit for bit"],
    ];
    return table(
      ["setting", "without it", ""],
      rows.map(([setting, ...rest]) => [code(setting), ...rest]),
    );
  },
  limits: () => {
    const { sourceLength, tokenLength, nesting, treeDepth, calls, work, elements, axes, points, count } =
      languageLimits;
    const rows: readonly (readonly [string, number])[] = [
      ["characters in a page", sourceLength],
      ["characters in a name or a number", tokenLength],
      ["brackets and conditions inside each other", nesting],
      ["operations in a row or inside each other, in one expression", treeDepth],
      ["calls inside calls", calls],
      ["expressions that a page expands to", work],
      ["axes of a tensor, indices in scope at once", axes],
      ["elements of a tensor", elements],
      ["points that a formula runs over", points],
      ["epochs, batch, seed", count - 1],
    ];
    return table(
      ["", "at most"],
      rows.map(([what, most]) => [what, most.toLocaleString("en-US")]),
    );
  },
  benchmark: () => {
    const { summary } = benchmark();
    const torches = [...new Set(summary.flatMap(({ overTorch }) => Object.keys(overTorch)))];
    return table(
      ["", "fastest of JavaScript", "Adjoint is … times as fast", ...torches.map((label) => `as ${label}`)],
      summary.map(({ work, peer, overPeer, overTorch }) => [
        work,
        peer ?? "",
        ratio(overPeer),
        ...torches.map((label) => ratio(overTorch[label])),
      ]),
    );
  },
  "reserved-words": () => words(vocabulary.reserved),
  "statement-words": () => words(vocabulary.statements.filter((word) => !vocabulary.reserved.includes(word))),
  "built-in-names": () => words([...vocabulary.builtins, ...vocabulary.constants, ...vocabulary.reductions]),
};

/** The Markdown of a table. */
export function rows(name: string): string {
  const make = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (make === undefined)
    throw new RangeError(`there is no table ${name}; there are ${Object.keys(tables).join(", ")}`);
  return make();
}

/** ∂f/∂x, ∂f/∂y, … as the graph prints them. */
function derivatives(name: ScalarFunctionName): string {
  const { arity, partials } = scalarFunctions[name];
  const builder = new Builder();
  const x = ["x", "y", "z"].slice(0, arity).map((letter) => builder.input(letter, "input", []));
  const f = builder.input("f", "input", []);
  const texts = partials.map((partial) => {
    if (partial === null) return "0";
    const node = partial(builder.algebra([]), x, f);
    const printed = printGraph({ name, outputs: [{ name: "derivative", node }] });
    return (/^(?:output )?derivative = (.*)$/m.exec(printed)?.[1] ?? "").replaceAll(/\b(\w+) \* \1\b/g, "$1^2");
  });
  return texts.every((text) => text === "0") ? "0" : texts.map(code).join(", ");
}

function table(header: readonly string[], body: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => "---"), ...body];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}

/** Of the report that `npm run bench` left behind, what documents show. */
interface Benchmark {
  readonly summary: readonly {
    readonly work: string;
    readonly peer: string | null;
    readonly overPeer: number | null;
    readonly overTorch: Readonly<Record<string, number>>;
  }[];
}

function benchmark(): Benchmark {
  return JSON.parse(readFileSync(new URL("../bench/report/benchmark.json", import.meta.url), "utf8"));
}

function ratio(value: number | null | undefined): string {
  if (value == null) return "";
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2);
}

function words(all: readonly string[]): string {
  return [...new Set(all)].map(code).join(" ");
}

function code(text: string): string {
  return `\`${text}\``;
}
