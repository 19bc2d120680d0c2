import { afterAll, beforeAll, expect, test } from "vitest";
import { pages } from "../../lib/app/cloud/pages.ts";
import type { TagProvider, TagQuery } from "../../lib/app/ports/provider.ts";
import { findContract, readerOf, type TypeContract } from "../../lib/core/contract.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import { NO_TAGS, type ResourceType, type Tags } from "../../lib/core/resource.ts";
import { allContracts } from "../../lib/providers/index.ts";
import type { ContractRow, ContractSubject, WireSubject } from "./contract-subject.ts";

/** A row's provider on trial: its subject and the calls that the suite makes, each about resources of its own. */
export type TriedProvider = ReturnType<typeof tryProvider>;

/** Starts the row's subject before its tests and closes it after them. Stands inside of a `describe`. */
export function tryProvider({ name, type, wire, findsKeys }: ContractRow, start: () => Promise<ContractSubject>) {
  const served = contractOf(type);
  // Of a type that is read through its own service, what reads it.
  const contract = { ...served, list: readerOf({ type }, served).list };
  let subject: ContractSubject;
  let made = 0;

  beforeAll(async () => {
    subject = await start();
    expect(subject.provider.contractFor(type)).toEqual(served);
  });
  afterAll(() => subject.close());

  const onTheWire = (): WireSubject => {
    if (subject.wire === undefined) throw new Error(`${name} says that it has a wire`);
    return subject.wire;
  };

  /** A resource that no other test knows. */
  function fresh(tags: Tags = NO_TAGS): string {
    made += 1;
    const id = subject.id(made);
    subject.create(id, tags);
    return id;
  }
  const where = () => ({ type, account: subject.provider.account, region: subject.region });
  const tag = (resourceIds: readonly string[], tags: Tags, provider = subject.provider) =>
    provider.tagResources({ ...where(), resourceIds, tags });
  const untag = (resourceIds: readonly string[], keys: readonly string[]) =>
    subject.provider.untagResources({ ...where(), resourceIds, keys });

  /** Every row of a listing, merged by id; throws where a (resource, tag) comes twice. */
  async function readAll(query: Omit<TagQuery, "type" | "region">): Promise<Map<string, Map<string, string>>> {
    const all = new Map<string, Map<string, string>>();
    const full = { ...query, type, region: subject.region };
    for await (const page of pages((token) => subject.provider.listTagResources(full, token))) {
      for (const row of page.rows) {
        const tags = all.get(row.id) ?? new Map<string, string>();
        for (const [key, value] of row.tags) {
          if (tags.has(key)) throw new Error(`${key} of ${row.id} came twice`);
          tags.set(key, value);
        }
        all.set(row.id, tags);
      }
    }
    return all;
  }
  const read = async (id: string): Promise<Tags> => (await readAll({ ids: [id] })).get(id) ?? NO_TAGS;

  /** The error of a call about one resource: thrown, or the resource's own in the result. */
  async function errorOfOne(id: string, call: ReturnType<TagProvider["tagResources"]>): Promise<ProviderError> {
    const result = await call.catch((error: unknown) => error);
    if (result instanceof ProviderError) return result;
    const { succeeded, failed } = result as Awaited<typeof call>;
    expect(succeeded).not.toContain(id);
    const error = failed.get(id);
    if (error === undefined) throw new Error("the resource should have failed");
    expect(error.resourceId).toBe(id);
    return error;
  }

  /** To look for a key, and where nobody finds a key alone, for the value that it has. */
  const lookFor = (key: string, value: string) => (findsKeys ? { key } : { key, value });

  return {
    type,
    wire,
    contract,
    lookFor,
    /** Once the tests run. */
    get subject() {
      return subject;
    },
    onTheWire,
    fresh,
    where,
    tag,
    untag,
    readAll,
    read,
    errorOfOne,
  };
}

/** So many tags. */
export function manyTags(count: number, prefix = "k"): Tags {
  return new Map(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, `v${index}`]));
}

/** Throws where the call succeeds, or fails with another error. */
export async function errorOf(call: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProviderError) return error;
  throw new Error("the call should have failed with a ProviderError", { cause: error });
}

/** Stands in for `test` where a row lacks what the test is about: none is registered, and so none is skipped. */
export function testWhere(applies: boolean): (name: string, body: () => Promise<void>) => void {
  return applies ? test : () => {};
}

function contractOf(type: ResourceType): TypeContract {
  const found = findContract(allContracts, type);
  if (found === undefined) throw new Error(`no contract for ${type}`);
  return found;
}
