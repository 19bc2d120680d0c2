import { ProviderError } from "../../core/errors.ts";
import type { ResourceType } from "../../core/resource.ts";
import { OutOfTimeError } from "../cloud/call.ts";
import { learnTypes } from "../cloud/known-types.ts";
import { idleWatch, pages, repeatedToken } from "../cloud/pages.ts";
import { markToken } from "../cloud/token-mark.ts";
import { SHARD_START, withGap } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { askRecorded, countListed, withRecorded } from "./inventory-reach.ts";
import { inventoryOf, scanOf, scanOfTypes, seenOf } from "./listings.ts";
import type { ListedPage, Listing } from "./listings.ts";
import { inHalves, planScans, scanName, scanOfName, tallyPage, typeByType } from "./second-look.ts";
import type { Scope, ScopeTally } from "./second-look.ts";
import type { ListedType } from "./shard-regions.ts";
import { holdSighting } from "./sightings.ts";
import { sortedRun, withRun } from "./sort.ts";
import { sighted, sortFiles, typeAt } from "./work.ts";
import type { AuditPolicies, ShardWork, Step } from "./work.ts";

/** A listing whose token was refused, or whose rows changed places, is done anew from its start, this often. */
const MOST_RESTARTS = 3;

/**
 * Lists one type to the end of each of its listings, and leaves what it saw as sorted files. Throws ProviderError where
 * a listing fails. A listing that ends but keeps showing too few resources is a gap, and what it showed is kept.
 */
export async function listShardType(start: Checkpoint, work: ShardWork, policies: AuditPolicies): Promise<Step> {
  const { type, contract } = typeAt(start, work);
  const listed: ListedType = { shard: work.message.shard, type, contract, provider: work.provider };
  let point = start;
  for (let { phase } = point; phase !== "read"; { phase } = point) {
    const step = await takePhase(phase, point, { listed, work, policies });
    if (step.outOfTime) return step;
    ({ point } = step);
  }
  return { point, outOfTime: false };
}

/** Goes through one phase, to the next one or, where its listing can't go on, back to the first. */
async function takePhase(
  phase: keyof typeof NEXT,
  point: Checkpoint,
  {
    listed,
    work,
    policies,
  }: { readonly listed: ListedType; readonly work: ShardWork; readonly policies: AuditPolicies },
): Promise<Step> {
  if (phase === "count") {
    const counted = await countListed(withRecorded(point, listed, work), listed, work);
    return counted.outOfTime ? counted : after(counted.point);
  }
  if (phase === "scan" && point.tallies !== undefined) return scanTypes(point, listed, work, policies);
  const start = phase === "inventory" ? await askRecorded(point, listed, work) : { point, outOfTime: false };
  if (start.outOfTime) return start;
  const listing = LISTINGS[phase](listed, work, policies, start.point.recorded);
  return listing === undefined ? after(start.point) : listWhole(listing, start.point, listed, work);
}

