/**
 * One folder for all temporary files of a run of the tests, which goes with it, whatever became of the tests. What runs
 * have left that were killed goes with the next one.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { lockFolder } from "../local/service/state-lock.ts";

const PREFIX = "tagwarden-tests-";
/** A folder this young may belong to a run that has not locked it yet. */
const YOUNG_MS = 60_000;

/** Called by Vitest before the first test; what it returns is called after the last one. */
export default function setup(): () => void {
  const place = tmpdir();
  removeAbandoned(place);
  const folder = mkdtempSync(join(place, PREFIX));
  const lock = lockFolder(folder);
  // Tests and the processes that they start ask `tmpdir()`.
  env["TMPDIR"] = folder;
  return () => {
    lock.release();
    env["TMPDIR"] = place;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

function removeAbandoned(place: string): void {
  for (const name of readdirSync(place).filter((one) => one.startsWith(PREFIX))) {
    const folder = join(place, name);
    if (isInUse(folder)) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

function isInUse(folder: string): boolean {
  try {
    if (Date.now() - statSync(folder).mtimeMs < YOUNG_MS) return true;
    lockFolder(folder).release();
    return false;
  } catch {
    // Another run has the lock, has just removed the folder, or is another user's: none of that is ours to remove.
    return true;
  }
}
