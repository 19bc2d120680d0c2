import { describe, expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { MemoryCall, MemoryResource } from "../../../lib/providers/memory.ts";
import { created, createWorld, group, messagesOf, providerError } from "../enforce-world.ts";

const IPAM = "alibaba:vpcipam:IPAM";
const PLUGIN = "alibaba:apigateway:plugin";

const named = (type: string, count: number): MemoryResource[] =>
  Array.from({ length: count }, (_, index) => ({ ...group(`${type.at(-1)}${String(index).padStart(2, "0")}`), type }));
const every = (nth: number, resources: readonly MemoryResource[]) =>
  resources.filter((_, index) => index % nth === 0).map(({ id }) => id);

interface Crowd {
  readonly first: readonly MemoryResource[];
  /** Their first call is told to come back when all of the first ones are done. */
  readonly later: readonly MemoryResource[];
  readonly bad: readonly string[];
}

/** How many calls it took to tag the later ones, in one invocation with the first ones. */
async function callsForLater({ first, later, bad }: Crowd): Promise<number> {
  const refused = new Set(bad);
  const isLater = new Set(later.map(({ id }) => id));
  let calls = 0;
  const world = createWorld({
    resources: [...first, ...later],
    faults: {
      before({ operation, resourceIds }: MemoryCall) {
        if (operation !== "tagResources") return;
        if (resourceIds.some((id) => isLater.has(id)) && (calls += 1) === 1) {
          throw providerError("throttled", { retryAfterMs: 100_000 });
        }
        if (resourceIds.some((id) => refused.has(id))) throw providerError("resource-permanent");
      },
    },
  });
  const { resources } = await enforceTags(
    messagesOf([...first, ...later].map((one) => created(one))),
    world.deps,
    world.deadline,
  );
  const rejected = resources.filter(({ outcome }) => outcome === "rejected").map(({ id }) => id);
  expect(rejected.toSorted()).toEqual(bad.toSorted());
  return calls;
}

describe("what an invocation has learned of an API", () => {
  const groups = named("alibaba:apigateway:apiGroup", 50);
  const plugins = named(PLUGIN, 50);
  const ipams = named(IPAM, 20);
  const manyBad = every(3, groups);

  test("makes the next search there shorter, also for resources of another type", async () => {
    const bad = every(4, plugins);
    const alone = await callsForLater({ first: [], later: plugins, bad });
    const afterBadOnes = await callsForLater({ first: groups, later: plugins, bad: [...bad, ...manyBad] });
    expect(afterBadOnes).toBeLessThan(alone);
  });

  test("is not held against another API", async () => {
    const bad = every(20, ipams);
    const alone = await callsForLater({ first: [], later: ipams, bad });
    expect(await callsForLater({ first: groups, later: ipams, bad: [...bad, ...manyBad] })).toBe(alone);
  });

  test("includes that nothing was refused", async () => {
    const bad = plugins.slice(17, 18).map(({ id }) => id);
    const alone = await callsForLater({ first: [], later: plugins, bad });
    expect(await callsForLater({ first: groups, later: plugins, bad })).toBe(alone);
  });
});
