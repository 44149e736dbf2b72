import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeWhole } from "../src/files.ts";
import { fakeIo, temporaryFolder } from "./support.ts";

describe("a file is written as a whole", () => {
  test("new or in place of an old one, and nothing else is left", async () => {
    const folder = temporaryFolder();
    for (const content of ["first", new TextEncoder().encode("second")]) {
      await writeWhole(fakeIo(folder), "file.txt", content);
      expect(readdirSync(folder)).toEqual(["file.txt"]);
    }
    expect(readFileSync(join(folder, "file.txt"), "utf8")).toBe("second");
  });

  test("what a killed process left is removed, what a living one writes is not, nor what only looks like it", async () => {
    const folder = temporaryFolder();
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    const kept = [
      `run.ckpt.${process.ppid}.partial`,
      `other.ckpt.${dead}.partial`,
      "run.ckpt.old",
      "run.ckpt.x.partial",
    ];
    for (const name of [...kept, `run.ckpt.${dead}.partial`]) writeFileSync(join(folder, name), "");
    await writeWhole(fakeIo(folder), "run.ckpt", "whole");
    expect(readdirSync(folder).sort()).toEqual([...kept, "run.ckpt"].sort());
  });

  test("it keeps its permissions, and a link to it stays a link", async () => {
    const folder = temporaryFolder();
    const [file, link] = [join(folder, "file.txt"), join(folder, "link.txt")];
    writeFileSync(file, "old");
    chmodSync(file, 0o640);
    symlinkSync(file, link);
    await writeWhole(fakeIo(folder), "link.txt", "new");
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test("a folder of that name, or no folder to be in, is refused with the reason", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "taken"));
    const write = (path: string) => writeWhole(fakeIo(folder), path, "text");
    await expect(write("taken")).rejects.toThrow("cannot write taken: it is a folder");
    await expect(write("none/file")).rejects.toThrow("cannot write none/file: there is no such file or folder");
    expect(readdirSync(folder)).toEqual(["taken"]);
  });

  test("a device is written to, not replaced", async () => {
    await writeWhole(fakeIo(temporaryFolder()), "/dev/null", "text");
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});
