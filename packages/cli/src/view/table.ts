/** Owns: tables of text, aligned by column. */

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

/**
 * One line per row, columns two spaces apart, without trailing blanks; the titles first, in `styleTitle`.
 * A row shorter than `columns` leaves the rest empty.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  styleTitle: (text: string) => string = (text) => text,
): readonly string[] {
  const widths = columns.map((column, c) => Math.max(column.title.length, ...rows.map((row) => (row[c] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, c) => {
        const cell = cells[c] ?? "";
        const width = widths[c] ?? 0;
        return align === "left" ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  return [styleTitle(line(columns.map((column) => column.title))), ...rows.map(line)];
}
