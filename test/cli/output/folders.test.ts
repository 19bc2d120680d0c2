import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolders } from "../../../cli/output/folders.ts";
import { temporaryFolder } from "../run-main.ts";

describe("making a folder", () => {
  it("makes those that it is to lie in, and leaves one that is there", async () => {
    const folder = join(await temporaryFolder(), "a", "b", "c");
    await makeFolders(folder);
    await makeFolders(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it("makes one that several ask for at once", async () => {
    const folder = await temporaryFolder();
    const paths = ["x", "y", "z"].map((name) => join(folder, "a", name));
    await Promise.all([...paths, ...paths].map(makeFolders));
    expect(paths.every(existsSync)).toBe(true);
  });

  it.each(["file", "file/below"])("fails where a file is in the way of %s", async (path) => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    await expect(makeFolders(join(folder, path))).rejects.toThrow(/EEXIST|ENOTDIR/u);
  });

  it.runIf(existsSync("/proc/self"))("fails where the file system takes no folders", async () => {
    await expect(makeFolders("/proc/tagwarden/out")).rejects.toThrow("ENOENT");
  });
});
