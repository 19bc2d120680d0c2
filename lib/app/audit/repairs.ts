import type { AccountConfigBase } from "../../core/config/config.ts";
import { AUDIT } from "../../core/config/sender.ts";
import type { Summariser } from "../../core/report/summarise.ts";
import type { Summary } from "../../core/report/summary.ts";
import { refOf, type ResourceRef } from "../../core/resource.ts";
import { composeResourceFound } from "../../events/own/resource-found.ts";
import { concurrently } from "../cloud/concurrently.ts";
import type { EventQueue } from "../ports/ingest.ts";
import type { ObjectStore } from "../ports/objects.ts";
import { repairsPerHour } from "../write/cap.ts";
import type { Manifest } from "./checkpoint.ts";
import { readNdjson } from "./ndjson.ts";

const HOURS_UNTIL_NEXT_RUN = 24;

interface ChooseDeps {
  readonly account: AccountConfigBase;
  /** False where this audit doesn't write, whatever the policies say. */
  readonly writes: boolean;
  /** What the shard has counted before. */
  readonly before: Summary;
  readonly counts: Summariser;
}

/**
 * Says of each finding that is to be repaired whether it is sent: as many are as the write cap of their account leaves
 * to repairs until the next night; the rest is held back, and found again then.
 */
export function repairsOf({ account, writes, before, counts }: ChooseDeps) {
  const allowed = writes && account.mode !== "report";
  let room = allowed ? repairsPerHour(account) * HOURS_UNTIL_NEXT_RUN - before.repairs.sent : 0;
  return (): boolean => {
    const sent = room > 0;
    counts.countRepair(sent ? "sent" : "held");
    if (sent) room -= 1;
    return sent;
  };
}

/** A finding that is to be repaired, as the parts hold it. */
export function repairLine(finding: ResourceRef): string {
  return JSON.stringify(refOf(finding));
}

interface SendDeps {
  readonly objects: ObjectStore;
  readonly enforceQueue?: EventQueue | undefined;
}

/** Parts sent at once; each of them takes several calls. */
const PARTS_AT_ONCE = 4;

/**
 * Sends what an ended shard wants repaired to enforcement. A part is removed once all of it is sent, so that a shard
 * that comes again sends nothing twice, apart from the part that a crash interrupted. Whoever gets a resource twice finds
 * nothing to write the second time. False where `late` said that time is up: then some are left.
 */
export async function sendRepairs(
  run: string,
  { repairs }: Manifest,
  { objects, enforceQueue }: SendDeps,
  late: () => boolean,
): Promise<boolean> {
  if (enforceQueue === undefined) return true;
  let all = true;
  await concurrently(repairs, PARTS_AT_ONCE, async (name) => {
    if (late()) {
      all = false;
      return;
    }
    const part = await objects.get(name);
    if (part === undefined) return;
    const found = readNdjson(part).map((line) => composeResourceFound(JSON.parse(line) as ResourceRef, run));
    await enforceQueue.send(found, AUDIT);
    await objects.remove([name]);
  });
  return all;
}
