/** Owns: the form of the examples that end each command's help. */

/** An `Examples:` section: each a command line and what it does. */
export function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return ["", "Examples:", ...lines.map(([command, meaning]) => `  $ ${command.padEnd(width)}   ${meaning}`)].join(
    "\n",
  );
}

/** A titled section of prose, indented. */
export function section(title: string, ...lines: readonly string[]): string {
  return ["", `${title}:`, ...lines.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
}
