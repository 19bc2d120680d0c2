import { InputError } from "../../core/errors.ts";
import { knownFrom } from "../../core/report/known-finding.ts";
import type { KnownFinding } from "../../core/report/known-finding.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { ObjectStore } from "../ports/objects.ts";
import type { AuditLayout } from "./layout.ts";
import { lineBlocks } from "./ndjson.ts";

/**
 * Where the findings stand that a run knew of, by shard and listed type: names of parts, each sorted by id and one
 * after the other. A type that a run has not seen keeps the parts of the run before.
 */
export type KnownIndex = ReadonlyMap<string, KnownByType>;
export type KnownByType = ReadonlyMap<ResourceType, readonly string[]>;

interface KnownDeps {
  readonly objects: ObjectStore;
  readonly layout: AuditLayout;
}

/** What a run left; undefined where it left nothing. Throws InputError where the object holds something else. */
export async function readKnownIndex(run: string, { objects, layout }: KnownDeps): Promise<KnownIndex | undefined> {
  const name = layout.knownIndex(run);
  const body = await objects.get(name);
  if (body === undefined) return undefined;
  const shards = parsed(body);
  if (shards === undefined) throw new InputError(`${name}: does not say what earlier audits found; remove it`);
  return new Map(Object.entries(shards).map(([shard, types]) => [shard, new Map(Object.entries(types))]));
}

export async function writeKnownIndex(run: string, index: KnownIndex, { objects, layout }: KnownDeps): Promise<void> {
  const shards = Object.fromEntries([...index].map(([shard, types]) => [shard, Object.fromEntries(types)]));
  await objects.put(layout.knownIndex(run), new TextEncoder().encode(`${JSON.stringify(shards, undefined, 1)}\n`));
}

/**
 * What the policies of a run asked (`PreparedPolicies.requirements`); undefined where it left nothing. Throws InputError
 * where the object holds something else.
 */
export async function readRequirements(
  run: string,
  { objects, layout }: KnownDeps,
): Promise<ReadonlySet<string> | undefined> {
  const name = layout.knownRequirements(run);
  const body = await objects.get(name);
  if (body === undefined) return undefined;
  const ids = json(body);
  if (!isNames(ids)) throw new InputError(`${name}: does not say what earlier policies asked; remove it`);
  return new Set(ids);
}

export async function writeRequirements(
  run: string,
  requirements: readonly string[],
  { objects, layout }: KnownDeps,
): Promise<void> {
  await objects.put(layout.knownRequirements(run), new TextEncoder().encode(`${JSON.stringify(requirements)}\n`));
}

/** The findings of these parts after an id, in the order of ids. Throws InputError where a part is gone or damaged. */
export async function* knownIn(
  parts: readonly string[],
  objects: ObjectStore,
  after?: string,
): AsyncGenerator<KnownFinding[]> {
  for (const part of parts) {
    const file = await objects.get(part);
    if (file === undefined) throw new InputError(`${part}: is gone`);
    for await (const lines of lineBlocks(part, file)) {
      const found = lines.map((line) => knownFrom(line, part));
      yield after === undefined ? found : found.filter(({ id }) => id > after);
    }
  }
}

type Shards = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

function parsed(body: Uint8Array): Shards | undefined {
  const value = json(body);
  return isShards(value) ? value : undefined;
}

function json(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    // The caller says what doesn't parse.
    return undefined;
  }
}

function isShards(value: unknown): value is Shards {
  return (
    isRecord(value) && Object.values(value).every((types) => isRecord(types) && Object.values(types).every(isNames))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}
