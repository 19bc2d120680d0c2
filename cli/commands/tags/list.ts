import { createCaller, OutOfTimeError, type Caller } from "../../../lib/app/cloud/call.ts";
import { isolateRead, type ReadError } from "../../../lib/app/cloud/isolate-read.ts";
import { contentOfTagPage, pages } from "../../../lib/app/cloud/pages.ts";
import { learnTypes } from "../../../lib/app/cloud/known-types.ts";
import { readByIds } from "../../../lib/app/cloud/read-by-ids.ts";
import { systemClock } from "../../../lib/app/ports/system-clock.ts";
import type { TagPage, TagQuery } from "../../../lib/app/ports/provider.ts";
import { chunksOf } from "../../../lib/core/chunks.ts";
import {
  calledBy,
  callNameOf,
  filterProblem,
  readerOf,
  searchedBy,
  type ApiContract,
  type ListContract,
  type Reader,
} from "../../../lib/core/contract.ts";
import { InputError, ProviderError, errorText } from "../../../lib/core/errors.ts";
import { globMatcher } from "../../../lib/core/glob.ts";
import type { Resource, ResourceType } from "../../../lib/core/resource.ts";
import { shownTag } from "../../../lib/core/shown.ts";
import { unreadable } from "../../../lib/core/unreadable.ts";
import { resourceToJson } from "../../input/resource-line.ts";
import { parseTagFilter } from "../../input/tag-arguments.ts";
import { plainText, EXIT, type Io } from "../../io.ts";
import { progress } from "../../output/progress.ts";
import { chooseFormat, rowWriter, type Column } from "../../output/results.ts";
import { stderrLog } from "../../output/stderr-log.ts";
import { tellWait, type Reason } from "../../output/tell-wait.ts";
import { openCloud, parseSeconds, type Cloud } from "../../work/cloud.ts";
import { clockUntil } from "../../work/stop.ts";
import { idsOf, targetOf, type Target, type TargetOptions } from "../../work/tag-target.ts";

export interface ListOptions extends TargetOptions {
  readonly config: string;
  readonly id?: readonly string[];
  readonly tag?: readonly string[];
  readonly maxSeconds: string;
  readonly format?: string;
}

const COLUMNS: readonly Column<Resource>[] = [
  ["type", ({ type }) => type],
  ["region", ({ region }) => region],
  ["id", ({ id }) => id, "id"],
  ["tags", ({ tags }) => [...(tags ?? [])].map(([key, value]) => shownTag(key, value)).join(" ")],
];

/** One query, and the API that it asks. */
interface Asked {
  readonly query: TagQuery;
  readonly api: ApiContract;
  /** The same API where it is asked by ids. */
  readonly byIds?: ListContract;
}

/** The queries that together ask for what the options ask for, each within the limits of its API. */
function queriesOf(options: ListOptions, target: Target): readonly Asked[] {
  const ids = idsOf(options.id ?? []);
  if (ids.length === 0) return queriesTo(readerOf(target, target.contract), [], options, target);
  const readers = ids.map((id) => ({ id, reader: readerOf({ type: target.type, id }, target.contract) }));
  return [...Map.groupBy(readers, ({ reader }) => reader.list.action).values()].flatMap((some) =>
    some[0] === undefined
      ? []
      : queriesTo(
          some[0].reader,
          some.map(({ id }) => id),
          options,
          target,
        ),
  );
}

/** The tags to list by, as many and as long as the API takes. */
function tagFiltersOf(
  options: ListOptions,
  type: ResourceType,
  contract: Target["contract"],
): readonly ReturnType<typeof parseTagFilter>[] {
  const tags = (options.tag ?? []).map(parseTagFilter);
  const { tagFilters } = contract.list;
  if (tags.length > tagFilters) {
    const most = tagFilters === 0 ? "names no tags; give --id instead" : `names at most ${tagFilters} tags`;
    throw new InputError(`--tag: a listing of ${type} ${most}`);
  }
  for (const tag of tags) {
    const problem = filterProblem(tag, contract);
    if (problem !== undefined) throw new InputError(`--tag: ${problem}`);
  }
  return tags;
}

