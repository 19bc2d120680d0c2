import type { AccountConfig } from "../../core/config/config.ts";
import { readerOf, searchedBy } from "../../core/contract.ts";
import { messageOf, ProviderError } from "../../core/errors.ts";
import { contentOf, contentOfInventoryPage, contentOfTagPage } from "../cloud/pages.ts";
import type { InventoryResource, TagQuery } from "../ports/provider.ts";
import { isRecorded, type Recorded } from "../../core/recorded.ts";
import type { ResourceType, Tags } from "../../core/resource.ts";
import { isProof } from "./second-look.ts";
import type { Scan, tallyPage } from "./second-look.ts";
import { asksFor, inTurn, isIn, placeIn, regionsListing, regionsOfInventory, scanRegion } from "./shard-regions.ts";
import type { ListedType } from "./shard-regions.ts";
import { inventorySightings, seenSightings, tagListingSightings } from "./sightings.ts";
import type { Sighting } from "./sightings.ts";
import { auditCall } from "./work.ts";
import type { AuditPolicies, ShardWork } from "./work.ts";

/** One page of a listing, as an audit keeps it. */
export interface ListedPage {
  readonly nextToken?: string;
  readonly total?: number;
  /** Whether the provider showed anything, ours or not. */
  readonly isEmpty: boolean;
  readonly sightings: readonly Sighting[];
  /** What the API answered, whether it is ours or not: equal for equal pages, empty for an empty one. */
  readonly content: string;
  /** How many rows the API answered for the regions that are audited. */
  readonly rows?: number;
  /** What there is to say of the inventory's rows, where their tags prove compliance. */
  readonly judged?: Parameters<typeof tallyPage>[1];
}

/** What one phase of an audit asks for, page by page. */
export interface Listing {
  /** One page, retries included. */
  fetch(token: string | undefined): Promise<ListedPage>;
  /** What it may mean that all of it shows nothing, beside that there is nothing. */
  readonly emptyMayMean?: string | undefined;
}

/** What exists of a type, where the cloud has an inventory of it. */
export function inventoryOf(
  listed: ListedType,
  work: ShardWork,
  policies: AuditPolicies,
  recorded: Recorded | undefined,
): Listing | undefined {
  const { shard, type, contract } = listed;
  const { provider, message, account } = work;
  const api = contract.inventory[type];
  if (api === undefined) return undefined;
  const proves = api.provesCompliance === true;
  const place = placeIn(shard, type, contract);
  /** Whether its own tags say all that an audit needs to know of a resource. */
  const isProven = ({ id: name, type: ownType, inlineTags }: Sighting): boolean => {
    const { id, region, project } = place(name);
    const ref = { type: ownType, account: account.account, region, project, id };
    return inlineTags !== undefined && isProof({ ...ref, tags: inlineTags }, policies, message.at);
  };
  const redact = redactWith(policies, listed, work.account);
  return {
    emptyMayMean: api.emptyMayMean,
    async fetch(token) {
      const fetchIn = async (region: string, inRegion: string | undefined) => {
        const { resources, rowCount, elsewhere = 0, ...page } = await provider.listInventory(region, type, inRegion);
        const isCurrent = (of: ResourceType) => proves && isRecorded(of, recorded);
        const named = inventorySightings({ resources }, namesIn(region, listed, account), isCurrent).map(redact);
        const content = contentOfInventoryPage({ resources, ...(rowCount !== undefined && { rowCount }), ...page });
        const sightings = belonging(named, listed);
        const rows = (rowCount ?? resources.length) - elsewhere;
        return { ...page, sightings, isEmpty: resources.length === 0, content, rows };
      };
      const page = await auditCall(work, api, () => inTurn(regionsOfInventory(shard, type, contract), token, fetchIn));
      if (!proves) return page;
      const judged = page.sightings
        .filter(({ notTaggable }) => notTaggable === undefined)
        .map((one) => ({
          region: place(one.id).region,
          project: one.project,
          type: one.type,
          isTagged: (one.inlineTags?.size ?? one.tagCount ?? 0) > 0,
          isProven: isProven(one),
        }));
      return { ...page, judged };
    },
  };
}