/** Lists to the end, or begins anew where that can't be had otherwise. */
async function listWhole(listing: Listing, start: Checkpoint, { type }: ListedType, work: ShardWork): Promise<Step> {
  let ended: ListingEnd;
  try {
    ended = await listPages(listing, start, work);
  } catch (error) {
    if (!(error instanceof RefusedTokenError)) throw error;
    if (start.restarts >= MOST_RESTARTS) throw error.refusal;
    work.log.warn("A listing starts again: its token was refused", { type, code: error.refusal.code });
    return { point: fromStart(start), outOfTime: false };
  }
  if (ended.outOfTime) return ended;
  let { point } = ended;
  const { shown, short, lacking } = await tally(ended, work);
  if (short && point.restarts < MOST_RESTARTS) {
    work.log.warn("A listing starts again: rows changed places", { type, shown, total: point.total });
    return { point: fromStart(point), outOfTime: false };
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
  return after(point);
}

const LISTINGS = { inventory: inventoryOf, scan: scanOf, seen: seenOf };
const NEXT = { inventory: "count", count: "scan", scan: "seen", seen: "read" } as const;

/** The beginning of the phase that follows. */
function after(point: Checkpoint): Step {
  const { phase } = point;
  return { point: phase === "read" ? point : { ...withoutToken(point), phase: NEXT[phase] }, outOfTime: false };
}

/** Without what a listing needs while it is under way. */
function withoutToken(point: Checkpoint): Checkpoint {
  const { token: _, mark: __, total: ___, idle: ____, ...rest } = point;
  return rest;
}

/**
 * Lists by type what is quicker to list than to read by name. A listing that fails leaves its resources to be read one by
 * one: what it showed may be a part of their tags. One of several types is tried again in two halves, as it may be
 * refused for one of them.
 */
async function scanTypes(
  start: Checkpoint,
  listed: ListedType,
  work: ShardWork,
  policies: AuditPolicies,
): Promise<Step> {
  const { list } = listed.contract;
  const { tallies = {}, ...rest } = start;
  const scans = start.scans ?? { open: planScans(tallies, list, isListable(listed)), ended: [] };
  let point: Checkpoint = { ...rest, scans };
  for (let [name] = scans.open; name !== undefined; [name] = point.scans?.open ?? []) {
    const { open = [], ended = [] } = point.scans ?? {};
    const scan = scanOfName(name);
    const then = (next: readonly string[], done: readonly string[] = []): Pick<Checkpoint, "scans"> => ({
      scans: { open: [...next, ...open.slice(1)], ended: [...ended, ...done] },
    });
    const without = withoutToken(point);
    try {
      const { provider, account, caller, clock, log } = work;
      await learnTypes(
        scan.types,
        scan.region,
        { provider, account, contract: listed.contract },
        { caller, clock, log },
      );
      const end = await listPages(scanOfTypes(scan, listed, work, policies), point, work);
      if (end.outOfTime) return { point: { ...end.point, tallies }, outOfTime: true };
      point = { ...withoutToken(end.point), ...then([], typeByType(scan).map(scanName)) };
    } catch (error) {
      const refusal = error instanceof RefusedTokenError ? error.refusal : error;
      if (!(refusal instanceof ProviderError) || refusal.retryable) throw refusal;
      const { code, kind } = refusal;
      work.log.warn("Types can't be listed by their tags", { shard: work.message.shard.id, scan: name, code });
      point = { ...without, ...then(kind === "access" ? [] : inHalves(scan).map(scanName)) };
    }
  }
  return after(point);
}

/** Whether all that a scope's listing would show is in that scope, and no call is refused for its type. */
function isListable({ contract }: ListedType): (scope: Scope) => boolean {
  const { list, globalServices, typeListing } = contract;
  if (list.typeScan !== true) return () => false;
  const isCentral = (type: ResourceType): boolean => globalServices?.has(type.split(":", 2)[1] ?? "") === true;
  // What is asked for in a region may show what has none as well; what is asked for in projects doesn't.
  if (list.typesPerScan === undefined) return ({ region, type }) => region !== "global" || isCentral(type);
  return ({ type }) => typeListing?.usual.has(type) !== false;
}

/** What the type's listings showed so far doesn't count: where rows move, two listings don't make one. */
function fromStart({ typeIndex, manifest, summary, restarts, recorded }: Checkpoint): Checkpoint {
  const known = recorded !== undefined && { recorded };
  return { ...SHARD_START, typeIndex, manifest, summary, restarts: restarts + 1, ...known };
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

/** The same place, with what a page adds to the counts of its listing. */
function counting(point: Checkpoint, page: ListedPage, tallies: Map<string, ScopeTally>): Checkpoint {
  const { judged, rows = 0, total } = page;
  if (judged !== undefined) tallyPage(tallies, judged);
  return {
    ...point,
    ...(judged !== undefined && { tallies: Object.fromEntries(tallies), rowsListed: (point.rowsListed ?? 0) + rows }),
    ...(total !== undefined && { total: Math.max(total, point.total ?? 0) }),
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
  const tallies = new Map(Object.entries(start.tallies ?? {}));
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
      point = counting(point, page, tallies);
      if (page.total !== undefined) last = { total: page.total };
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
