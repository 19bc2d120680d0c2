import * as fc from "fast-check";
import { expect, test } from "vitest";
import { enforceTags } from "../../lib/app/enforce-tags.ts";
import type { CreatedMessage } from "../../lib/app/merge-created.ts";
import { resourceKey } from "../../lib/core/resource.ts";
import type { MemoryCall, MemoryResource } from "../../lib/providers/memory.ts";
import { seededRandom } from "../../bench/measure.ts";
import { created, createWorld, group, instance, messagesOf, providerError, user } from "./enforce-world.ts";

const ROUNDS = 14;
/** From this round on the clouds behave and people rest, so that everything can come to its end. */
const CALM_ROUND = 5;
const CREATED_AT = "2026-11-22T11:58:00Z";

type Fate = "ordinary" | "poisoned" | "deleted" | "late";

const fates = fc.constantFrom<Fate>("ordinary", "ordinary", "ordinary", "ordinary", "poisoned", "deleted", "late");
const startingTags = fc.constantFrom<Record<string, string>[]>(
  {},
  {},
  { env: "prod" },
  { env: "illegal" },
  { owner: "bob" },
  { "team-lead": "carol" },
  { env: "dev", owner: "bob" },
);
const worlds = fc.record({
  seed: fc.nat(),
  resources: fc.array(
    fc.record({ cloud: fc.constantFrom(group, group, instance, user), fate: fates, tags: startingTags }),
    {
      minLength: 1,
      maxLength: 70,
    },
  ),
  throttled: fc.constantFrom(0, 0.1, 0.3),
  outage: fc.constantFrom(0, 0.1, 0.3),
  lost: fc.constantFrom(0, 0.1, 0.4),
  slow: fc.constantFrom(0, 0.3),
  people: fc.constantFrom(0, 0.3),
  duplicates: fc.boolean(),
});
type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

/** Delivers messages until all are acknowledged, through clouds that fail and people who tag, and checks every write. */
async function simulate({ seed, resources: wanted, duplicates, ...chances }: World) {
  const random = seededRandom(seed);
  const resources = wanted.map(({ cloud, tags }, index) => cloud(`r${index}`, tags));
  const fateOf = new Map(resources.map(({ id }, index) => [id, wanted[index]?.fate]));
  const writtenByPeople = new Map<string, number>();
  const violations: string[] = [];
  let calm = false;
  const happens = (chance: number) => !calm && random() < chance;

  const world = createWorld({
    resources: [],
    deps: { random },
    faults: {
      before(call) {
        const sentAt = world.clock.now();
        if (happens(chances.slow)) world.clock.advance(random() * 12_000);
        if (happens(chances.people)) meddle();
        checkWrite(call, sentAt);
        if (happens(chances.throttled)) throw providerError("throttled");
        if (happens(chances.outage)) throw providerError("transient");
        const poisoned = call.resourceIds.some((id) => fateOf.get(id) === "poisoned");
        if (poisoned && call.operation === "tagResources" && call.resourceIds.length > 0) {
          throw providerError("resource-permanent");
        }
      },
      after(call) {
        if (call.operation === "tagResources" && happens(chances.lost)) {
          throw providerError("transient", { ambiguous: true });
        }
      },
    },
  });
  for (const one of resources) {
    const fate = fateOf.get(one.id);
    const visibleAt = fate === "late" ? world.clock.now() + random() * 600_000 : 0;
    if (fate !== "deleted") cloudOf(one).create({ ...one, visibleAt });
  }

  function cloudOf({ type }: Pick<MemoryResource, "type">) {
    if (type.startsWith("alibaba:")) return world.alibaba;
    return type.startsWith("aws:") ? world.aws : world.huawei;
  }
  /** Somebody gives a random resource an environment, or another one. */
  function meddle(): void {
    const one = resources[Math.floor(random() * resources.length)];
    const present = one === undefined ? undefined : world.tagsOf(one.id);
    if (one === undefined || present === undefined || fateOf.get(one.id) === "late") return;
    cloudOf(one).create({ ...one, tags: new Map(Object.entries({ ...present, env: `person-${random()}` })) });
    writtenByPeople.set(one.id, world.clock.now());
  }
  /** A write may replace nothing but what a person wrote at most 10 seconds before it was sent, or since. */
  function checkWrite({ operation, resourceIds, tags }: MemoryCall, sentAt: number): void {
    if (operation !== "tagResources") return;
    for (const id of resourceIds) {
      const present = world.tagsOf(id) ?? {};
      for (const [key, value] of tags) {
        const raced = key === "env" && sentAt - (writtenByPeople.get(id) ?? -Infinity) <= 10_000;
        if (present[key] !== undefined && present[key] !== value && !raced) {
          violations.push(`${key} of ${id}: ${present[key]} → ${value}`);
        }
      }
    }
  }

  const last = new Map<string, string>();
  // The creating request named these tags: nobody can read them while the resource isn't visible yet.
  const event = ({ tags }: MemoryResource) => ({
    createdAt: CREATED_AT,
    ...(tags !== undefined && { requestTags: tags }),
  });
  let queue: CreatedMessage[] = messagesOf(resources.map((one) => created(one, event(one))));
  if (duplicates) queue.push(...queue.map((message) => ({ ...message, messageId: `again-${message.messageId}` })));
  for (let round = 0; round < ROUNDS && queue.length > 0; round += 1) {
    calm = round >= CALM_ROUND;
    const endsAt = world.clock.now() + 120_000;
    const result = await enforceTags(queue, world.deps, { remainingMs: () => endsAt - world.clock.now() });
    const entered = new Set(queue.flatMap((message) => message.resources.map((one) => resourceKey(one))));
    expect(result.resources.map((one) => resourceKey(one)).sort()).toEqual([...entered].sort());
    for (const { id, outcome } of result.resources) last.set(id, outcome);
    const settled = new Map(result.settlements.map((settlement) => [settlement.messageId, settlement]));
    let delay = 30;
    queue = queue.flatMap((message) => {
      const settlement = settled.get(message.messageId);
      const isFinal = message.resources.every(({ id }) => last.get(id) !== "redelivered");
      expect([message.messageId, settlement?.action === "acknowledge"]).toEqual([message.messageId, isFinal]);
      if (settlement?.action === "acknowledge") return [];
      if (settlement?.action === "send-again") delay = Math.max(delay, settlement.delaySeconds);
      return [{ ...message, sendCount: message.sendCount + 1 }];
    });
    world.clock.advance(delay * 1_000);
  }
  return { world, resources, fateOf, last, violations, left: queue.length };
}

test("whatever the clouds and people do: nothing is overwritten, lost or blamed on the wrong one", async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (options) => {
      const { world, resources, fateOf, last, violations, left } = await simulate(options);
      expect(violations).toEqual([]);
      expect(left).toBe(0);
      for (const [index, one] of resources.entries()) {
        const before = options.resources[index]?.tags ?? {};
        const after = world.tagsOf(one.id) ?? {};
        const fate = fateOf.get(one.id);
        const outcome = last.get(one.id) ?? "none";
        if (fate === "deleted") expect(["gone", "compliant", "report-only"]).toContain(outcome);
        else if (fate === "poisoned") expect(["rejected", "compliant", "report-only"]).toContain(outcome);
        else {
          expect(["tagged", "compliant", "report-only"]).toContain(outcome);
          expect([after["env"] === undefined, after["owner"] === undefined]).toEqual([false, false]);
        }
        if (before["owner"] !== undefined) expect(after["owner"] ?? "bob").toBe("bob");
      }
    }),
    { numRuns: 150 },
  );
});
