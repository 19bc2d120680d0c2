import { describe, expect, onTestFinished, test } from "vitest";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import { enforceTags, type EnforceDeps } from "../../../lib/app/enforce/enforce-tags.ts";
import { huaweiEventGrid } from "../../../lib/app/ingest/huawei-eventgrid.ts";
import { ingest } from "../../../lib/app/ingest/ingest.ts";
import type { TagProvider } from "../../../lib/app/ports/provider.ts";
import { systemClock } from "../../../lib/app/ports/system-clock.ts";
import type { AccountConfig, Config } from "../../../lib/core/config/config.ts";
import { countOutcomes } from "../../../lib/core/outcome.ts";
import type { ResourceRef } from "../../../lib/core/resource.ts";
import { send } from "../../../lib/providers/http.ts";
import { createProvider } from "../../../lib/providers/index.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { queueText } from "../../../lib/core/queue-text.ts";
import { startEmulator } from "../../../local/emulator/start.ts";
import { createdEvent, deliver } from "../deliveries.ts";
import { created, createWorld, group, instance, messagesOf, user } from "../enforce-world.ts";

const HALF = "\ud800";
const PLACES = {
  alibaba: { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" },
  huawei: { type: "huawei:iam:user", account: "d0001", region: "global" },
  aws: { type: "aws:ec2:instance", account: "444455556666", region: "us-east-1" },
} as const;
type Cloud = keyof typeof PLACES;
const CLOUDS = ["alibaba", "huawei", "aws"] as const;

const refOf = (cloud: Cloud, name: string): ResourceRef => ({
  ...PLACES[cloud],
  id: cloud === "aws" ? `arn:aws:ec2:us-east-1:444455556666:instance/${name}` : name,
});

/** Innocent resources on the emulated clouds, the real clients in front of them, and the paths that they ask for. */
async function cloudsWith(innocents: readonly ResourceRef[]) {
  const emulator = await startEmulator({ resources: innocents.map((ref) => ({ ...ref, tags: {} })) });
  onTestFinished(() => emulator.close());
  const paths: string[] = [];
  const accounts: AccountConfig[] = (emulator.config() as Config).accounts.map((account) => ({
    ...account,
    callsPerSecond: { read: 1_000, write: 1_000 },
  }));
  const providers = accounts.map((account) =>
    createProvider(account, {
      credential: async (literal) => literal,
      clock: systemClock,
      send: async (request, options) => {
        paths.push(request.path);
        return send(request, options);
      },
    }),
  );
  const deps: EnforceDeps = {
    ...createWorld().deps,
    clock: systemClock,
    limiter: createRateLimiter(systemClock),
    registry: createRegistry(providers),
    accounts,
  };
  const tagged = () => innocents.filter((ref) => emulator.world.get(ref)?.tags?.["owner"] === "alice").length;
  return { deps, paths, tagged };
}

const innocentsOf = (clouds: readonly Cloud[], count: number) =>
  clouds.flatMap((cloud) => Array.from({ length: count }, (_, n) => refOf(cloud, `i-${n}`)));

describe("half a surrogate pair in an id", () => {
  test.each(CLOUDS)("of %s is rejected by itself, and the 99 others of its batch are tagged", async (cloud) => {
    const innocents = innocentsOf(CLOUDS, 33);
    const { deps, tagged } = await cloudsWith(innocents);
    const bodies = [...innocents, refOf(cloud, `i-${HALF}`)].map((ref) => createdEvent(ref));
    const { deliveries, dead } = await deliver(bodies, deps);
    expect(deliveries).toHaveLength(1);
    expect(countOutcomes(deliveries[0]?.outcomes ?? [])).toEqual({ tagged: 99, rejected: 1 });
    expect(deliveries[0]?.outcomes.find(({ outcome }) => outcome === "rejected")).toMatchObject({
      id: refOf(cloud, `i-${HALF}`).id,
      code: "IllFormedResourceId",
      message: expect.stringContaining("lone surrogate") as string,
    });
    expect(dead).toEqual([]);
    expect(tagged()).toBe(99);
  });

  test.each(["type", "account", "region", "project"] as const)("or in its %s is rejected too", async (field) => {
    const { deps } = await cloudsWith([]);
    const odd = { ...created(group("g1")), [field]: `${field === "project" ? "p" : PLACES.alibaba[field]}${HALF}` };
    const { resources } = await enforceTags(messagesOf([odd]), deps, { remainingMs: () => 60_000 });
    expect(resources).toMatchObject([{ outcome: "rejected", code: "IllFormedResourceId" }]);
  });

  test("is not kept among what events told of, where it would cost the others their places", async () => {
    const noted: ResourceRef[] = [];
    const { deps } = createWorld({ resources: [group("g1")] });
    const seen: EnforceDeps["seen"] = {
      note: async (resources) => void noted.push(...resources),
      forget: async () => undefined,
    };
    const messages = messagesOf([created(group("g1")), created(group(HALF))]);
    await enforceTags(messages, { ...deps, seen }, { remainingMs: () => 60_000 });
    expect(noted.map(({ id }) => id)).toEqual(["g1"]);
  });
});

describe("a webhook with half a surrogate pair", () => {
  const SECRET = "0123456789abcdef0123";

  /** What the webhook answers to these events, and what is on the queue then. */
  async function post(bodies: readonly string[]) {
    const queue: string[] = [];
    const nothing = () => undefined;
    const answer = await ingest(
      {
        method: "POST",
        path: "/huawei/eventgrid",
        url: "",
        headers: new Map([["x-secret", SECRET]]),
        body: Buffer.from(bodies.length === 1 ? (bodies[0] ?? "") : `[${bodies.join(",")}]`),
        receivedAt: 0,
      },
      {
        sources: [huaweiEventGrid({ header: "x-secret", secrets: async () => [SECRET] })],
        queue: { send: async (events) => void queue.push(...events.map(queueText)) },
        nonces: { has: async () => false, remember: async () => undefined },
        confirm: async () => "",
        clock: { now: () => 0 },
        log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
        count: nothing,
      },
    );
    return { answer, queue };
  }

  const half = createdEvent(refOf("huawei", HALF));

  test("is refused with 400 where no id of it is well-formed", async () => {
    for (const bodies of [[half], [half, createdEvent(refOf("aws", `i-${HALF}`))]]) {
      const { answer, queue } = await post(bodies);
      expect(answer).toMatchObject({ status: 400, body: { reason: "id-ill-formed" } });
      expect(queue).toEqual([]);
    }
  });

  test("is taken with 202 where one is, and 99 are tagged and one is rejected then", async () => {
    const innocents = innocentsOf(CLOUDS, 33);
    const { deps, tagged } = await cloudsWith(innocents);
    const { answer, queue } = await post([half, ...innocents.map((ref) => createdEvent(ref))]);
    expect(answer).toEqual({ status: 202, body: { accepted: 100 } });
    const { deliveries, dead } = await deliver(queue, deps);
    expect(deliveries.map(({ outcomes }) => countOutcomes(outcomes))).toEqual([{ tagged: 99, rejected: 1 }]);
    expect(dead).toEqual([]);
    expect(tagged()).toBe(99);
  });

  test.each([
    [
      "whose whole pairs are written as escapes",
      createdEvent(refOf("huawei", "u1")).replace("u1", String.raw`\ud83d\ude00`),
    ],
    ["in a part that is no id", createdEvent(refOf("huawei", "u1")).replace("alice", String.raw`a\ud800`)],
    ["that can't be read: as a dead letter it says why", createdEvent({ ...refOf("huawei", HALF), type: "odd" })],
  ])("is taken %s", async (_, body) => {
    expect((await post([body])).answer).toMatchObject({ status: 202 });
  });
});

describe("an odd id harms no innocent, and leads no request astray", () => {
  const ODD: Readonly<Record<string, string>> = {
    NUL: "x\u0000y",
    slashes: "../../v5/agency/x",
    "a step up": "..",
    "a step nowhere": ".",
    "a line break": "a\r\nX-Evil: 1",
    "two thousand characters": "x".repeat(2_000),
    "a star": "*",
    "a space": " ",
    "a prototype": "__proto__",
    JSON: '"],"x":["',
    percent: "%2e%2e%2f",
    "a query": "u1?force=true",
    "a fragment": "u1#x",
    "full width": "ｕ１",
  };
  /** Each id stays one parameter, one part of a body, or one segment that is no step. */
  const PATHS = {
    alibaba: /^\/\?[^ #]*$/,
    huawei: /^\/v5\/user\/(?!\.\.?\/|%2e)[A-Za-z0-9%._~-]+\/tags(?:\/create)?$/i,
    aws: /^\/$/,
  };

  test.each(CLOUDS.flatMap((cloud) => Object.entries(ODD).map(([name, text]) => [cloud, name, text] as const)))(
    "%s: %s",
    async (cloud, _, text) => {
      const innocents = innocentsOf([cloud], 9);
      const { deps, paths, tagged } = await cloudsWith(innocents);
      const odd = refOf(cloud, text);
      const resources = [...innocents, odd].map((ref) => created(ref));
      const ended = await enforceTags(messagesOf(resources), deps, { remainingMs: () => 60_000 });
      const [own, ...others] = ended.resources.toSorted((a, b) => Number(b.id === odd.id) - Number(a.id === odd.id));
      expect(countOutcomes(others)).toEqual({ tagged: 9 });
      expect(tagged()).toBe(9);
      expect(["gone", "rejected", "redelivered"]).toContain(own?.outcome);
      for (const path of paths) expect(path).toMatch(PATHS[cloud]);
    },
  );
});

describe("a provider that breaks on one id", () => {
  const breaking = (provider: TagProvider, method: "listTagResources" | "tagResources", bad: string): TagProvider => ({
    ...provider,
    listTagResources(query, ...rest) {
      if (method === "listTagResources" && query.ids?.includes(bad)) throw new TypeError("a bug");
      return provider.listTagResources(query, ...rest);
    },
    tagResources(batch, ...rest) {
      if (method === "tagResources" && batch.resourceIds.includes(bad)) throw new TypeError("a bug");
      return provider.tagResources(batch, ...rest);
    },
  });

  test.each(["listTagResources", "tagResources"] as const)(
    "in %s costs nobody else anything: that one comes back, and becomes a dead letter",
    async (method) => {
      const all = [
        ...Array.from({ length: 49 }, (_, n) => group(`g${n}`)),
        ...Array.from({ length: 20 }, (_, n) => instance(`i-${n}`)),
        user("u1"),
      ];
      const world = createWorld({ resources: [...all, group("bad")] });
      const registry = createRegistry([breaking(world.alibaba, method, "bad"), world.huawei, world.aws]);
      const bodies = [...all, group("bad")].map((one) => createdEvent(created(one)));
      const { deliveries, dead } = await deliver(bodies, { ...world.deps, registry });
      expect(countOutcomes(deliveries[0]?.outcomes ?? [])).toEqual({ tagged: 70, redelivered: 1 });
      expect(deliveries[0]?.acknowledged).toBe(70);
      expect(deliveries.at(-1)?.outcomes).toMatchObject([{ id: "bad", outcome: "failed", code: "ClientFault" }]);
      expect(dead).toMatchObject([{ reason: expect.stringMatching(/^ClientFault: .*a bug/) as string }]);
      expect(world.log.some(({ message }) => message === "a call failed in our own code")).toBe(true);
    },
  );
});
