import { assert, asyncProperty, constantFrom, oneof, string, type Arbitrary } from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textProblem, type TextLimits, type TypeContract } from "../../lib/core/contract.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import { NO_TAGS, type ResourceType, type Tags } from "../../lib/core/resource.ts";
import type { ApiCall, TagProvider, TagQuery } from "../../lib/app/ports.ts";
import { pages } from "../../lib/app/pages.ts";
import { allContracts } from "../../lib/providers/index.ts";

/** One row of the contract suite. What a row can't do, e.g. filter by tags, is told by its type's contract. */
export interface ContractRow {
  readonly name: string;
  /** The type that calls name: `aws:*:*` for AWS. */
  readonly type: ResourceType;
  /**
   * How the cloud behind it pages: by tokens that the cloud hands out, or by counting rows, where the tokens are ours
   * and can't repeat. `none`: there is no wire, and so no key, nothing that hangs and no page to be told in advance.
   */
  readonly wire: "none" | "counted" | "tokens";
}

/** A cloud to hold a provider against: what exists is set and seen here without going through the provider. */
export interface ContractSubject {
  readonly provider: TagProvider;
  readonly region: string;
  /** The nth of ids that are legal here. */
  id(n: number): string;
  create(id: string, tags?: Tags): void;
  /** Undefined where there is no such resource. */
  tagsOf(id: string): Tags | undefined;
  /** Requests that reached the cloud. */
  requests(): number;
  /** Makes the next request go wrong. */
  next(fault: "throttle" | "drop-response" | "hang"): void;
  /** Calls as the provider's observer was told of them. */
  readonly observed: readonly ApiCall[];
  /** Absent where the row says `none`. */
  readonly wire?: WireSubject;
  close(): Promise<void>;
}

export interface WireSubject {
  /** The same account with a key that the cloud doesn't know, or a secret that doesn't match. */
  withWrongKey(what: "id" | "secret"): TagProvider;
  /** The same account with a short timeout. */
  impatient(): TagProvider;
  /**
   * The ids of all pages of a listing that is told in advance, over the cloud's own wire format, as the provider reads
   * them. The last page is given for ever.
   */
  read(script: readonly ScriptedPage[]): Promise<readonly string[]>;
}

export interface ScriptedPage {
  readonly ids: readonly string[];
  /** Absent = the last page. */
  readonly next?: string;
}

async function errorOf(call: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProviderError) return error;
  throw new Error("the call should have failed with a ProviderError", { cause: error });
}

/** Text that the limits allow, up to `most` characters. */
function legalText(limits: TextLimits, most = 20): Arbitrary<string> {
  const common = constantFrom(..."aZé中文9 _.:=+-@/");
  const unit =
    limits.pattern === undefined ? oneof(common, string({ unit: "binary", minLength: 1, maxLength: 1 })) : common;
  return oneof(
    string({ unit, maxLength: most }),
    string({ unit, minLength: limits.maxLength, maxLength: limits.maxLength }),
  ).map((text) =>
    textProblem(text, limits) === undefined
      ? text
      : `k${text.replaceAll(/[^A-Za-z0-9]/g, "")}`.slice(0, limits.maxLength),
  );
}

/** Stands in for `test` where a row lacks what the test is about: none is registered, and so none is skipped. */
function testWhere(applies: boolean): (name: string, body: () => Promise<void>) => void {
  return applies ? test : () => {};
}

function contractOf(type: ResourceType): TypeContract {
  const found = allContracts.find(({ types }) => types.includes(type));
  if (found === undefined) throw new Error(`no contract for ${type}`);
  return found;
}

