import { describe, expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import { enforceUntilFinal } from "../../../lib/app/enforce/until-final.ts";
import { inParts } from "../../../lib/app/enforce/parts.ts";
import type { CreatedMessage } from "../../../lib/app/enforce/messages.ts";
import type { MessageAction } from "../../../lib/app/ports/messages.ts";
import type { Redelivery } from "../../../lib/app/write/error-outcome.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import { array, assert, asyncProperty, constantFrom, integer, property, record } from "../../properties.ts";
import { created, createWorld, group, instance, messagesOf, providerError, user } from "../enforce-world.ts";
import { workOff, type BacklogOptions } from "./backlog.ts";

const SLOW = { read: 5, write: 5 };
const isRead = ({ operation }: MemoryCall) => operation === "listTagResources";

/** No invocation that could write wrote nothing, and nothing that is done is lost. */
async function worksOff(options: BacklogOptions) {
  const ended = await workOff(options);
  const { invocations, left, dead, tagged } = ended;
  expect(invocations.filter((one) => one.tagged === 0)).toEqual([]);
  expect({ left: left.length, dead, tagged }).toEqual({
    left: 0,
    dead: [],
    tagged: options.messages * (options.perMessage ?? 1),
  });
  return ended;
}

describe("a backlog whose reads take most of each invocation", () => {
  test("is worked off, and what is read is written", async () => {
    const { calls, minutes } = await worksOff({ make: user, messages: 1_000, processes: 2, callsPerSecond: SLOW });
    // One read each, but for the few that were written too late for the first one.
    expect(calls["huawei:iam:ListResourceTagsV5"]).toBeLessThanOrEqual(1_050);
    // A process has 1.25 of the 5 calls a second.
    expect(minutes).toBeLessThanOrEqual((1_000 / 1.25 / 60) * 1.2);
  });

  test("is worked off at documented quotas by one of ten functions", async () => {
    const { calls } = await worksOff({ make: user, messages: 1_000, processes: 10 });
    expect(calls["huawei:iam:ListResourceTagsV5"]).toBeLessThanOrEqual(1_200);
  });

  test.each([
    ["2 functions, 10,000 resources", { perMessage: 10_000, processes: 2 }],
    ["10 functions, 2,000 resources", { perMessage: 2_000, processes: 10 }],
    ["reads that don't fit an invocation", { perMessage: 4_000, callsPerSecond: { read: 0.25, write: 5 } }],
  ])("ends where it is one large event: %s", async (_, options) => {
    const { calls } = await worksOff({ make: instance, messages: 1, ...options });
    expect(calls["aws:tagging:TagResources"]).toBeLessThanOrEqual((options.perMessage / 20) * 1.05);
  });

  test("ends with one large event of which some fail again and again: they alone come back", async () => {
    const { tagged, left, invocations } = await workOff({
      make: instance,
      messages: 1,
      perMessage: 1_500,
      callsPerSecond: { read: 0.5, write: 5 },
      faults: () => ({
        before({ resourceIds }) {
          if (resourceIds.some((id) => id.endsWith("r000700"))) throw providerError("unknown");
        },
      }),
    });
    expect([tagged, left.map(({ resources }) => resources.length)]).toEqual([1_499, [1]]);
    expect(invocations.at(-1)?.outcomes.filter(({ outcome }) => outcome === "redelivered")).toHaveLength(1);
  });

  test("always gets smaller, whatever the rates, the clouds and the sizes of events are", async () => {
    const kinds = { user, group, instance };
    await assert(
      asyncProperty(
        record({
          kind: constantFrom("user", "group", "instance"),
          messages: integer({ min: 1, max: 130 }),
          perMessage: integer({ min: 1, max: 12 }),
          processes: integer({ min: 1, max: 5 }),
          read: integer({ min: 1, max: 10 }),
          write: integer({ min: 1, max: 10 }),
        }),
        async ({ kind, read, write, ...sizes }) => {
          await worksOff({ make: kinds[kind], callsPerSecond: { read, write }, hours: 24, ...sizes });
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe("one invocation", () => {
  test("reads all at once where reading is quick, so that it makes as few calls as ever", async () => {
    const resources = Array.from({ length: 1_000 }, (_, n) => group(`g${String(n).padStart(4, "0")}`));
    const world = createWorld({ resources });
    await enforceTags(messagesOf(resources.map((one) => created(one))), world.deps, world.deadline);
    expect(world.calls()).toEqual({
      "alibaba:apigateway:ListTagResources": 20,
      "alibaba:apigateway:TagResources": 20,
    });
  });

  test("writes what it has read of one cloud while another one doesn't answer", async () => {
    const resources = [group("g1"), user("u1")];
    const world = createWorld({
      resources,
      faults: {
        async before(call) {
          if (isRead(call) && call.type.startsWith("huawei:")) {
            const isFirst = !isHung;
            isHung = true;
            if (isFirst) await world.clock.sleep(100_000);
          }
          if (call.operation === "tagResources") writtenAt ??= world.clock.now();
        },
      },
    });
    let writtenAt: number | undefined;
    let isHung = false;
    const startedAt = world.clock.now();
    await enforceTags(messagesOf(resources.map((one) => created(one))), world.deps, world.deadline);
    expect((writtenAt ?? Infinity) - startedAt).toBeLessThanOrEqual(6_000);
    expect(world.tagsOf("u1")).toEqual({ env: "dev", owner: "alice" });
  });

  test("keeps what it wrote in the journal although something fails after it", async () => {
    const resources = Array.from({ length: 40 }, (_, n) => user(`u${n}`));
    const journaled: string[] = [];
    let reservations = 0;
    const world = createWorld({ resources, account: { callsPerSecond: { read: 2, write: 2 } } });
    const deps = {
      ...world.deps,
      journal: async (entries: readonly { readonly id: string }[]) =>
        void journaled.push(...entries.map(({ id }) => id)),
      writeCap: {
        ...world.deps.writeCap,
        reserve: async (...args: Parameters<typeof world.deps.writeCap.reserve>) => {
          if ((reservations += 1) > 1) throw new Error("the table is down");
          return world.deps.writeCap.reserve(...args);
        },
      },
    };
    await enforceTags(messagesOf(resources.map((one) => created(one))), deps, world.deadline);
    const tagged = resources.filter(({ id }) => world.tagsOf(id)?.["env"] !== undefined).map(({ id }) => id);
    expect(tagged.length).toBeGreaterThan(0);
    expect(tagged.length).toBeLessThan(40);
    expect([...new Set(journaled)].toSorted()).toEqual(tagged.toSorted());
  });

  test("reads what was created before what an audit found", async () => {
    const [found, fresh] = [user("a-found"), user("b-created")];
    const read: string[] = [];
    const world = createWorld({
      resources: [found, fresh],
      faults: { before: (call) => void (isRead(call) && read.push(...call.resourceIds)) },
    });
    const [first, second] = messagesOf([found, fresh].map((one) => created(one)));
    if (first === undefined || second === undefined) expect.fail();
    await enforceTags([{ ...first, isRepair: true }, second], world.deps, world.deadline);
    expect(read).toEqual(["b-created", "a-found"]);
  });
});

test("on the command line, what is read is written as well, and the rest has failed for lack of time", async () => {
  const resources = Array.from({ length: 300 }, (_, n) => user(`u${n}`));
  const world = createWorld({ resources, account: { callsPerSecond: { read: 4, write: 4 } } });
  const outcomes = await enforceUntilFinal(
    resources.map((one) => created(one)),
    world.deps,
    { maxSeconds: 60 },
  );
  const tagged = outcomes.filter(({ outcome }) => outcome === "tagged").length;
  expect(tagged).toBeGreaterThanOrEqual(190);
  // What was read was written.
  expect(world.calls()["huawei:iam:ListResourceTagsV5"]).toBeLessThanOrEqual(tagged + 10);
  expect(outcomes.filter(({ outcome }) => outcome === "failed")).toHaveLength(300 - tagged);
});

describe("a message that is sent again in parts", () => {
  const unreached: Redelivery = {
    outcome: "redelivered",
    how: "wait",
    code: "OutOfTime",
    message: "",
    isUnreached: true,
  };
  const failed: Redelivery = { outcome: "redelivered", how: "retry", code: "Odd", message: "" };
  const again: MessageAction = { messageId: "m0", action: "send-again", delaySeconds: 7 };

  /** `ended`: d = done, u = not reached, f = failed. */
  function partsOf(ended: string, action = again, from?: number) {
    const resources = Array.from(ended, (_, n) => created(group(`g${n}`)));
    const message: CreatedMessage = {
      messageId: "m0",
      resources,
      sendCount: 0,
      ...(from !== undefined && { part: { from, to: from + ended.length, of: 900 } }),
    };
    const reasons: Readonly<Record<string, Redelivery>> = { u: unreached, f: failed };
    const later = new Map(
      resources.flatMap((one, n) => {
        const reason = reasons[ended[n] ?? ""];
        return reason === undefined ? [] : [[resourceKey(one), reason] as const];
      }),
    );
    const [first] = inParts([message], [action], later);
    return first !== undefined && "parts" in first ? first.parts : undefined;
  }

  test.each([
    ["leaves out what is done", "dduu", [{ from: 2, to: 4, of: 4 }]],
    [
      "parts what failed from what was not reached",
      "dfuu",
      [
        { from: 1, to: 2, of: 4 },
        { from: 2, to: 4, of: 4 },
      ],
    ],
    ["is not parted where nothing was done", "uuuu", undefined],
    ["is not parted where all was reached", "dfdf", undefined],
    ["is not parted where nothing is left", "dddd", undefined],
  ])("%s: %s", (_, ended, parts) => {
    expect(partsOf(ended)).toEqual(parts);
  });

  test("is parted instead of being handed back, since the delivery would count for what was not reached", () => {
    const back: MessageAction = { messageId: "m0", action: "redeliver", reason: "Odd" };
    expect(partsOf("dfu", back)).toEqual([
      { from: 1, to: 2, of: 3 },
      { from: 2, to: 3, of: 3 },
    ]);
  });

  test("counts places in the whole event, however often it was parted", () => {
    expect(partsOf("du", again, 100)).toEqual([{ from: 101, to: 102, of: 900 }]);
  });

  test("holds all that is left, in at most ten parts, each of them smaller than the whole", () => {
    assert(
      property(array(constantFrom("d", "u", "f"), { minLength: 2, maxLength: 300 }), (kinds) => {
        const parts = partsOf(kinds.join(""));
        if (parts === undefined) return;
        expect(parts.length).toBeLessThanOrEqual(10);
        const held = new Set(parts.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, n) => from + n)));
        kinds.forEach((kind, place) => kind === "d" || expect(held.has(place)).toBe(true));
        const sum = parts.reduce((total, { from, to }) => total + to - from, 0);
        expect(sum).toBe(held.size);
      }),
    );
  });
});
