import { contentOfTagPage, pages } from "../../../lib/app/cloud/pages.ts";
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
import { openCloud, parseSeconds, type Cloud } from "../../work/cloud.ts";
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
  /** Why a query for ids found none of them: one line each. */
  readonly notFound: readonly string[];
}

/** Every page of every query, the rows of a resource put together; `named` = the project that was asked for. */
async function readAll(
  queries: readonly TagQuery[],
  { target, cloud, named }: { readonly target: Target; readonly cloud: Cloud; readonly named: string | undefined },
  io: Io,
): Promise<Listed> {
  const { provider, account, contract, region } = target;
  const place = { account: provider.account, region, ...(named !== undefined && { project: named }) };
  const found = new Map<string, Resource & { readonly tags: Map<string, string> }>();
  const notFound: string[] = [];
  const bar = progress(io.stderr, "rows");
  const keep = ({ rowCount, rows }: TagPage): void => {
    bar.advance(rowCount);
    for (const { id, type, tags } of rows) {
      const resource = found.get(id) ?? { type, ...place, id, tags: new Map() };
      for (const [key, value] of tags) resource.tags.set(key, value);
      found.set(id, resource);
    }
  };
  for (const query of queries) {
    const fetchPage = (token: string | undefined) =>
      cloud.caller.call({ account, region, api: contract.list, kind: "read" }, () =>
        provider.listTagResources(query, token, { signal: io.signal }),
      );
    try {
      for await (const page of pages(fetchPage, contentOfTagPage)) keep(page);
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.isFinal || query.ids === undefined) throw error;
      notFound.push(`${query.ids.join(" ")}: ${errorText(error.code, error.message)}`);
    }
  }
  await bar.end();
  return { resources: [...found.values()], notFound };
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
  return read(queriesOf({ ...byId, id: ids }, target));
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

/** `tagwarden tags list`. */
export async function listTags(options: ListOptions, io: Io): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "ndjson");
  const cloud = await openCloud(options.config, parseSeconds(options.maxSeconds, "--max-seconds"), io);
  const target = targetOf(options, cloud);
  const { asked, unread, leftOut } = readablePart(options, target);
  const read = (queries: readonly TagQuery[]) => readAll(queries, { target, cloud, named: options.project }, io);
  const matching = await read(asked === undefined ? [] : queriesOf(asked, target));
  const { resources, notFound } = await withAllTags(matching, options, target, read);
  const toLine = (resource: Resource): string => JSON.stringify(resourceToJson(resource));
  const rows = rowWriter<Resource>(io.stdout, format, { columns: COLUMNS, toLine });
  for (const resource of resources) await rows.write(resource);
  await rows.end();
  for (const line of [...notFound, ...unread, ...leftOut]) await io.stderr.write(`tagwarden: ${line}\n`);
  return notFound.length + unread.length > 0 ? EXIT.findings : EXIT.done;
}