/** What calls name what a listing of one region shows. */
function namesIn(region: string, { type: listed, contract }: ListedType, { account }: AccountConfig) {
  const naming = listed.includes("*") ? contract.naming : undefined;
  if (naming === undefined) return ({ id }: InventoryResource): string => id;
  return ({ type, id, project, region: own = region }: InventoryResource): string =>
    naming.nameOf({ type, account, region: own, project, id });
}

/** What a listing shows is kept until it is judged, but for what forbidden keys hold. */
function redactWith(
  { redacted }: Pick<AuditPolicies, "redacted">,
  { shard, type, contract }: ListedType,
  { account }: Pick<AccountConfig, "account">,
): (sighting: Sighting) => Sighting {
  if (redacted === undefined) return (sighting) => sighting;
  const place = placeIn(shard, type, contract);
  return (sighting) => {
    const { id, region, project } = place(sighting.id);
    const ref = { type: sighting.type, account, region, project, id };
    const without = (shown: Tags | undefined): Tags | undefined => shown && redacted({ ...ref, tags: shown });
    return { ...sighting, tags: without(sighting.tags), inlineTags: without(sighting.inlineTags) };
  };
}

/** All that carries tags, of a type or of all types, where one listing shows it. */
export function scanOf(listed: ListedType, work: ShardWork, policies: AuditPolicies): Listing | undefined {
  const { type, contract } = listed;
  const { list } = readerOf({ type }, contract);
  const api = list.scan ? list : list.fullListing;
  if (api === undefined) return undefined;
  const { provider, counts, message, log } = work;
  const { shard } = message;
  const region = scanRegion(shard, type, contract);
  const redact = redactWith(policies, listed, work.account);
  return {
    async fetch(token) {
      try {
        const { rows, rowCount, ...page } = await auditCall(work, api, () =>
          provider.listTagResources({ region, type }, token),
        );
        counts.countRows(rowCount);
        const content = contentOfTagPage({ rows, rowCount, ...page });
        const sightings = belonging(tagListingSightings({ rows }), listed).map(redact);
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
function belonging(sightings: readonly Sighting[], listed: ListedType): readonly Sighting[] {
  if (!listed.type.includes("*")) return sightings;
  const [isOurs, isHere] = [asksFor(listed), isIn(listed)];
  return sightings.filter(({ type, id }) => isOurs(type) && isHere(id));
}

/** Resources that events told of, apart from those so new that listings and reads may not show them yet. */
export function seenOf(listed: ListedType, work: ShardWork): Listing | undefined {
  const { type, contract } = listed;
  const { seen, message, log, counts } = work;
  if (seen === undefined) return undefined;
  const { shard, startedAt } = message;
  const isOurs = asksFor(listed);
  return {
    async fetch(token) {
      try {
        const { account } = shard;
        return await inTurn(regionsListing(shard, type, contract), token, async (region, inRegion) => {
          const { resources, ...page } = await seen.ledger.list({ type, account, region }, inRegion);
          const settled = resources.filter((one) => one.lastSeen <= startedAt - seen.settleMs && isOurs(one.type));
          const sightings = seenSightings(settled, namesIn(region, listed, work.account));
          return { ...page, sightings, isEmpty: resources.length === 0, content: contentOf(resources) };
        });
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

/** All of some types in one place that carries tags, or that carries none, in place of reads by name. */
export function scanOfTypes(
  { types, untagged, ...place }: Scan,
  listed: ListedType,
  work: ShardWork,
  policies: AuditPolicies,
): Listing {
  const { provider, counts } = work;
  const { contract } = listed;
  const isHere = isIn(listed);
  const [only = "", ...others] = types;
  const what = others.length === 0 ? { type: only } : { type: contract.types[0] ?? only, types };
  const query: TagQuery = { ...place, ...what, ...(untagged && { untagged }) };
  const redact = redactWith(policies, listed, work.account);
  return {
    async fetch(token) {
      const send = () => provider.listTagResources(query, token);
      const { rows, rowCount, ...page } = await auditCall(work, searchedBy(contract.list), send, place.region);
      counts.countRows(rowCount);
      const content = contentOfTagPage({ rows, rowCount, ...page });
      const ours = rows.filter((row) => types.includes(row.type) && isHere(row.id));
      const sightings = tagListingSightings({ rows: ours }, place.project).map(redact);
      return { ...page, sightings, isEmpty: rowCount === 0, content };
    },
  };
}
