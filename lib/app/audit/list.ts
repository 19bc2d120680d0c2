import type { TypeContract } from "../../core/contract.ts";
import { messageOf, ProviderError } from "../../core/errors.ts";
import type { ResourceType } from "../../core/resource.ts";
import { OutOfTimeError } from "../cloud/call.ts";
import { contentOf, contentOfTagPage, idleWatch, pages, repeatedToken } from "../cloud/pages.ts";
import { markToken } from "../cloud/token-mark.ts";
import type { Shard } from "../ports/audit-queue.ts";
import { SHARD_START, withGap } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { asksFor, inTurn, isIn, regionsOf } from "./shard-regions.ts";
import { holdSighting, inventorySightings, seenSightings, tagListingSightings } from "./sightings.ts";
import type { Sighting } from "./sightings.ts";
import { sortedRun, withRun } from "./sort.ts";
import { auditCall, sighted, sortFiles, typeAt } from "./work.ts";
import type { ShardWork, Step } from "./work.ts";

/** A listing whose token was refused, or whose rows changed places, is done anew from its start, this often. */
const MOST_RESTARTS = 3;

interface ListedPage {
  readonly nextToken?: string;
  readonly total?: number;
  readonly sightings: readonly Sighting[];
  /** What the API answered, whether it is ours or not: equal for equal pages, empty for an empty one. */
  readonly content: string;
}

interface Listing {
  /** One page, retries included. */
  fetch(token: string | undefined): Promise<ListedPage>;
}

/**
 * Lists one type to the end of each of its listings, and leaves what it saw as sorted files. Throws ProviderError where
 * a listing fails. A listing that ends but keeps showing too few resources is a gap, and what it showed is kept.
 */
export async function listShardType(start: Checkpoint, work: ShardWork): Promise<Step> {
  const { type, contract } = typeAt(start, work);
  let point = start;
  for (let { phase } = point; phase !== "read"; { phase } = point) {
    const listing = LISTINGS[phase](type, contract, work);
    if (listing !== undefined) {
      let ended: ListingEnd;
      try {
        ended = await listPages(listing, point, work);
      } catch (error) {
        if (!(error instanceof RefusedTokenError)) throw error;
        if (point.restarts >= MOST_RESTARTS) throw error.refusal;
        work.log.warn("A listing starts again: its token was refused", { type, code: error.refusal.code });
        point = fromStart(point);
        continue;
      }
      if (ended.outOfTime) return ended;
      ({ point } = ended);
      const { shown, short, lacking } = await tally(ended, work);
      if (short && point.restarts < MOST_RESTARTS) {
        work.log.warn("A listing starts again: rows changed places", { type, shown, total: point.total });
        point = fromStart(point);
        continue;
      }
      if (lacking > 0) {
        const counted = `the provider counts ${shown + lacking} resources and its listing showed ${shown}`;
        const reason = `IncompleteListing: ${counted}, after ${point.restarts} repetitions`;
        point = withGap(point, { shard: work.message.shard.id, type, reason });
      }
    }
    const { token: _, mark: __, total: ___, idle: ____, ...rest } = point;
    point = { ...rest, phase: NEXT[phase] };
  }
  return { point, outOfTime: false };
}

const LISTINGS = { inventory: inventoryOf, scan: scanOf, seen: seenOf };
const NEXT = { inventory: "scan", scan: "seen", seen: "read" } as const;

/** What the type's listings showed so far doesn't count: where rows move, two listings don't make one. */
function fromStart({ typeIndex, manifest, summary, restarts }: Checkpoint): Checkpoint {
  return { ...SHARD_START, typeIndex, manifest, summary, restarts: restarts + 1 };
}

interface ListingEnd extends Step {
  /** What the last page said of the whole; absent where the API doesn't say. */
  readonly total?: number;
}

/**
 * Rows of a numbered listing that change places while it is read, e.g. because they are sorted by their last change,
 * can jump over the page that is next. `short`: fewer resources than there were at any time, which may also be for
 * deletions. `lacking`: how many of those that are there now the listing hasn't shown, at least.
 */
async function tally({ point, total }: ListingEnd, work: ShardWork) {
  let shown = 0;
  if (total === undefined) return { shown, short: false, lacking: 0 };
  for await (const block of sighted(point, work)) shown += block.length;
  return { shown, short: shown < Math.max(total, point.total ?? 0), lacking: Math.max(0, total - shown) };
}

/** A wrong request stays wrong, but one that was right on the page before has a token that went bad. */
class RefusedTokenError extends Error {
  readonly refusal: ProviderError;

