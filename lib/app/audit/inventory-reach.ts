import { errorText, ProviderError } from "../../core/errors.ts";
import { recordedText } from "../../core/recorded.ts";
import type { ResourceType } from "../../core/resource.ts";
import { OutOfTimeError } from "../cloud/call.ts";
import { withGap } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { asksFor, regionsOf } from "./shard-regions.ts";
import type { ListedType } from "./shard-regions.ts";
import { auditCall } from "./work.ts";
import type { ShardWork, Step } from "./work.ts";

// How far an inventory of a whole account reaches, which the inventory itself never says.

/**
 * Asks, before an inventory is listed, what it records. What it records no more must prove nothing; where it can't be
 * known, rows count as of their time, and the audit isn't called complete.
 */
export async function askRecorded(point: Checkpoint, listed: ListedType, work: ShardWork): Promise<Step> {
  const { shard, type, contract } = listed;
  const { provider } = work;
  const api = contract.inventory[type]?.recording;
  const isAsked = point.recorded !== undefined || point.token !== undefined;
  if (isAsked || api === undefined || provider.readRecorded === undefined) return { point, outOfTime: false };
  const ask = async () => (await provider.readRecorded?.(shard.region, type)) ?? "everything";
  return asked(point, listed, work, async () => ({ ...point, recorded: await auditCall(work, api, ask) }));
}

/** The same place, with a gap for what the inventory doesn't record of what the account asks for. */
export function withRecorded(point: Checkpoint, listed: ListedType, { message: { shard } }: ShardWork): Checkpoint {
  const { recorded = "everything" } = point;
  const { recorder } = listed.contract.inventory[listed.type]?.recording ?? {};
  if (recorder === undefined || recorded === "everything") return point;
  if (recorded !== "nothing" && leavesNothing(recorded, listed)) return point;
  return withGap(point, { shard: shard.id, type: listed.type, reason: recordedText(recorder, recorded) });
}

/** Whether all that the account asks for is named one by one, and recorded. */
function leavesNothing(recorded: readonly ResourceType[], listed: ListedType): boolean {
  const isOurs = asksFor(listed);
  const { only } = listed.shard;
  return only?.every((glob) => !glob.includes("*") && (recorded.includes(glob) || !isOurs(glob))) === true;
}

/** How many more than a listing showed there may be, for what is created while it is read. */
const CHURN = { atLeast: 5, part: 0.001 };

/**
 * Asks the cloud how many resources a listing of all regions ought to have shown. Where it counts more, somebody may see
 * less than there is.
 */
export async function countListed(point: Checkpoint, listed: ListedType, work: ShardWork): Promise<Step> {
  const { shard, type, contract } = listed;
  const { provider, counts, message } = work;
  const api = contract.inventory[type]?.counting;
  const { rowsListed = 0 } = point;
  if (api === undefined || provider.countInventory === undefined) return { point, outOfTime: false };
  return asked(point, listed, work, async () => {
    const counted = await auditCall(work, api, async () => provider.countInventory?.(shard.region, type, "region"));
    const regions = regionsOf(shard);
    let there = 0;
    const elsewhere: string[] = [];
    for (const [region, count] of counted ?? []) {
      if (regions.includes(region)) there += count;
      else if (count > 0) elsewhere.push(`${region} ${count}`);
    }
    if (elsewhere.length > 0) {
      const where = elsewhere.sort().join(", ");
      counts.note(`${message.shard.id}: resources in regions that are not configured are not audited: ${where}`);
    }
    if (there - rowsListed <= Math.max(CHURN.atLeast, there * CHURN.part)) return point;
    const reason = `IncompleteListing: the cloud counts ${there} resources and its listing showed ${rowsListed}: the role sees less than there is, or the listing is older than the count`;
    return withGap(point, { shard: message.shard.id, type, reason });
  });
}

/** What a question comes to. Where nobody answers it, what was listed counts, and the audit isn't called complete. */
async function asked(
  point: Checkpoint,
  { type }: ListedType,
  { message: { shard }, log }: ShardWork,
  ask: () => Promise<Checkpoint>,
): Promise<Step> {
  try {
    return { point: await ask(), outOfTime: false };
  } catch (error) {
    if (error instanceof OutOfTimeError) return { point, outOfTime: true };
    if (!(error instanceof ProviderError)) throw error;
    log.warn("How far an inventory reaches can't be told", { shard: shard.id, type, code: error.code });
    const reason = `nobody could say whether its listing shows all: ${errorText(error.code, error.message)}`;
    return { point: withGap(point, { shard: shard.id, type, reason, unproven: true }), outOfTime: false };
  }
}
