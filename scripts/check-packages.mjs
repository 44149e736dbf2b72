/**
 * Owns: the proof that what we publish works where we do not stand. Every package is packed with `npm pack`, inspected by
 * publint and attw, installed from its tarball into an empty folder, and used there: from the command line, and from a
 * strict TypeScript program of five lines.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name) => join(root, "node_modules", ".bin", name);
const packages = readdirSync(join(root, "packages"));
const folder = mkdtempSync(join(tmpdir(), "adjoint-packed-"));

function run(command, args, cwd = root) {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")}\n${error.stdout ?? ""}${error.stderr ?? ""}`);
  }
}

try {
  const tarballs = packages.map((name) => {
    const packed = run(
      "npm",
      ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder],
      join(root, "packages", name),
    );
    const tarball = join(folder, packed.trim().split("\n").at(-1));
    run(bin("publint"), ["run", "--strict", tarball]);
    run(bin("attw"), [tarball, "--profile", "esm-only"]);
    console.log(`packed ${name}: publint and attw find nothing`);
    return tarball;
  });

  const home = join(folder, "home");
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), JSON.stringify({ name: "home", private: true, type: "module" }));
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs], home);

  writeFileSync(join(home, "gender.adj"), readFileSync(join(root, "examples", "gender", "gender.adj"), "utf8"));
  run(join(home, "node_modules", ".bin", "adjoint"), ["compile", "gender.adj", "-o", "gender.ts"], home);
  writeFileSync(
    join(home, "main.ts"),
    `import { Gender } from "./gender.ts";
const net = new Gender({ seed: 7 });
for await (const { epoch, loss } of net.train({ x: [[-2, -1], [25, 6]], y: [[1], [0]] }, { epochs: 50 })) if (epoch === 50) console.log(loss < 0.25);
const { o } = net.predict({ x: [-7, -3] });
console.log(o.length);
`,
  );
  const strict = [
    "--strict",
    "--noUncheckedIndexedAccess",
    "--exactOptionalPropertyTypes",
    "--noPropertyAccessFromIndexSignature",
  ];
  const shape = [
    "--module",
    "NodeNext",
    "--target",
    "ES2022",
    "--lib",
    "ES2023,DOM",
    "--types",
    "",
    "--rewriteRelativeImportExtensions",
  ];
  run(bin("tsc"), ["main.ts", "--outDir", "out", ...strict, ...shape], home);
  const printed = run("node", ["out/main.js"], home).trim();
  if (printed !== "true\n1") throw new Error(`the five-line program printed ${JSON.stringify(printed)}`);
  console.log("installed from tarballs: the command and a strict five-line program work");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