/** Queries to one API, which `reader` names. */
function queriesTo(reader: Reader, ids: readonly string[], options: ListOptions, target: Target): readonly Asked[] {
  const { type: asked, region, project, contract } = target;
  // What is asked for by itself narrows the listing of all types.
  const type = reader.list === contract.list ? asked : reader.type;
  const { tagFilters, idsPerCall, fullListing } = reader.list;
  const scan = reader.list.scan || (reader.list.typeScan === true && !type.includes("*"));
  const tags = tagFiltersOf(options, type, { ...contract, list: reader.list });
  if (ids.length === 0 && tags.length === 0 && !scan && fullListing === undefined) {
    throw new InputError(
      `--type ${type}: its tags are listed by id or tag only; add --id${tagFilters > 0 ? " or --tag" : ""}`,
    );
  }
  const query = { region, project, type, ...(tags.length === 0 ? {} : { tags }) };
  const searched = searchedBy(reader.list);
  if (ids.length === 0) return [{ query, api: scan ? searched : (fullListing ?? searched) }];
  const names = ids.map((id) => nameIn(target, id));
  return chunksOf(names, idsPerCall).map((some) => ({
    query: { ...query, ids: some },
    api: reader.list,
    byIds: reader.list,
  }));
}

/** What calls name a resource of `--id` by. */
function nameIn({ type, region, project, provider, contract }: Target, id: string): string {
  return callNameOf({ type, account: provider.account, region, project, id }, contract);
}

interface Listed {
  readonly resources: readonly Resource[];
  /** Ids that could not be read, each with the reason. */
  readonly failed: ReadonlyMap<string, ReadError>;
  /** Ids that were read and of which nothing came back, not even that they exist. */
  readonly unseen: readonly string[];
}

const FIRST_WAIT_MS = 1_000;

interface Listing {
  readonly target: Target;
  readonly cloud: Cloud;
  readonly maxSeconds: number;
  /** The project that was asked for. */
  readonly named: string | undefined;
}

/** Every page of every query, the rows of a resource put together. Each id has its own answer. */
async function readAll(queries: readonly Asked[], listing: Listing, io: Io): Promise<Listed> {
  const { provider, account, region } = listing.target;
  const place = { account: provider.account, region, ...(listing.named !== undefined && { project: listing.named }) };
  const found = new Map<string, Resource & { readonly tags: Map<string, string> }>();
  const bar = progress(io.stderr, "rows");
  const keep = ({ rowCount, rows }: TagPage): void => {
    bar.advance(rowCount);
    for (const { id: name, type, tags } of rows) {
      const { id } = calledBy(name, { type }, listing.target.contract);
      const resource = found.get(name) ?? { type, ...place, id, tags: new Map() };
      for (const [key, value] of tags) resource.tags.set(key, value);
      found.set(name, resource);
    }
  };
  const untold = new Map<string, ProviderError>();
  const read = async ({ query, api, byIds }: Asked, caller: Caller): Promise<void> => {
    const { ids = [] } = query;
    const named = ids.map((id) => calledBy(id, query, listing.target.contract).type);
    const types = new Set(ids.length === 0 ? [query.type] : named);
    await learnTypes(types, region, listing.target, { caller, clock: systemClock });
    const [resource] = byIds?.idsPerCall === 1 ? ids : [];
    const fetchPage = async (token: string | undefined): Promise<TagPage> => {
      const page = await caller.call({ account, region, project: query.project, api, kind: "read", resource }, () =>
        provider.listTagResources(query, token, { signal: io.signal }),
      );
      keep(page);
      return page;
    };
    if (byIds === undefined) {
      for await (const _ of pages(fetchPage, contentOfTagPage));
      return;
    }
    // A read that broke off may have shown some of their tags.
    for (const id of ids) found.delete(id);
    const { tagsPerResource } = listing.target.contract;
    const { untold: some, error } = await readByIds(ids, { list: byIds, tagsPerResource }, fetchPage);
    for (const id of ids) untold.delete(id);
    if (error !== undefined) for (const id of some) untold.set(id, error);
  };
  const refused = await readIds(
    queries.filter(({ query }) => query.ids !== undefined),
    read,
    listing,
    io,
  );
  for (const one of queries) if (one.query.ids === undefined) await read(one, listing.cloud.caller);
  await bar.end();
  const asked = queries.flatMap(({ query }) => query.ids ?? []);
  // What was told without being asked for is shown as well: it may be what was meant.
  const failed = new Map([...untold, ...refused]);
  const unseen = asked.filter((id) => !found.has(id) && !failed.has(id));
  const resources = [...found].flatMap(([name, resource]) => (failed.has(name) ? [] : [resource]));
  return { resources, failed, unseen };
}

