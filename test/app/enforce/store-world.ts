import { expect } from "vitest";
import { enforceKept, type EnforceMessage } from "../../../lib/app/enforce/enforce-kept.ts";
import { createKeepLater } from "../../../lib/app/enforce/keep-later.ts";
import type { AlertMessage } from "../../../lib/app/ports/alerts.ts";
import { comeBack, type MessageAction } from "../../../lib/app/ports/messages.ts";
import type { SeenLedger } from "../../../lib/app/ports/seen.ts";
import type { StoreRecord } from "../../../lib/app/ports/store-records.ts";
import { memoryWriteCap } from "../../../lib/app/write/cap.ts";
import { messageOf } from "../../../lib/core/errors.ts";
import { resourceKey, type Resource } from "../../../lib/core/resource.ts";
import { memorySeen } from "../../../lib/sinks/dynamo/memory-seen.ts";
import { objectJournal } from "../../../lib/sinks/objects/journal.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectOutcomes } from "../../../lib/sinks/objects/outcomes.ts";
import { createWorld, created, group, instance, providerError, user } from "../enforce-world.ts";

/** What enforcement leans on. */
export const PLACES = ["journal", "outcomes", "alert", "seen", "cap", "queue", "sts"] as const;
export type Place = (typeof PLACES)[number];

/** As serverless.yml has it. */
const VISIBILITY_MS = 370_000;
const ATTEMPTS = 5;
const INVOCATION_MS = 52_000;
const DAY_MS = 24 * 3_600_000;

interface Lying {
  readonly id: string;
  readonly sendCount: number;
  readonly receives: number;
  readonly visibleAt: number;
  readonly body: Resource | StoreRecord;
}

const crowd = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, "1"]));

/** Two clouds' resources to tag, one that is compliant and one that is full, of which somebody has to be told. */
export const RESOURCES = [
  ...Array.from({ length: 60 }, (_, index) => group(`g${index}`)),
  ...Array.from({ length: 38 }, (_, index) => instance(`i-${index}`)),
  user("u1", { env: "prod", owner: "x" }),
  group("full", crowd),
];

/**
 * Enforces the creation of `RESOURCES` with a queue on virtual time until no message is left, while places are down.
 * `isDown` is told the milliseconds since the start.
 */
