/** Owns: what must hold of every source, however hostile: a module or diagnostics, in time, and nothing of the source is code. */

import { compile } from "@adjoint/compiler";
import { type Diagnostic, diagnosticToJson, format, load, memoryHost, renderDiagnostic } from "@adjoint/dsl";
import type { HostileCase } from "./hostile-case.ts";
import { inspectModule } from "./inspect-module.ts";

/** Milliseconds that the whole way, from text to module, may take. */
export const longest = 2000;

export interface Verdict {
  /** What is wrong with how the source was answered; null if nothing is. */
  readonly complaint: string | null;
  readonly milliseconds: number;
  readonly compiled: boolean;
  readonly codes: readonly string[];
}

/** Takes the source all the way. Never throws. */
export function examineCase(hostile: HostileCase): Verdict {
  const first = timed(hostile, () => performance.now());
  if (first.complaint !== null || first.milliseconds <= longest) return first;
  // On a busy machine the clock runs on without the process; of its own time, which is dearer to ask for, it takes less.
  const second = timed(hostile, processorTime);
  if (second.complaint !== null || second.milliseconds <= longest) return second;
  return { ...second, complaint: `took ${second.milliseconds.toFixed(0)} ms` };
}

/** Milliseconds that this process has computed. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function timed(hostile: HostileCase, clock: () => number): Verdict {
  const before = clock();
  const codes: string[] = [];
  let complaint: string | null = null;
  let module: string | null = null;
  try {
    const outcome = answer(hostile, codes);
    complaint = outcome.complaint;
    module = outcome.module;
  } catch (error) {
    complaint = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const milliseconds = clock() - before;
  if (module !== null) complaint ??= inspectModule(module, hostile.options.language ?? "ts");
  return { complaint, milliseconds, compiled: module !== null, codes };
}

function answer(
  { path, text, others, hyperparameters, options }: HostileCase,
  codes: string[],
): { readonly complaint: string | null; readonly module: string | null } {
  const wrong = (complaint: string) => ({ complaint, module: null });
  // Defined, not assigned: a page called `__proto__` is a page.
  const pages = Object.fromEntries([...Object.entries(others), [path, text]]);
  const { program, diagnostics } = load(path, memoryHost(pages), { hyperparameters });
  for (const diagnostic of diagnostics) {
    codes.push(diagnostic.code);
    const misplaced = misplacedLabel(diagnostic);
    if (misplaced !== null) return wrong(misplaced);
    const shown = renderDiagnostic(diagnostic, { colour: false });
    if (!shown.startsWith(`${diagnostic.severity}[${diagnostic.code}]: `)) return wrong(`rendered as ${shown}`);
    if (/[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(shown)) return wrong("a control in a rendering");
    JSON.stringify(diagnosticToJson(diagnostic));
  }
  if ((program === null) !== diagnostics.some(isError)) return wrong("a program and an error, or neither");
  // What is refused was read in the same way for `load`: every fourth time is enough.
  if (program !== null || text.length % 4 === 0) {
    const formatted = format({ path, text });
    if ((formatted.text === null) !== formatted.diagnostics.some(isError))
      return wrong("a page and an error, or neither");
    if (formatted.text !== null && format({ path, text: formatted.text }).text !== formatted.text) {
      return wrong("formatting again changes it");
    }
  }
  return { complaint: null, module: program === null ? null : compile(program, options).text };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

function misplacedLabel({ code, message, labels }: Diagnostic): string | null {
  if (message === "") return `${code} says nothing`;
  for (const { span } of labels) {
    if (!(0 <= span.start && span.start <= span.end && span.end <= span.file.text.length)) {
      return `${code} is at ${span.start} … ${span.end} of ${span.file.text.length}`;
    }
  }
  return null;
}
