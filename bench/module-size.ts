/** Owns: how many bytes of code a page costs: minified by esbuild, unused exports removed, and gzipped. */

import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { genderPage } from "./gender-module.ts";
import { compileText, programOf } from "./load-page.ts";

export interface Size {
  readonly name: string;
  readonly minified: number;
  readonly gzipped: number;
}

export async function measureSizes(): Promise<readonly Size[]> {
  const text = compileText(programOf(genderPage));
  return [
    await sizeOf("forward + gradient + update", text, ["forward", "gradient", "update"]),
    await sizeOf("forward", text, ["forward"]),
    await sizeOf("the whole class, runtime included", text, ["Gender"]),
  ];
}

/** @param used of what the text exports */
export async function sizeOf(name: string, text: string, used: readonly string[]): Promise<Size> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${used.join(", ")} } from "module";`, loader: "js" },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    external: ["@adjoint/runtime"],
    plugins: [
      {
        name: "module",
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /^module$/ }, () => ({ path: "module", namespace: "module" }));
          onLoad({ filter: /.*/, namespace: "module" }, () => ({ contents: text, loader: "js" }));
        },
      },
    ],
  });
  const contents = outputFiles[0]?.contents ?? new Uint8Array();
  return { name, minified: contents.length, gzipped: gzipSync(contents, { level: 9 }).length };
}
