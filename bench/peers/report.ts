/** Owns: what a run leaves behind: Markdown for people, JSON for programs, and lines that say how far it is. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export class Report {
  readonly #lines: string[] = [];
  readonly #data = new Map<string, unknown>();
  readonly #began = performance.now();

  /** Lines of Markdown, also on standard output. */
  say(...lines: readonly string[]): void {
    this.#lines.push(...lines);
    console.log(lines.join("\n"));
  }

  heading(title: string, ...lines: readonly string[]): void {
    this.say("", `## ${title}`, "", ...lines);
  }

  /** All columns but the first are numbers. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const rule = head.map((_, k) => (k === 0 ? "---" : "---:"));
    this.say("", ...[head, rule, ...rows].map((row) => `| ${row.join(" | ")} |`));
  }

  /** What is being done, on standard error. */
  tell(what: string): void {
    const seconds = (performance.now() - this.#began) / 1000;
    process.stderr.write(`[${seconds.toFixed(0).padStart(4)} s] ${what}\n`);
  }

  /** Numbers under a name. */
  keep(name: string, value: unknown): void {
    this.#data.set(name, value);
  }

  /** `benchmark.md` and `benchmark.json` in the folder, and pictures by their names. */
  write(folder: string, pictures: Readonly<Record<string, string>>): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "benchmark.md"), `${this.#lines.join("\n")}\n`);
    writeFileSync(join(folder, "benchmark.json"), `${JSON.stringify(Object.fromEntries(this.#data), null, 2)}\n`);
    for (const [name, svg] of Object.entries(pictures)) writeFileSync(join(folder, name), svg);
  }
}

/** Three digits and the thousands apart: `12.3`, `4,560`, `11,600,000`. */
export function digits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