/**
 * Reads queries for ids, and answers what could not be read, id by id: what one of them is refused for is searched for,
 * and the others of its call are read. What may yet succeed is tried again, all of it together, until the time is up.
 */
async function readIds(
  queries: readonly Asked[],
  read: (asked: Asked, caller: Caller) => Promise<void>,
  { cloud, maxSeconds }: Listing,
  io: Io,
): Promise<ReadonlyMap<string, ReadError>> {
  const { limiter, deadline } = cloud;
  const clock = clockUntil(io.signal);
  const failed = new Map<string, ReadError>();

  async function readSome(asked: Asked, ids: readonly string[], caller: Caller): Promise<ReadError | undefined> {
    try {
      await read(withIds(asked, ids), caller);
      for (const id of ids) failed.delete(id);
      return undefined;
    } catch (error) {
      if (!(error instanceof ProviderError || error instanceof OutOfTimeError)) throw error;
      for (const id of ids) failed.set(id, error);
      return error;
    }
  }

  const mayPass = (error: ReadError | undefined): boolean => error instanceof ProviderError && !error.isFinal;
  let open = queries;
  for (let attempt = 0; ; attempt += 1) {
    // One for each attempt, since it never asks again where it was denied access.
    const caller = createCaller({ clock, random: Math.random, limiter, deadline, reserveMs: 0, log: stderrLog(io) });
    for (const asked of open) {
      const { ids = [] } = asked.query;
      const error = await readSome(asked, ids, caller);
      if (error === undefined || ids.length === 1) continue;
      const blamed = await isolateRead(ids, error, (some) => readSome(asked, some, caller));
      for (const [id, reason] of blamed) failed.set(id, reason);
    }
    open = open.flatMap((asked) => {
      const ids = (asked.query.ids ?? []).filter((id) => mayPass(failed.get(id)));
      return ids.length === 0 ? [] : [withIds(asked, ids)];
    });
    const wait = FIRST_WAIT_MS * 2 ** attempt;
    if (open.length === 0 || io.signal.aborted || wait >= deadline.remainingMs()) return failed;
    const waiting = open.flatMap(({ query }) => (query.ids ?? []).flatMap((id) => failed.get(id) ?? []));
    tellWait("resource", maxSeconds, io)(waiting.map(reasonOf), wait);
    await clock.sleep(wait);
  }
}

function withIds({ query, ...rest }: Asked, ids: readonly string[]): Asked {
  return { query: { ...query, ids }, ...rest };
}

/** What was said last of an id that can't be read. */
function reasonOf(error: ReadError): Reason {
  if (error instanceof ProviderError) return error;
  return error.lastError ?? { code: "OutOfTime", message: error.message };
}

/**
 * A listing by tag may hold only the rows of the tags that were asked for: the documentation leaves it open. What is
 * printed are all tags of a resource, so its tags are then read again by its id.
 */
async function withAllTags(
  matching: Listed,
  options: ListOptions,
  target: Target,
  read: (queries: readonly Asked[]) => Promise<Listed>,
): Promise<Listed> {
  const ids = matching.resources.map(({ id }) => id);
  if (options.tag === undefined || ids.length === 0 || target.contract.list.rows === "resource") return matching;
  const { tag: _tag, ...byId } = options;
  const again = await read(queriesOf({ ...byId, id: ids }, target));
  return { ...again, failed: new Map([...matching.failed, ...again.failed]) };
}

