import { expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { created, createWorld, group, messagesOf, outcomesOf, user } from "../enforce-world.ts";

const own = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`own-${index}`, "x"]));

test("a resource that somebody tags before the write gets what still fits, and its batch is spared a refusal", async () => {
  let reads = 0;
  const nearlyFull = group("full", own(18));
  const world = createWorld({
    resources: [nearlyFull, group("free")],
    faults: {
      before({ operation }) {
        if (operation !== "listTagResources") return;
        reads += 1;
        // The first read is overtaken: it grows old, and somebody uses a slot meanwhile.
        if (reads === 2) world.alibaba.create({ ...nearlyFull, tags: new Map(Object.entries(own(19))) });
      },
      after({ operation }) {
        if (operation === "listTagResources" && reads === 1) world.clock.advance(11_000);
      },
    },
  });
  const { resources } = await enforceTags(
    messagesOf([created(nearlyFull), created(group("free"))]),
    world.deps,
    world.deadline,
  );
  expect(outcomesOf(resources)).toEqual({ full: "rejected", free: "tagged" });
  expect(Object.keys(world.tagsOf("full") ?? {})).toHaveLength(20);
  expect(world.log.filter(({ message }) => message.includes("unexpectedly"))).toEqual([]);
  expect(resources.find(({ id }) => id === "full")).toMatchObject({ code: "TagQuota" });
});

test("no write is started after a read that used up the time", async () => {
  let reads = 0;
  const world = createWorld({
    resources: [user("late")],
    faults: {
      after({ operation }) {
        if (operation !== "listTagResources") return;
        reads += 1;
        world.clock.advance(reads === 1 ? 11_000 : 5_000);
      },
    },
  });
  const endsAt = world.clock.now() + 15_000;
  const deadline = { remainingMs: () => endsAt - world.clock.now() };
  const { resources } = await enforceTags(messagesOf([created(user("late"))]), world.deps, deadline);
  expect(resources[0]).toMatchObject({ outcome: "redelivered", code: "OutOfTime" });
  expect(world.calls()["huawei:iam:TagResourceV5"] ?? 0).toBe(0);
});
