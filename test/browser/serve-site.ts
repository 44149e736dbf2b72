/** Owns: the site that is tested: its pages, and the module and the data that they import, under a strict policy. */

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

export interface Site {
  readonly origin: string;
  close(): void;
}

/** Nothing but scripts of the site's own, which may compile WebAssembly and no text. */
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

const types = { ".html": "text/html", ".js": "text/javascript" } as const;

/**
 * @param made texts by path, beside the files of `site`
 * @param isolated whether pages may share memory with workers
 */
export async function serveSite(made: ReadonlyMap<string, string>, isolated: boolean): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const type = Object.entries(types).find(([ending]) => pathname.endsWith(ending))?.[1];
    const text = made.get(pathname) ?? fileAt(pathname);
    if (type === undefined || text === null) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", `${type}; charset=utf-8`);
    response.setHeader("Content-Security-Policy", policy);
    if (isolated) {
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    }
    response.end(text);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const files: ReadonlySet<string> = new Set(["/index.html", "/page.js", "/worker.js"]);

function fileAt(pathname: string): string | null {
  return files.has(pathname) ? readFileSync(join(import.meta.dirname, "site", pathname), "utf8") : null;
}