interface Readable {
  /** Absent where nothing is left to ask for. */
  readonly asked?: ListOptions;
  /** Why nothing is asked of what was named: one line each. */
  readonly unread: readonly string[];
  /** What a listing of many types leaves out: one line each. */
  readonly leftOut: readonly string[];
}

/** Takes out what the API never shows: an empty listing of it would look like resources without tags. */
function readablePart(options: ListOptions, { type, contract }: Target): Readable {
  const line = (name: string, error: ProviderError): string => `${name}: ${errorText(error.code, error.message)}`;
  if (options.id === undefined) {
    const error = unreadable({ type }, contract);
    if (error !== undefined) return { unread: [line(type, error)], leftOut: [] };
    const silent = Object.keys(contract.list.silentTypes).filter(globMatcher(type));
    const leftOut = silent
      .filter((one) => one !== type)
      .map((one) => {
        const todo = contract.nativeLists?.[one] === undefined ? "" : `; ask for --type ${one}`;
        return `${one} is not listed: ${contract.list.action} never shows it${todo}`;
      });
    return { asked: options, unread: [], leftOut };
  }
  const unread = new Map(
    options.id.flatMap((id) => {
      const error = unreadable({ type, id }, contract);
      return error === undefined ? [] : [[id, line(id, error)]];
    }),
  );
  const id = options.id.filter((one) => !unread.has(one));
  return { ...(id.length > 0 && { asked: { ...options, id } }), unread: [...unread.values()], leftOut: [] };
}

/** Ids that share a reason are named together. */
function linesOf(failed: ReadonlyMap<string, ReadError>): readonly string[] {
  const byReason = Map.groupBy(failed, ([, error]) => {
    const { code = "", message = "" } = reasonOf(error);
    return errorText(code, message);
  });
  return [...byReason].map(([reason, some]) => `${some.map(([id]) => id).join(" ")}: ${reason}`);
}

/** Without a filter by tag somebody named these ids and gets nothing for them. */
function unseenLines({ tag }: ListOptions, unseen: readonly string[], { contract }: Target): readonly string[] {
  if (tag !== undefined || unseen.length === 0) return [];
  return [`${unseen.join(" ")}: ${contract.list.action} shows nothing of it: it has no tags, or doesn't exist`];
}

/** `tagwarden tags list`. */
export async function listTags(options: ListOptions, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "ndjson");
  const maxSeconds = parseSeconds(options.maxSeconds, "--max-seconds");
  const cloud = await openCloud(options.config, maxSeconds, io);
  const target = targetOf(options, cloud);
  const { asked, unread, leftOut } = readablePart(options, target);
  const read = (queries: readonly Asked[]) =>
    readAll(queries, { target, cloud, maxSeconds, named: options.project }, io);
  const matching = await read(asked === undefined ? [] : queriesOf(asked, target));
  const { resources, failed, unseen } = await withAllTags(matching, options, target, read);
  const toLine = (resource: Resource): string => JSON.stringify(resourceToJson(resource));
  const rows = rowWriter<Resource>(io.stdout, format, { columns: COLUMNS, toLine });
  for (const resource of resources) await rows.write(resource);
  await rows.end();
  if (io.signal.aborted) throw new Error("interrupted");
  if (format === "table" && resources.length === 0) await io.stderr.write("no resources\n");
  const [anyFailure] = failed.values();
  // Nobody let us in or answered, which is about none of the ids.
  if (anyFailure !== undefined && cloud.record.unusable().length > 0) throw anyFailure;
  const said = [...linesOf(failed), ...unread, ...leftOut, ...unseenLines(options, unseen, target)];
  for (const line of said) await io.stderr.write(`tagwarden: ${plainText(line)}\n`);
  return failed.size + unread.length > 0 ? EXIT.findings : EXIT.done;
}
