import type { TagCallResult } from "../lib/app/ports.ts";
import { tagProblem, textProblem, type WriteContract } from "../lib/core/contract.ts";
import { InputError, ProviderError } from "../lib/core/errors.ts";
import { openCloud, parseSeconds } from "./cloud.ts";
import { EXIT, type Io } from "./io.ts";
import { chooseFormat, writeJson, writeTable, type Column, type Format } from "./results.ts";
import { parseKeysToUnset, parseTagsToSet } from "./tag-arguments.ts";
import { idsOf, slices, targetOf, type Target, type TargetOptions } from "./tag-target.ts";

export interface WriteOptions extends TargetOptions {
  readonly config: string;
  readonly id: readonly string[];
  readonly tag: readonly string[];
  readonly maxSeconds: string;
  readonly format?: string;
}

interface Failed {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}

interface Written {
  readonly succeeded: string[];
  readonly failed: Failed[];
}

/** Errors that are about the resources of the call; any other means that the provider couldn't be used. */
const RESOURCE_ERRORS: ReadonlySet<string> = new Set(["not-found", "resource-permanent", "not-taggable"]);

/** What is said of each resource of a refused call, since the provider refused perhaps one of them only. */
const ALL_OR_NONE = " (all or none: any resource of this call may be the reason, and none of them was changed)";

type Send<Some> = (ids: readonly string[], some: readonly Some[]) => Promise<TagCallResult>;

interface Job<Some> {
  readonly target: Target;
  readonly api: WriteContract;
  readonly ids: readonly string[];
  /** Tags or keys. */
  readonly content: readonly Some[];
  readonly send: Send<Some>;
}

/** Sends in as many calls as the API's limits ask for. A resource that one of its calls refused has failed. */
async function sendAll<Some>(
  job: Job<Some>,
  call: (send: () => Promise<TagCallResult>) => Promise<TagCallResult>,
): Promise<Written> {
  const failed = new Map<string, Failed>();
  const fail = (id: string, { code, message }: ProviderError, note = ""): void =>
    void failed.set(id, { id, code, message: `${message}${note}` });
  for (const ids of slices(job.ids, job.api.resourcesPerCall)) {
    for (const some of slices(job.content, job.api.tagsPerCall)) {
      try {
        for (const [id, error] of (await call(() => job.send(ids, some))).failed) fail(id, error);
      } catch (error) {
        if (!(error instanceof ProviderError) || !RESOURCE_ERRORS.has(error.kind)) throw error;
        for (const id of ids) fail(id, error, ids.length > 1 && job.api.atomicity === "all-or-none" ? ALL_OR_NONE : "");
      }
    }
  }
  return { succeeded: job.ids.filter((id) => !failed.has(id)), failed: [...failed.values()] };
}

const COLUMNS: readonly Column<Failed | { readonly id: string }>[] = [
  ["id", ({ id }) => id],
  ["outcome", (row) => ("code" in row ? `failed: ${row.code}` : "done")],
  ["message", (row) => ("message" in row ? row.message : "")],
];

async function report(
  { succeeded, failed }: Written,
  calls: Readonly<Record<string, number>>,
  format: Format,
  io: Io,
): Promise<number> {
  if (format === "table") await writeTable(io.stdout, COLUMNS, [...succeeded.map((id) => ({ id })), ...failed]);
  else await writeJson(io.stdout, { succeeded, failed, calls });
  return failed.length > 0 ? EXIT.findings : EXIT.done;
}

async function write<Some>(
  options: WriteOptions,
  io: Io,
  prepare: (target: Target) => Pick<Job<Some>, "api" | "content" | "send">,
): Promise<number> {
  const format = chooseFormat(options.format, io.stdout, "json");
  const cloud = await openCloud(options.config, parseSeconds(options.maxSeconds, "--max-seconds"), io);
  const target = targetOf(options, cloud);
  const { api, content, send } = prepare(target);
  const { account, region } = target;
  const ids = idsOf(options.id);
  const written = await sendAll({ target, api, ids, content, send }, (sendOne) =>
    cloud.caller.call({ account, region, api, kind: "write" }, sendOne),
  );
  return report(written, cloud.record.calls(), format, io);
}

/** `tagwarden tags set`. */
export function setTags(options: WriteOptions, io: Io): Promise<number> {
  const tags = parseTagsToSet(options.tag);
  return write(options, io, ({ type, region, project, provider, contract }) => {
    for (const [key, value] of tags) {
      const problem = tagProblem(key, value, contract);
      if (problem !== undefined) throw new InputError(`--tag ${key}=${value}: ${problem}`);
    }
    if (tags.size > contract.tagsPerResource) {
      throw new InputError(
        `--tag: ${tags.size} tags, but a resource of ${type} carries at most ${contract.tagsPerResource}`,
      );
    }
    const base = { type, account: provider.account, region, project };
    return {
      api: contract.tag,
      content: [...tags],
      send: (resourceIds, some: readonly (readonly [string, string])[]) =>
        provider.tagResources({ ...base, resourceIds, tags: new Map(some) }, { signal: io.signal }),
    };
  });
}

/** `tagwarden tags unset`. */
export function unsetTags(options: WriteOptions, io: Io): Promise<number> {
  const keys = parseKeysToUnset(options.tag);
  return write(options, io, ({ type, region, project, provider, contract }) => {
    for (const key of keys) {
      const problem = textProblem(key, contract.key);
      if (problem !== undefined) throw new InputError(`--tag ${key}: ${problem}`);
    }
    const base = { type, account: provider.account, region, project };
    return {
      api: contract.untag,
      content: keys,
      send: (resourceIds, some: readonly string[]) =>
        provider.untagResources({ ...base, resourceIds, keys: some }, { signal: io.signal }),
    };
  });
}
