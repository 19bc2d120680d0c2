import { readerOf, type TypeContract } from "../../core/contract.ts";
import { messageOf, ProviderError } from "../../core/errors.ts";
import type { ResourceType } from "../../core/resource.ts";
import { OutOfTimeError } from "../cloud/call.ts";
import {
  contentOf,
  contentOfInventoryPage,
  contentOfTagPage,
  idleWatch,
  pages,
  repeatedToken,
} from "../cloud/pages.ts";
import { markToken } from "../cloud/token-mark.ts";
import type { Shard } from "../ports/audit-queue.ts";
import { SHARD_START, withGap } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { asksFor, inTurn, isIn, readRegion, regionsListing } from "./shard-regions.ts";
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
  /** Whether the provider showed anything, ours or not. */
  readonly isEmpty: boolean;
  readonly sightings: readonly Sighting[];
  /** What the API answered, whether it is ours or not: equal for equal pages, empty for an empty one. */
  readonly content: string;
}

interface Listing {
  /** One page, retries included. */
  fetch(token: string | undefined): Promise<ListedPage>;
  /** What it may mean that all of it shows nothing, beside that there is nothing. */
  readonly emptyMayMean?: string | undefined;
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
      if (ended.isEmpty && listing.emptyMayMean !== undefined) {
        const reason = `its listing shows nothing: there is nothing, or ${listing.emptyMayMean}`;
        point = withGap(point, { shard: work.message.shard.id, type, reason, unproven: true });
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
  /** Whether no page of it showed anything. */
  readonly isEmpty: boolean;
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
    emptyMayMean: api.emptyMayMean,
    async fetch(token) {
      const listed = await auditCall(work, api, () =>
        inTurn(regionsListing(message.shard, type), token, (region, inRegion) =>
          provider.listInventory(region, type, inRegion),
        ),
      );
      const content = contentOfInventoryPage(listed);
      const { resources, rowCount: _, ...page } = listed;
      const sightings = belonging(inventorySightings({ resources }), type, message.shard);
      return { ...page, sightings, isEmpty: resources.length === 0, content };
    },
  };
}

function scanOf(type: ResourceType, contract: TypeContract, work: ShardWork): Listing | undefined {
  const { list } = readerOf({ type }, contract);
  const api = list.scan ? list : list.fullListing;
  if (api === undefined) return undefined;
  const { provider, counts, message, log } = work;
  const { shard } = message;
  const region = readRegion(shard, type);
  return {
    async fetch(token) {
      try {
        const { rows, rowCount, ...page } = await auditCall(work, api, () =>
          provider.listTagResources({ region, type }, token),
        );
        counts.countRows(rowCount);
        const content = contentOfTagPage({ rows, rowCount, ...page });
        const sightings = belonging(tagListingSightings({ rows }), type, shard);
        return { ...page, sightings, isEmpty: rowCount === 0, content };
      } catch (error) {
        // Nobody has to grant it: what the inventory shows is read one by one.
        if (api === list || !(error instanceof ProviderError) || error.kind !== "access") throw error;
        log.debug("A listing of all tags is not granted", { type, action: api.action, code: error.code });
        return { sightings: [], isEmpty: true, content: "" };
      }
    },
  };
}

/** A listing of all types also shows what is audited elsewhere or not at all: other types, other regions. */
function belonging(sightings: readonly Sighting[], listed: ResourceType, shard: Shard): readonly Sighting[] {
  if (!listed.includes("*")) return sightings;
  const [isOurs, isHere] = [asksFor(shard, listed), isIn(shard)];
  return sightings.filter(({ type, id }) => isOurs(type) && isHere(id));
}

/** Resources that events told of, apart from those so new that listings and reads may not show them yet. */
function seenOf(type: ResourceType, _contract: TypeContract, work: ShardWork): Listing | undefined {
  const { seen, message, log, counts } = work;
  if (seen === undefined) return undefined;
  const { shard, startedAt } = message;
  const isOurs = asksFor(shard, type);
  return {
    async fetch(token) {
      try {
        const { account } = shard;
        const { resources, ...page } = await inTurn(regionsListing(shard, type), token, (region, inRegion) =>
          seen.ledger.list({ type, account, region }, inRegion),
        );
        const settled = resources.filter((one) => one.lastSeen <= startedAt - seen.settleMs && isOurs(one.type));
        return {
          ...page,
          sightings: seenSightings(settled),
          isEmpty: resources.length === 0,
          content: contentOf(resources),
        };
      } catch (error) {
        // The listings show nearly all of it; a report without the rest is worth more than none.
        const reason = messageOf(error);
        log.error("The events seen can't be listed", { shard: shard.id, type, reason });
        counts.note(`${type} in ${shard.id}: what only events told of is not counted: ${reason}`);
        return { sightings: [], isEmpty: true, content: "" };
      }
    },
  };
}

async function listPages(listing: Listing, start: Checkpoint, work: ShardWork): Promise<ListingEnd> {
  const { sizes } = work;
  let point = start;
  let last: { total?: number } = {};
  // What an invocation before this one has listed was something.
  let isEmpty = start.token === undefined;
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
      if (!page.isEmpty) isEmpty = false;
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
        return { point, outOfTime: true, isEmpty };
      }
    }
  } catch (error) {
    if (!(error instanceof OutOfTimeError)) throw error;
    await flush();
    return { point, outOfTime: true, isEmpty };
  }
  await flush();
  return { point, outOfTime: false, isEmpty, ...last };
}
