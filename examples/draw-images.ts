/** Owns: pictures as text, for terminals and READMEs. */

const shades = [" ", "░", "▒", "▓", "█"];

/**
 * Pictures side by side, as lines of characters as dark as the mean of two pixels above each other.
 * @param images grey values 0 … 1 of square pictures, row by row
 */
export function drawImages(images: readonly (readonly number[])[], side: number): readonly string[] {
  const shadeOf = (image: readonly number[], row: number, column: number): string => {
    const mean = ((image[row * side + column] ?? 0) + (image[(row + 1) * side + column] ?? 0)) / 2;
    return shades[Math.min(shades.length - 1, Math.floor(mean * shades.length))] ?? "";
  };
  return Array.from({ length: Math.floor(side / 2) }, (_, line) =>
    images
      .map((image) => Array.from({ length: side }, (_, column) => shadeOf(image, 2 * line, column)).join(""))
      .join(" ")
      .trimEnd(),
  );
}
