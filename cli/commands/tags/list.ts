import { createCaller, OutOfTimeError, type Caller } from "../../../lib/app/cloud/call.ts";
import { isolateRead, type ReadError } from "../../../lib/app/cloud/isolate-read.ts";
import { pages } from "../../../lib/app/cloud/pages.ts";
import type { TagPage, TagQuery } from "../../../lib/app/ports/provider.ts";
import { chunksOf } from "../../../lib/core/chunks.ts";
import { textProblem } from "../../../lib/core/contract.ts";
import { InputError, ProviderError, errorText } from "../../../lib/core/errors.ts";
import { globMatcher } from "../../../lib/core/glob.ts";
import type { Resource } from "../../../lib/core/resource.ts";
import { unreadable } from "../../../lib/core/unreadable.ts";
import { resourceToJson } from "../../input/resource-line.ts";
import { parseTagFilter } from "../../input/tag-arguments.ts";
import { EXIT, type Io } from "../../io.ts";
import { progress } from "../../output/progress.ts";
import { chooseFormat, rowWriter, type Column } from "../../output/results.ts";
import { stderrLog } from "../../output/stderr-log.ts";
import { tellWait, type Reason } from "../../output/tell-wait.ts";
import { plainText } from "../../output/text-cell.ts";
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
  ["id", ({ id }) => id],
  ["tags", ({ tags }) => [...(tags ?? [])].map(([key, value]) => `${key}=${value}`).join(" ")],
];

/** The queries that together ask for what the options ask for, each within the limits of its API. */
function queriesOf(options: ListOptions, { type, region, project, contract }: Target): readonly TagQuery[] {
  const ids = idsOf(options.id ?? []);
  const tags = (options.tag ?? []).map(parseTagFilter);
  const { tagFilters, idsPerCall, scan } = contract.list;
  if (tags.length > tagFilters) {
    const most = tagFilters === 0 ? "names no tags; give --id instead" : `names at most ${tagFilters} tags`;
    throw new InputError(`--tag: a listing of ${type} ${most}`);
  }
  for (const { key, value } of tags) {
    const problem =
      textProblem(key, contract.key) ?? (value === undefined ? undefined : textProblem(value, contract.value));
    if (problem !== undefined)
      throw new InputError(`--tag ${key}${value === undefined ? "" : `=${value}`}: ${problem}`);
  }
  if (ids.length === 0 && tags.length === 0 && !scan) {
    throw new InputError(
      `--type ${type}: its tags are listed by id or tag only; add --id${tagFilters > 0 ? " or --tag" : ""}`,
    );
  }
  const query = { region, project, type, ...(tags.length === 0 ? {} : { tags }) };
  return ids.length === 0 ? [query] : chunksOf(ids, idsPerCall).map((some) => ({ ...query, ids: some }));
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
async function readAll(queries: readonly TagQuery[], listing: Listing, io: Io): Promise<Listed> {
  const { provider, account, contract, region } = listing.target;
  const place = { account: provider.account, region, ...(listing.named !== undefined && { project: listing.named }) };
  const found = new Map<string, Resource & { readonly tags: Map<string, string> }>();
  const bar = progress(io.stderr, "rows");
  const keep = ({ rowCount, rows }: TagPage): void => {
    bar.advance(rowCount);
    for (const { id, type, tags } of rows) {
      const resource = found.get(id) ?? { type, ...place, id, tags: new Map() };
      for (const [key, value] of tags) resource.tags.set(key, value);
      found.set(id, resource);
    }
  };
  const read = async (query: TagQuery, caller: Caller): Promise<void> => {
    // A read that broke off may have shown some of their tags.
    for (const id of query.ids ?? []) found.delete(id);
    const fetchPage = (token: string | undefined) =>
      caller.call({ account, region, project: query.project, api: contract.list, kind: "read" }, () =>
        provider.listTagResources(query, token, { signal: io.signal }),
      );
    for await (const page of pages(fetchPage)) keep(page);
  };
  const failed = await readIds(
    queries.filter(({ ids }) => ids !== undefined),
    read,
    listing,
    io,
  );
  for (const query of queries) if (query.ids === undefined) await read(query, listing.cloud.caller);
  await bar.end();
  const asked = queries.flatMap(({ ids = [] }) => ids);
  const unseen = asked.filter((id) => !found.has(id) && !failed.has(id));
  const resources = [...found.values()].filter(({ id }) => !failed.has(id));
  return { resources, failed, unseen };
}

/**
 * Reads queries for ids, and answers what could not be read, id by id: what one of them is refused for is searched for,
 * and the others of its call are read. What may yet succeed is tried again, all of it together, until the time is up.
 */
async function readIds(
  queries: readonly TagQuery[],
  read: (query: TagQuery, caller: Caller) => Promise<void>,
  { cloud, maxSeconds }: Listing,
  io: Io,
): Promise<ReadonlyMap<string, ReadError>> {
  const { limiter, deadline } = cloud;
  const clock = clockUntil(io.signal);
  const failed = new Map<string, ReadError>();

  async function readSome(query: TagQuery, ids: readonly string[], caller: Caller): Promise<ReadError | undefined> {
    try {
      await read({ ...query, ids }, caller);
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
    for (const query of open) {
      const ids = query.ids ?? [];
      const error = await readSome(query, ids, caller);
      if (error === undefined || ids.length === 1) continue;
      const blamed = await isolateRead(ids, error, (some) => readSome(query, some, caller));
      for (const [id, reason] of blamed) failed.set(id, reason);
    }
    open = open.flatMap((query) => {
      const ids = (query.ids ?? []).filter((id) => mayPass(failed.get(id)));
      return ids.length === 0 ? [] : [{ ...query, ids }];
    });
    const wait = FIRST_WAIT_MS * 2 ** attempt;
    if (open.length === 0 || io.signal.aborted || wait >= deadline.remainingMs()) return failed;
    const waiting = open.flatMap(({ ids = [] }) => ids.flatMap((id) => failed.get(id) ?? []));
    tellWait("resource", maxSeconds, io)(waiting.map(reasonOf), wait);
    await clock.sleep(wait);
  }
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
  read: (queries: readonly TagQuery[]) => Promise<Listed>,
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
    const leftOut = silent.map((one) => `${one} is not listed: ${contract.list.action} never shows it`);
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
  const listing = { target, cloud, maxSeconds, named: options.project };
  const read = (queries: readonly TagQuery[]) => readAll(queries, listing, io);
  const matching = await read(asked === undefined ? [] : queriesOf(asked, target));
  const { resources, failed, unseen } = await withAllTags(matching, options, target, read);
  const toLine = (resource: Resource): string => JSON.stringify(resourceToJson(resource));
  const rows = rowWriter<Resource>(io.stdout, format, { columns: COLUMNS, toLine });
  for (const resource of resources) await rows.write(resource);
  await rows.end();
  if (io.signal.aborted) throw new Error("interrupted");
  const [anyFailure] = failed.values();
  // Nobody let us in or answered, which is about none of the ids.
  if (anyFailure !== undefined && cloud.record.unusable().length > 0) throw anyFailure;
  const said = [...linesOf(failed), ...unread, ...leftOut, ...unseenLines(options, unseen, target)];
  for (const line of said) await io.stderr.write(`tagwarden: ${plainText(line)}\n`);
  return failed.size + unread.length > 0 ? EXIT.findings : EXIT.done;
}
