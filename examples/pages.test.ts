import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "@adjoint/dsl";
import { expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const pages = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
  .flatMap(({ name }) =>
    readdirSync(`${here}${name}`).flatMap((file) => (file.endsWith(".adj") ? [`${name}/${file}`] : [])),
  );

test.each(pages)("%s stands as the formatter would write it", (path) => {
  const text = readFileSync(`${here}${path}`, "utf8");
  expect(format({ path, text })).toMatchObject({ text });
});
