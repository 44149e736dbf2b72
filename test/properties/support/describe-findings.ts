/** Owns: findings as a person reads them, with what replays each. */

import type { Finding } from "./trial.ts";

/** Empty for none. */
export function describeFindings(findings: readonly Finding[]): string {
  return findings.slice(0, 5).map(describeFinding).join("\n\n");
}

export function describeFinding({ seed, path, claim, detail }: Finding): string {
  return `${claim}: ${detail}\n  replay: npm run fuzz -- --seed ${seed} --path ${path}`;
}
