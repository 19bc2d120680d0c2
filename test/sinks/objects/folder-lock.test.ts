import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../../lib/core/errors.ts";
import { lockFolder } from "../../../lib/sinks/objects/folder-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tagwarden-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** What a lock of this process says. */
async function ownHolder(): Promise<Record<string, unknown>> {
  const release = await lockFolder(folder);
  const [name = ""] = await readdir(folder);
  const holder = JSON.parse(await readFile(join(folder, name), "utf8")) as Record<string, unknown>;
  await release();
  return holder;
}

/** Leaves a lock that says this, and whose holder showed a sign of life so many seconds ago. */
async function leave(text: string, secondsAgo = 0, number = 1): Promise<void> {
  const path = join(folder, `audit.${number}.lock`);
  await writeFile(path, text);
  const then = new Date(Date.now() - secondsAgo * 1000);
  await utimes(path, then, then);
}
/** The pid of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ["--version"]).pid;

describe("the lock of a folder", () => {
  it("keeps others out until it is released, and says who holds it", async () => {
    const release = await lockFolder(folder);
    const refused = lockFolder(folder);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(
      `${folder}: another audit is at work there, process ${process.pid} on ${hostname()} since 2`,
    );
    await release();
    await (
      await lockFolder(folder)
    )();
    expect(await readdir(folder)).toEqual([]);
  });

  it("lets one of many in that begin at the same moment, also where a dead process has left one", async () => {
    for (let round = 0; round < 20; round += 1) {
      await leave(JSON.stringify({ ...(await ownHolder()), pid: deadPid() }), 0, 7);
      const ends = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
      const held = ends.filter((end) => end.status === "fulfilled");
      expect(held).toHaveLength(1);
      expect(await readdir(folder)).toHaveLength(1);
      await held[0]?.value();
    }
  });

  it("is taken over from a process whose pid another one has by now", async () => {
    await leave(JSON.stringify({ ...(await ownHolder()), began: "1" }));
    const release = await lockFolder(folder);
    expect(await readdir(folder)).toEqual(["audit.2.lock"]);
    await release();
  });

  it("of another machine holds while that shows signs of life", async () => {
    const there = JSON.stringify({ ...(await ownHolder()), pid: deadPid(), host: "elsewhere pid:[1]" });
    await leave(there, 60);
    await expect(lockFolder(folder)).rejects.toThrow(
      new RegExp(`on elsewhere since .*; if that process is gone, remove ${folder}/audit.1.lock$`, "u"),
    );
    await leave(there, 600);
    await (
      await lockFolder(folder)
    )();
  });

  it.each(["", "{", "[]", '{"pid":0}'])(
    "that says %j is one that is just being written, but not for long",
    async (text) => {
      await leave(text, 1);
      await expect(lockFolder(folder)).rejects.toThrow("another audit has just begun there");
      await leave(text, 60);
      await (
        await lockFolder(folder)
      )();
    },
  );

  it("is a file beside others that it leaves alone", async () => {
    for (const name of ["audit.lock", "audit.0.lock", "audit.1.lock.bak", "report.json"]) {
      await writeFile(join(folder, name), "mine");
    }
    await (
      await lockFolder(folder)
    )();
    expect(await readdir(folder)).toHaveLength(4);
  });
});
