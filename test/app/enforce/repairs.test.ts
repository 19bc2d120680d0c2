import { describe, expect, test } from "vitest";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { CreatedMessage } from "../../../lib/app/enforce/messages.ts";
import { untilNextHour } from "../../../lib/app/write/cap.ts";
import type { Trouble } from "../../../lib/core/alert/trouble-alerts.ts";
import { countOutcomes } from "../../../lib/core/outcome.ts";
import { created, createWorld, group, messagesOf, outcomesOf } from "../enforce-world.ts";

const groupsNamed = (name: string, count: number) => Array.from({ length: count }, (_, n) => group(`${name}${n}`));
const events = (name: string, count: number) => messagesOf(groupsNamed(name, count).map((one) => created(one)));
/** As an audit sends them: of their creation nothing is known. */
const repairs = (name: string, count: number): CreatedMessage[] =>
  groupsNamed(name, count).map((one, index) => {
    const { event: _, ...found } = created(one);
    return { messageId: `r${index}`, resources: [found], sendCount: 0, isRepair: true };
  });

function worldOf(writesPerHour: number, count: number) {
  const troubles: Trouble[] = [];
  const world = createWorld({
    resources: [...groupsNamed("old", count), ...groupsNamed("new", count)],
    account: { writesPerHour },
    deps: {
      alert: async (told) => {
        troubles.push(...told);
      },
    },
  });
  const run = (messages: readonly CreatedMessage[]) => {
    const endsAt = world.clock.now() + 60_000;
    return enforceTags(messages, world.deps, { remainingMs: () => endsAt - world.clock.now() });
  };
  return { ...world, troubles, run };
}

describe("repairs", () => {
  test("leave half of the write cap to what is created, however many there are", async () => {
    const { run } = worldOf(10, 20);
    expect(countOutcomes((await run(repairs("old", 20))).resources)).toEqual({ tagged: 5, redelivered: 15 });
    expect(countOutcomes((await run(events("new", 10))).resources)).toEqual({ tagged: 5, redelivered: 5 });
  });

  test("come after the events of the same invocation, wherever those stand", async () => {
    const { run } = worldOf(4, 4);
    const { resources } = await run([...repairs("old", 4), ...events("new", 3)]);
    const outcomes = outcomesOf(resources);
    expect([outcomes["new0"], outcomes["new1"], outcomes["new2"]]).toEqual(["tagged", "tagged", "tagged"]);
    expect(countOutcomes(resources)).toEqual({ tagged: 4, redelivered: 3 });
  });

  test("of what an event tells of too are no repairs", async () => {
    const { run } = worldOf(2, 2);
    const { resources } = await run([...repairs("old", 2), ...events("old", 2)]);
    expect(countOutcomes(resources)).toEqual({ tagged: 2 });
  });

  test("beyond their part are sent again until they have had their turn, and none is lost", async () => {
    const { run, clock, tagsOf } = worldOf(10, 12);
    let waiting = repairs("old", 12);
    for (let hour = 0; hour < 3; hour += 1) {
      const { actions } = await run(waiting);
      const delays = actions.flatMap((one) => (one.action === "send-again" ? [one] : []));
      for (const one of delays) expect(one).toMatchObject({ delaySeconds: 900, isExpected: true });
      waiting = waiting.filter(({ messageId }) => delays.some((one) => one.messageId === messageId));
      expect(waiting).toHaveLength([7, 2, 0][hour] ?? -1);
      clock.advance(untilNextHour(clock.now()));
    }
    for (const { id } of groupsNamed("old", 12)) expect(tagsOf(id)).toMatchObject({ env: "dev" });
  });

  test("that wait are told apart from events that do", async () => {
    const { run, troubles } = worldOf(2, 3);
    await run([...repairs("old", 3), ...events("new", 3)]);
    expect(troubles.map(({ id, kind, code }) => `${id[0]} ${kind} ${code}`).toSorted()).toEqual([
      "n write-cap WriteCap",
      "o repair-cap RepairCap",
      "o repair-cap RepairCap",
      "o repair-cap RepairCap",
    ]);
  });
});