/** What every provider does, whatever the cloud behind it. A test stands only where the row has what it is about. */
export function providerContract({ name, type, wire }: ContractRow, start: () => Promise<ContractSubject>): void {
  describe(`provider contract of ${name}`, () => {
    const contract = contractOf(type);
    let subject: ContractSubject;
    let made = 0;

    beforeAll(async () => {
      subject = await start();
      expect(subject.provider.contractFor(type)).toEqual(contract);
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
    const manyTags = (count: number, prefix = "k") =>
      new Map(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, `v${index}`]));

    describe("writes", () => {
      test("a tag that was written is read, and is gone when it was taken off", async () => {
        const id = fresh();
        const result = await tag([id], new Map([["owner", "team-a"]]));
        expect(result.succeeded).toEqual([id]);
        expect(result.failed.size).toBe(0);
        expect(await read(id)).toEqual(new Map([["owner", "team-a"]]));
        await untag([id], ["owner"]);
        expect(await read(id)).toEqual(NO_TAGS);
      });

      test("other tags stay as they are, and the same write again changes nothing", async () => {
        const id = fresh(new Map([["kept", "as is"]]));
        await tag([id], new Map([["env", "prod"]]));
        await tag([id], new Map([["env", "prod"]]));
        const expected = new Map([
          ["kept", "as is"],
          ["env", "prod"],
        ]);
        expect(subject.tagsOf(id)).toEqual(expected);
        expect(await read(id)).toEqual(expected);
      });

      test("taking off a key that isn't there succeeds", async () => {
        const id = fresh(new Map([["kept", "as is"]]));
        const result = await untag([id], ["absent"]);
        expect(result.succeeded).toEqual([id]);
        expect(subject.tagsOf(id)).toEqual(new Map([["kept", "as is"]]));
      });

      test("one call takes as many resources and tags as the contract says", async () => {
        const ids = Array.from({ length: contract.tag.resourcesPerCall }, () => fresh());
        const tags = manyTags(Math.min(contract.tag.tagsPerCall, contract.tagsPerResource));
        const before = subject.requests();
        const result = await tag(ids, tags);
        expect(subject.requests() - before).toBe(1);
        expect(result.succeeded).toEqual(ids);
        for (const id of ids) expect(subject.tagsOf(id)).toEqual(tags);
      });

      test("every legal tag comes back as it was written", async () => {
        await assert(
          asyncProperty(legalText(contract.key), legalText(contract.value), async (key, value) => {
            const id = fresh();
            await tag([id], new Map([[key, value]]));
            expect(subject.tagsOf(id)).toEqual(new Map([[key, value]]));
            expect(await read(id)).toEqual(new Map([[key, value]]));
            await untag([id], [key]);
            expect(subject.tagsOf(id)).toEqual(NO_TAGS);
          }),
          { numRuns: 40 },
        );
      });
    });

    describe("limits", () => {
      /** The call must fail for our own reasons, and nothing may be sent. */
      async function expectNotSent(call: () => Promise<unknown>, kind: ProviderError["kind"]) {
        const before = subject.requests();
        const error = await errorOf(call());
        if (wire !== "none") expect(subject.requests()).toBe(before);
        expect(error.kind).toBe(kind);
        expect(error.retryable).toBe(false);
      }

      test("one resource too many is not sent", async () => {
        const ids = Array.from({ length: contract.tag.resourcesPerCall + 1 }, () => fresh());
        await expectNotSent(() => tag(ids, new Map([["a", "b"]])), "request");
        expect(subject.tagsOf(ids[0] ?? "")).toEqual(NO_TAGS);
      });

      test("one tag too many is not sent", async () => {
        const id = fresh();
        await expectNotSent(() => tag([id], manyTags(contract.tag.tagsPerCall + 1)), "request");
      });

      test("one key too many to take off is not sent", async () => {
        const id = fresh();
        const keys = [...manyTags(contract.untag.tagsPerCall + 1).keys()];
        await expectNotSent(() => untag([id], keys), "request");
      });

      test("one id too many to read is not sent", async () => {
        const ids = Array.from({ length: contract.list.idsPerCall + 1 }, () => fresh());
        await expectNotSent(() => readAll({ ids }), "request");
      });

      test("no resources, no tags, no keys, no ids: not sent", async () => {
        const id = fresh();
        await expectNotSent(() => tag([], new Map([["a", "b"]])), "request");
        await expectNotSent(() => tag([id], NO_TAGS), "request");
        await expectNotSent(() => untag([id], []), "request");
        await expectNotSent(() => readAll({ ids: [] }), "request");
      });

      test("the same resource twice is not sent", async () => {
        const id = fresh();
        await expectNotSent(() => tag([id, id], new Map([["a", "b"]])), "request");
      });

      test("a key or value that is too long is not sent, and the longest is taken", async () => {
        const id = fresh();
        const longKey = "k".repeat(contract.key.maxLength);
        const longValue = "v".repeat(contract.value.maxLength);
        await tag([id], new Map([[longKey, longValue]]));
        expect(subject.tagsOf(id)).toEqual(new Map([[longKey, longValue]]));
        await expectNotSent(() => tag([id], new Map([[`${longKey}k`, "v"]])), "resource-permanent");
        await expectNotSent(() => tag([id], new Map([["k", `${longValue}v`]])), "resource-permanent");
      });

      test("a reserved key is not sent, in whatever case", async () => {
        const id = fresh();
        for (const prefix of contract.key.forbiddenPrefixes) {
          await expectNotSent(() => tag([id], new Map([[`${prefix.toUpperCase()}x`, "v"]])), "resource-permanent");
        }
        expect(contract.key.forbiddenPrefixes).not.toEqual([]);
      });

      test("half a character is not sent", async () => {
        const id = fresh();
        await expectNotSent(() => tag([id], new Map([["k", "\ud800"]])), "resource-permanent");
      });

      test("a resource that is full refuses another tag, and keeps what it has", async () => {
        const full = manyTags(contract.tagsPerResource);
        const id = fresh(full);
        const error = await errorOfOne(id, tag([id], new Map([["one-more", "x"]])));
        expect(error.kind).toBe("resource-permanent");
        expect(subject.tagsOf(id)).toEqual(full);
      });

      test("a resource that is full takes a new value for a key it has", async () => {
        const id = fresh(manyTags(contract.tagsPerResource));
        await tag([id], new Map([["k0", "changed"]]));
        expect(subject.tagsOf(id)?.get("k0")).toBe("changed");
      });
    });

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

    describe("errors", () => {
      test("a resource that doesn't exist is not found", async () => {
        const id = subject.id(900_000);
        const error = await errorOfOne(id, tag([id], new Map([["a", "b"]])));
        expect(error.kind).toBe("not-found");
      });

      const { atomicity, resourcesPerCall } = contract.tag;
      testWhere(atomicity === "all-or-none")("a bad resource fails the others of its call", async () => {
        const good = fresh();
        const bad = subject.id(900_001);
        expect((await errorOf(tag([good, bad], new Map([["a", "b"]])))).kind).toBe("not-found");
        expect(subject.tagsOf(good)).toEqual(NO_TAGS);
      });

      testWhere(atomicity === "per-resource" && resourcesPerCall > 1)("a bad resource fails only itself", async () => {
        const good = fresh();
        const bad = subject.id(900_001);
        const { succeeded, failed } = await tag([good, bad], new Map([["a", "b"]]));
        expect(succeeded).toEqual([good]);
        expect([...failed.keys()]).toEqual([bad]);
        expect(subject.tagsOf(good)).toEqual(new Map([["a", "b"]]));
      });

      test("throttling is told apart, and nothing was written", async () => {
        const id = fresh();
        subject.next("throttle");
        const error = await errorOf(tag([id], new Map([["a", "b"]])));
        expect(error.kind).toBe("throttled");
        expect(error.retryable).toBe(true);
        expect(error.ambiguous).toBe(false);
        expect(subject.tagsOf(id)).toEqual(NO_TAGS);
      });

      test("a write whose answer is lost is ambiguous, and a read shows that it took effect", async () => {
        const id = fresh();
        subject.next("drop-response");
        const error = await errorOf(tag([id], new Map([["a", "b"]])));
        expect(error.kind).toBe("transient");
        expect(error.ambiguous).toBe(true);
        expect(await read(id)).toEqual(new Map([["a", "b"]]));
      });

      test("a read whose answer is lost is not ambiguous", async () => {
        const id = fresh(new Map([["a", "b"]]));
        subject.next("drop-response");
        const error = await errorOf(read(id));
        expect(error.kind).toBe("transient");
        expect(error.ambiguous).toBe(false);
      });

      testWhere(wire !== "none")("an unknown key is an access error that gives away no secret", async () => {
        const provider = onTheWire().withWrongKey("id");
        const error = await errorOf(tag([fresh()], new Map([["a", "b"]]), provider));
        expect(error.kind).toBe("access");
        expect(JSON.stringify(error)).not.toMatch(/wrong-secret|wrong-key-id/);
        expect(error.message).not.toMatch(/wrong-secret|wrong-key-id|Signature=/);
      });

      testWhere(wire !== "none")("a wrong secret is an access error that gives away no secret", async () => {
        const provider = onTheWire().withWrongKey("secret");
        const error = await errorOf(tag([fresh()], new Map([["a", "b"]]), provider));
        expect(error.kind).toBe("access");
        expect(error.message).not.toMatch(/wrong-secret|Signature=/);
      });

      testWhere(wire !== "none")("an endpoint that hangs is left when the time is up", async () => {
        const provider = onTheWire().impatient();
        const id = fresh();
        subject.next("hang");
        const error = await errorOf(tag([id], new Map([["a", "b"]]), provider));
        expect(error.code).toBe("Timeout");
        expect(error.kind).toBe("transient");
        expect(error.ambiguous).toBe(true);
      });

      test("a call that is cut short before it starts writes nothing", async () => {
        const id = fresh();
        const batch = { ...where(), resourceIds: [id], tags: new Map([["a", "b"]]) };
        const error = await errorOf(subject.provider.tagResources(batch, { signal: AbortSignal.abort() }));
        expect(error.kind).toBe("transient");
        expect(subject.tagsOf(id)).toEqual(NO_TAGS);
      });

      test("a type that it doesn't serve is refused", async () => {
        const error = await errorOf(
          subject.provider.tagResources({
            ...where(),
            type: "nobody:nothing:none",
            resourceIds: ["x"],
            tags: new Map([["a", "b"]]),
          }),
        );
        expect(error.kind).toBe("request");
      });
    });

    describe("listings", () => {
      const TOTAL = 1000;
      let ids: readonly string[];
      const tagsOf = (n: number) => manyTags(n % 4, "list");

      beforeAll(() => {
        ids = Array.from({ length: TOTAL }, (_, n) => fresh(tagsOf(n)));
      });

      test("1,000 resources are read by their ids, each tag exactly once", async () => {
        const all = new Map<string, Tags>();
        for (let at = 0; at < TOTAL; at += contract.list.idsPerCall) {
          const found = await readAll({ ids: ids.slice(at, at + contract.list.idsPerCall) });
          for (const [id, tags] of found) all.set(id, tags);
        }
        for (const [n, id] of ids.entries()) expect(all.get(id) ?? NO_TAGS).toEqual(tagsOf(n));
      });

      testWhere(contract.list.tagFilters > 0)("resources are found by a tag, each exactly once", async () => {
        const byKey = await readAll({ tags: [{ key: "list2" }] });
        expect([...byKey.keys()].sort()).toEqual(ids.filter((_, n) => n % 4 > 2).sort());
        const byValue = await readAll({ tags: [{ key: "list0", value: "other" }] });
        expect(byValue.size).toBe(0);
      });

      testWhere(contract.list.tagFilters > 0)("ids and tags together intersect", async () => {
        const some = ids.slice(0, 8);
        const found = await readAll({ ids: some, tags: [{ key: "list0", value: "v0" }, { key: "list1" }] });
        expect([...found.keys()].sort()).toEqual(some.filter((_, n) => n % 4 > 1).sort());
      });

      const inventory = contract.inventory[type];
      testWhere(inventory !== undefined)("the inventory shows every resource exactly once, tagged or not", async () => {
        const seen: string[] = [];
        for await (const page of pages((token) => subject.provider.listInventory(subject.region, type, token))) {
          for (const { id, tags } of page.resources) {
            seen.push(id);
            if (inventory?.inlineTags === true) expect(tags).toEqual(subject.tagsOf(id));
          }
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(ids.filter((id) => !new Set(seen).has(id))).toEqual([]);
      });

      testWhere(wire !== "none")("a page that is empty but not last doesn't end a listing", async () => {
        const [a, b] = [subject.id(1), subject.id(2)];
        const script = [{ ids: [a], next: "token1" }, { ids: [], next: "token2" }, { ids: [b] }];
        expect(await onTheWire().read(script)).toEqual([a, b]);
      });

      testWhere(wire === "tokens")("a token that repeats is an error and no end", async () => {
        const [a, b] = [subject.id(1), subject.id(2)];
        const script = [
          { ids: [a], next: "token1" },
          { ids: [b], next: "token2" },
          { ids: [], next: "token1" },
        ];
        const error = await errorOf(onTheWire().read(script));
        expect(error).toMatchObject({ code: "RepeatedToken", retryable: false });
      });

      test("each call is observed once, under its action", async () => {
        const before = subject.observed.length;
        const requests = subject.requests();
        await read(ids[0] ?? "");
        const calls = subject.observed.slice(before);
        expect(calls.length).toBe(subject.requests() - requests);
        expect(calls[0]).toMatchObject({ action: contract.list.action, region: subject.region });
      });
    });
  });
}
