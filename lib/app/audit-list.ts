import { regionOfArn } from "../core/aws-arn.ts";
import type { ApiContract, TypeContract } from "../core/contract.ts";
import { ProviderError } from "../core/errors.ts";
import { anyGlobMatcher } from "../core/policy/glob.ts";
import type { ResourceType } from "../core/resource.ts";
import type { Checkpoint } from "./audit-checkpoint.ts";
import { workPrefix } from "./audit-names.ts";
import { inventorySightings, sortedFile, tagListingSightings } from "./audit-sightings.ts";
import type { Sighting } from "./audit-sightings.ts";
import { auditCall, typeAt } from "./audit-work.ts";
import type { ShardWork, Step } from "./audit-work.ts";
import { OutOfTimeError } from "./call.ts";
import { pages } from "./pages.ts";

/** A refused token may have expired or belong to a listing that changed: the type is listed anew, this often. */
const MOST_RESTARTS = 2;

interface ListedPage {
  readonly nextToken?: string;
  readonly sightings: readonly Sighting[];
}

interface Listing {
  readonly api: ApiContract;
  fetch(token: string | undefined): Promise<ListedPage>;
}

/**
 * Lists one type to the end of each of its listings, and leaves what it saw as sorted files. Throws ProviderError where
 * a listing fails: a listing is complete or it is an error.
 */
export async function listShardType(start: Checkpoint, work: ShardWork): Promise<Step> {
  const { type, contract } = typeAt(start, work);
  let point = start;
  while (point.phase !== "read") {
    const listing = point.phase === "inventory" ? inventoryOf(type, contract, work) : scanOf(type, contract, work);
    if (listing !== undefined) {
      let step: Step;
      try {
        step = await listPages(listing, point, work);
      } catch (error) {
        if (!(error instanceof RefusedTokenError)) throw error;
        if (point.restarts >= MOST_RESTARTS) throw error.refusal;
        work.log.warn("A listing starts again: its token was refused", { type, code: error.refusal.code });
        const { token: _, ...rest } = point;
        point = { ...rest, phase: "inventory", sightings: [], restarts: point.restarts + 1 };
        continue;
      }
      if (step.outOfTime) return step;
      ({ point } = step);
    }
    const { token: _, ...rest } = point;
    point = { ...rest, phase: point.phase === "inventory" ? "scan" : "read" };
  }
  return { point, outOfTime: false };
}

/** A wrong request stays wrong, but one that was right on the page before has a token that went bad. */
class RefusedTokenError extends Error {
  readonly refusal: ProviderError;

  constructor(refusal: ProviderError) {
    super(refusal.message, { cause: refusal });
    this.refusal = refusal;
  }
}

function inventoryOf(
  type: ResourceType,
  contract: TypeContract,
  { provider, message }: ShardWork,
): Listing | undefined {
  const api = contract.inventory[type];
  if (api === undefined) return undefined;
  return {
    api,
    async fetch(token) {
      const { resources, ...page } = await provider.listInventory(message.shard.region, type, token);
      return { ...page, sightings: inventorySightings({ resources }) };
    },
  };
}

function scanOf(type: ResourceType, contract: TypeContract, work: ShardWork): Listing | undefined {
  if (!contract.list.scan) return undefined;
  const { provider, counts, message } = work;
  const { region } = message.shard;
  const isOurs = anyGlobMatcher(message.shard.only);
  // A listing of all types also shows what is audited elsewhere or not at all: other types, other regions. What names
  // no region belongs to the region that lists it, which `global` is not.
  const fallback = region === "global" ? "" : region;
  const belongs = (sighting: Sighting) => isOurs(sighting.type) && regionOfArn(sighting.id, fallback) === region;
  return {
    api: contract.list,
    async fetch(token) {
      const { rows, rowCount, ...page } = await provider.listTagResources({ region, type }, token);
      counts.countRows(rowCount);
      const sightings = tagListingSightings({ rows, rowCount });
      return { ...page, sightings: type.includes("*") ? sightings.filter(belongs) : sightings };
    },
  };
}

async function listPages(listing: Listing, start: Checkpoint, work: ShardWork): Promise<Step> {
  const { sizes } = work;
  let point = start;
  let held: Sighting[] = [];
  const flush = async (): Promise<void> => {
    if (held.length === 0) return;
    const { run, shard } = work.message;
    const name = `${workPrefix(run, shard.id)}sightings-${work.nextName()}.ndjson.gz`;
    await work.objects.put(name, await sortedFile(held));
    held = [];
    point = { ...point, sightings: [...point.sightings, name] };
  };
  const fetchPage = async (next: string | undefined): Promise<ListedPage> => {
    const token = next ?? start.token;
    try {
      return await auditCall(work, listing.api, () => listing.fetch(token));
    } catch (error) {
      const refused = token !== undefined && error instanceof ProviderError && error.kind === "request";
      throw refused ? new RefusedTokenError(error) : error;
    }
  };
  try {
    for await (const page of pages(fetchPage)) {
      held.push(...page.sightings);
      if (page.nextToken === undefined) break;
      point = { ...point, token: page.nextToken };
      if (held.length >= sizes.sightingsPerFile) await flush();
      if (work.late()) {
        await flush();
        return { point, outOfTime: true };
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfTimeError)) throw error;
    await flush();
    return { point, outOfTime: true };
  }
  await flush();
  return { point, outOfTime: false };
}
