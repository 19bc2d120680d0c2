import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { copiesWithoutOneAction, rolesOfFile } from "./copies.ts";
import type { RecordedRun } from "./recorded-run.ts";
import { covers, permissionsOf, type Permission } from "./role-permissions.ts";
import { permissionGaps, shortName } from "./wiring-gaps.ts";

/** What a serverless.yml allows the functions of a run. */
export function permissionsIn(path: string, { service, resolve }: RecordedRun): readonly Permission[] {
  return permissionsOf(rolesOfFile(path, service.stage), resolve);
}

/**
 * Takes each action out of a copy of serverless.yml and holds the run's calls against that copy. Answers what no gap
 * names by its function, action and resource, and how many copies there were.
 */
export async function unnoticedLosses(path: string, run: RecordedRun) {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-test-"));
  const copy = join(folder, "serverless.yml");
  const whole = permissionsIn(path, run);
  const copies = copiesWithoutOneAction(path);
  const unnoticed: string[] = [];
  for (const { role, without, text } of copies) {
    writeFileSync(copy, text);
    const left = permissionsIn(copy, run);
    const lost = whole.filter((one) => !left.some((other) => isDeepStrictEqual(one, other)));
    if (lost.length === 0) unnoticed.push(`${role} without ${without} allows as much as before`);
    const gaps = await gapsOf(left, lost, run);
    unnoticed.push(...lost.filter((one) => !gaps.some((gap) => isNamed(one, gap))).map(shortName));
  }
  rmSync(folder, { recursive: true });
  return { copies: copies.length, unnoticed };
}

/** Of the functions that have lost something: what the others call and may do is as it was. */
async function gapsOf(left: readonly Permission[], lost: readonly Permission[], { calls }: RecordedRun) {
  const affected = new Set(lost.map((one) => one.function));
  const isAffected = (one: { readonly function: string }) => affected.has(one.function);
  return permissionGaps(calls.filter(isAffected), left.filter(isAffected));
}

function isNamed(permission: Permission, gap: string): boolean {
  if (gap.includes(shortName(permission))) return true;
  const [, name = "", action = "", resource = ""] = /^(\S+) calls (\S+) on (\S+), which/.exec(gap) ?? [];
  return covers(permission, { function: name, action, resource });
}
