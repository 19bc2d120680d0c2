import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { InputError } from "../../lib/core/errors.ts";

/**
 * Takes a folder for this process alone. The lock is one of the system's on an open file (SQLite brings it to every
 * platform), so that it ends with the process, however that ends, and no stale one is ever left to judge.
 * Throws InputError where another run has the folder.
 */
export function lockFolder(folder: string): { release(): void } {
  const nameOfHolder = join(folder, "lock.pid");
  const file = new DatabaseSync(join(folder, "lock"));
  try {
    file.exec("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
  } catch (error) {
    file.close();
    if (!(error instanceof Error && /database is locked/.test(error.message))) throw error;
    const holder = existsSync(nameOfHolder) ? ` (process ${readFileSync(nameOfHolder, "utf8").trim()})` : "";
    throw new InputError(
      `--state ${folder}: another local run${holder} is using it. Wait for it to end, stop it, or name another folder.`,
    );
  }
  writeFileSync(nameOfHolder, `${process.pid}\n`);
  return {
    release() {
      file.exec("ROLLBACK");
      file.close();
    },
  };
}