export async function enforceWhile(isDown: (place: Place, ms: number) => boolean) {
  const startedAt = { ms: 0 };
  const world = createWorld({
    resources: RESOURCES,
    faults: {
      before: () => {
        if (down("sts")) throw providerError("transient", { code: "CredentialsUnavailable" });
      },
    },
  });
  const { clock } = world;
  startedAt.ms = clock.now();
  const down = (place: Place) => isDown(place, clock.now() - startedAt.ms);
  const orFail = (place: Place) => {
    if (down(place)) throw new Error(`${place}: ServiceUnavailable`);
  };

  const objects = memoryObjects();
  const journal = objectJournal(objects);
  const outcomes = objectOutcomes(objects);
  const seen: SeenLedger = memorySeen();
  const alerts: AlertMessage[] = [];
  const cap = memoryWriteCap();
  let queue: Lying[] = RESOURCES.map((one, index) => ({
    id: `m${index}`,
    sendCount: 0,
    receives: 0,
    // In waves: some outages begin in the middle of the work.
    visibleAt: clock.now() + Math.floor(index / 20) * 720_000,
    body: created(one),
  }));
  const dead: { readonly id: string; readonly reason: string }[] = [];
  let made = 0;
  let unjournaled = 0;

  const known = new Set<string>();

  const later = createKeepLater({
    async store(record) {
      orFail(record.kind);
      if (record.kind === "journal") {
        await journal.record(record.run, record.entries);
        for (const one of record.entries) known.add(resourceKey(one));
      }
      if (record.kind === "outcomes") await outcomes.record(record.record);
      if (record.kind === "alert") alerts.push(record.message);
      if (record.kind === "seen")
        await (record.isGone ? seen.forget(record.resources, record.at) : seen.note(record.resources, record.at));
    },
    async postpone(record) {
      orFail("queue");
      queue.push({ id: `p${(made += 1)}`, sendCount: 0, receives: 0, visibleAt: clock.now() + 10_000, body: record });
    },
    clock,
    log: world.deps.log,
    count: () => undefined,
  });
  const writeCap = {
    ...cap,
    reserve: async (...asked: Parameters<typeof cap.reserve>) => {
      orFail("cap");
      return cap.reserve(...asked);
    },
    release: async (...given: Parameters<typeof cap.release>) => {
      orFail("cap");
      return cap.release(...given);
    },
  };
  const deps = { ...world.deps, writeCap, later, newId: () => `i${(made += 1)}`, alerts: true };

  /** What is written is in the journal, or on the queue on its way there. */
  function countUnjournaled(): number {
    const underWay = new Set<string>();
    for (const { body } of queue) {
      if ("kind" in body && body.kind === "journal") for (const one of body.entries) underWay.add(resourceKey(one));
    }
    const waiting = new Set(queue.flatMap(({ body }) => ("kind" in body ? [] : [resourceKey(body)])));
    const written = [world.alibaba, world.aws].flatMap((cloud) => cloud.state()).filter(({ id }) => id !== "full");
    return written.filter((one) => {
      const key = resourceKey(one);
      return one.tags?.has("env") === true && !known.has(key) && !underWay.has(key) && !waiting.has(key);
    }).length;
  }

  const waitsUntil = clock.now() + DAY_MS;
  while (queue.length > 0) {
    const now = clock.now();
    const next = Math.min(...queue.map(({ visibleAt }) => visibleAt));
    if (next > now) clock.advance(next - now);
    const batch = queue.filter(({ visibleAt }) => visibleAt <= clock.now()).slice(0, 100);
    const inBatch = new Set(batch);
    const messages = batch.map(({ id: messageId, sendCount, body }): EnforceMessage =>
      "kind" in body
        ? { messageId, sendCount, waitsUntil, postponed: body }
        : { messageId, sendCount, waitsUntil, resources: [body] },
    );
    const endsAt = clock.now() + INVOCATION_MS;
    let actions: readonly MessageAction[];
    try {
      actions = await enforceKept(messages, deps, { remainingMs: () => endsAt - clock.now() });
    } catch (error) {
      const reason = messageOf(error);
      actions = messages.map((message) => comeBack(message, reason, world.deps));
    }
    const byId = new Map(actions.map((one) => [one.messageId, one]));
    const left = batch.flatMap((one): Lying[] => {
      const action = byId.get(one.id);
      if (action?.action === "acknowledge") return [];
      if (action?.action === "send-again" && !down("queue")) {
        const visibleAt = clock.now() + action.delaySeconds * 1_000;
        return [{ ...one, sendCount: one.sendCount + 1, receives: 0, visibleAt }];
      }
      const receives = one.receives + 1;
      if (receives < ATTEMPTS && action?.action !== "give-up")
        return [{ ...one, receives, visibleAt: clock.now() + VISIBILITY_MS }];
      dead.push({ id: one.id, reason: action !== undefined && "reason" in action ? (action.reason ?? "") : "" });
      return [];
    });
    queue = [...queue.filter((one) => !inBatch.has(one)), ...left];
    unjournaled += countUnjournaled();
    if (clock.now() - startedAt.ms > 48 * 3_600_000) expect.fail("it never ends");
  }

  const last = new Map<string, string>();
  for await (const { resources } of outcomes.read()) {
    for (const { id, outcome } of resources) {
      // What was tagged stays so in the count, though a later delivery finds it compliant.
      if (last.get(id) !== "tagged") last.set(id, outcome);
    }
  }
  const journaled = [];
  for (const run of await journal.runs()) {
    for (const { id, key, value } of (await journal.read(run)) ?? []) journaled.push(`${id} ${key}=${value}`);
  }
  const noted = [];
  for (const one of RESOURCES) {
    const { type, account, region } = created(one);
    const page = await seen.list({ type, account, region }, undefined);
    noted.push(...page.resources.map(({ id }) => id));
  }
  return {
    end: {
      tags: Object.fromEntries(RESOURCES.map(({ id }) => [id, world.tagsOf(id)])),
      journal: journaled.toSorted(),
      outcomes: Object.fromEntries(last),
      alerts: [
        ...new Set(alerts.flatMap((one) => (one.kind === "raised" ? one.alerts : [])).map(({ key }) => key)),
      ].toSorted(),
      seen: [...new Set(noted)].toSorted(),
    },
    dead,
    unjournaled,
    writes: (world.calls()["alibaba:apigateway:TagResources"] ?? 0) + (world.calls()["aws:tagging:TagResources"] ?? 0),
    minutes: (clock.now() - startedAt.ms) / 60_000,
    log: world.log,
  };
}
