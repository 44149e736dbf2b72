/** Owns: documentation comments of the emitted module. Whatever a source says stays inside the comment. */

/** The lines of a doc comment: line terminators kept, everything that could end the comment or mislead a reader removed. */
export function commentLines(text: string): readonly string[] {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .split("\n")
    .map((line) =>
      line
        .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, " ")
        .replaceAll("*/", "* /")
        // `@ts-expect-error` and the like are instructions to TypeScript wherever a line of a comment begins with them.
        .replaceAll("@ts-", "@ ts-")
        .trimEnd(),
    );
}

/** The text with its line breaks, and all else that is no visible character, as single blanks. */
export function oneLine(text: string): string {
  return commentLines(text).join(" ").replace(/\s+/gu, " ").trim();
}

/** A doc comment on one line where it fits, else with a line for each of the text's. No lines for no text. */
export function docComment(text: string): readonly string[] {
  const lines = commentLines(text.trim());
  if (lines.every((line) => line === "")) return [];
  const [only = ""] = lines;
  if (lines.length === 1 && only.length <= 110) return [`/** ${only} */`];
  return ["/**", ...lines.map((line) => (line === "" ? " *" : ` * ${line}`)), " */"];
}

/** A table with aligned columns, two spaces between them. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