  constructor(refusal: ProviderError) {
    super(refusal.message, { cause: refusal });
    this.refusal = refusal;
  }
}

function inventoryOf(type: ResourceType, contract: TypeContract, work: ShardWork): Listing | undefined {
  const { provider, message } = work;
  const api = contract.inventory[type];
  if (api === undefined) return undefined;
  return {
    async fetch(token) {
      const { resources, ...page } = await auditCall(work, api, () =>
        inTurn(regionsOf(message.shard), token, (region, inRegion) => provider.listInventory(region, type, inRegion)),
      );
      const sightings = inventorySightings({ resources });
      const content = contentOf(resources);
      return {
        ...page,
        content,
        sightings: type.includes("*") ? sightings.filter(belonging(message.shard)) : sightings,
      };
    },
  };
}

function scanOf(type: ResourceType, contract: TypeContract, work: ShardWork): Listing | undefined {
  if (!contract.list.scan) return undefined;
  const { provider, counts, message } = work;
  const { region } = message.shard;
  return {
    async fetch(token) {
      const { rows, rowCount, ...page } = await auditCall(work, contract.list, () =>
        provider.listTagResources({ region, type }, token),
      );
      counts.countRows(rowCount);
      const sightings = tagListingSightings({ rows });
      const content = contentOfTagPage({ rows, rowCount, ...page });
      return {
        ...page,
        content,
        sightings: type.includes("*") ? sightings.filter(belonging(message.shard)) : sightings,
      };
    },
  };
}

/** A listing of all types also shows what is audited elsewhere or not at all: other types, other regions. */
function belonging(shard: Shard): (sighting: Sighting) => boolean {
  const [isOurs, isHere] = [asksFor(shard), isIn(shard)];
  return ({ type, id }) => isOurs(type) && isHere(id);
}

/** Resources that events told of, apart from those so new that listings and reads may not show them yet. */
function seenOf(type: ResourceType, _contract: TypeContract, work: ShardWork): Listing | undefined {
  const { seen, message, log, counts } = work;
  if (seen === undefined) return undefined;
  const { shard, startedAt } = message;
  const isOurs = asksFor(shard);
  return {
    async fetch(token) {
      try {
        const { account } = shard;
        const { resources, ...page } = await inTurn(regionsOf(shard), token, (region, inRegion) =>
          seen.ledger.list({ type, account, region }, inRegion),
        );
        const settled = resources.filter((one) => one.lastSeen <= startedAt - seen.settleMs && isOurs(one.type));
        const content = contentOf(resources);
        return { ...page, content, sightings: seenSightings(settled) };
      } catch (error) {
        // The listings show nearly all of it; a report without the rest is worth more than none.
        const reason = messageOf(error);
        log.error("The events seen can't be listed", { shard: shard.id, type, reason });
        counts.note(`${type} in ${shard.id}: what only events told of is not counted: ${reason}`);
        return { content: "", sightings: [] };
      }
    },
  };
}

async function listPages(listing: Listing, start: Checkpoint, work: ShardWork): Promise<ListingEnd> {
  const { sizes } = work;
  let point = start;
  let last: { total?: number } = {};
  const held = new Map<string, string>();
  const watch = idleWatch(start.idle);
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (held.size === 0) return;
    const files = sortFiles(work);
    const run = await sortedRun(held, files);
    held.clear();
    characters = 0;
    point = { ...point, sightings: await withRun(point.sightings, run, files) };
  };
  const fetchPage = async (next: string | undefined): Promise<ListedPage> => {
    const token = next ?? start.token;
    try {
      return await listing.fetch(token);
    } catch (error) {
      const isRefusal = error instanceof ProviderError && (error.kind === "request" || error.kind === "unknown");
      const refused = token !== undefined && isRefusal;
      throw refused ? new RefusedTokenError(error) : error;
    }
  };
  try {
    for await (const page of pages(fetchPage)) {
      for (const sighting of page.sightings) characters += holdSighting(held, sighting);
      if (page.total !== undefined) {
        last = { total: page.total };
        point = { ...point, total: Math.max(page.total, point.total ?? 0) };
      }
      if (page.nextToken === undefined) break;
      // `pages` remembers every token, but of this invocation only.
      const mark = markToken(point.mark, page.nextToken);
      if (mark === undefined) throw repeatedToken("in an invocation before this one");
      const { idle: _, ...rest } = point;
      const idle = watch.note(page.content);
      point = { ...rest, token: page.nextToken, mark, ...(idle > 0 && { idle }) };
      if (held.size >= sizes.sightingsHeld || characters >= sizes.charactersHeld) await flush();
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
  return { point, outOfTime: false, ...last };
}
