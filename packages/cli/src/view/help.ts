/** Owns: the form of what follows the options in each command's help. */

/** Command lines, each with what it does. */
export function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return section("Examples", ...lines.map(([command, meaning]) => `$ ${command.padEnd(width)}   ${meaning}`));
}

/** A titled section, indented, with a blank line before it. */
export function section(title: string, ...lines: readonly string[]): string {
  return `\n${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
