import { expect, test } from "vitest";
import { createCaller } from "../../../lib/app/cloud/call.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { applyBatches } from "../../../lib/app/write/apply-batches.ts";
import { createOffenders } from "../../../lib/app/write/offenders.ts";
import type { PlannedWrite } from "../../../lib/app/write/pairs.ts";
import { createRefusalRates, expectedBad } from "../../../lib/app/write/refusal-rates.ts";
import { afterCall, isolate, nextCall } from "../../../lib/core/isolate/isolate.ts";
import { ALIBABA, created, createWorld, group, providerError, tags } from "../enforce-world.ts";
import * as fc from "../../properties.ts";

const SIZE = 50;
const TYPE = "alibaba:apigateway:apiGroup";
const nameOf = (batch: number, place: number) => `b${batch}-${String(place).padStart(2, "0")}`;

/** Bad resources of a batch, spread so that no two are neighbours. */
function spread(batch: number, bad: number): string[] {
  return Array.from({ length: bad }, (_, index) => nameOf(batch, Math.floor((index * SIZE) / Math.max(1, bad))));
}

/** Tag calls for each batch of one invocation, the batches with so many bad resources each; `remembered` of the first. */
async function callsOf(bad: readonly number[], { remembered = 0 } = {}): Promise<number[]> {
  const calls = bad.map(() => 0);
  const badIds = new Set(bad.flatMap((count, batch) => spread(batch, count)));
  const ids = bad.map((_, batch) => Array.from({ length: SIZE }, (__, place) => nameOf(batch, place)));
  const world = createWorld({
    resources: ids.flat().map((id) => group(id)),
    faults: {
      before({ operation, resourceIds }) {
        if (operation !== "tagResources") return;
        const batch = Number(resourceIds[0]?.slice(1, 2));
        calls[batch] = (calls[batch] ?? 0) + 1;
        if (resourceIds.some((id) => badIds.has(id))) throw providerError("resource-permanent");
      },
    },
  });
  const { clock, deps } = world;
  const routeTo = createRouter(deps.registry, deps.accounts);
  const writes = ids.flat().map((id): PlannedWrite => {
    const ref = created(group(id));
    const route = routeTo(ref);
    if ("problem" in route) return expect.fail(route.problem);
    return { ref, route, reading: { kind: "known", tags: tags({}), readAt: clock.now() }, tags: tags({ env: "dev" }) };
  });
  const offenders = createOffenders(clock);
  for (const id of spread(0, bad[0] ?? 0).slice(0, remembered)) offenders.remember(created(group(id)));
  const caller = createCaller({ ...deps, random: () => 0, deadline: { remainingMs: () => Infinity } });
  const scope = { type: TYPE, account: ALIBABA, region: "cn-hangzhou" };
  const batches = ids.map((resourceIds) => ({ ...scope, resourceIds, tags: tags({ env: "dev" }) }));
  const entries = await applyBatches(batches, writes, { ...deps, caller, offenders });
  const refused = entries.values().filter(({ pairs }) => pairs.get("env")?.result?.kind === "refused");
  expect([...refused].map(({ ref }) => ref.id).toSorted()).toEqual([...badIds].toSorted());
  return calls;
}

/** Calls that the search takes if it begins with this expectation, the first failing one included. */
function callsWith(batch: number, bad: number, expected: number): number {
  const badIds = new Set(spread(batch, bad));
  const failed = { kind: "failed", failure: "refused" } as const;
  let state = isolate(
    Array.from({ length: SIZE }, (_, place) => nameOf(batch, place)),
    failed,
    expected,
  );
  let calls = 1;
  for (let called = nextCall(state); called !== undefined; called = nextCall(state)) {
    calls += 1;
    state = afterCall(state, called, called.some((id) => badIds.has(id)) ? failed : { kind: "succeeded" });
  }
  return calls;
}

test("where a batch held many bad resources, the next one's are found with fewer calls", async () => {
  const calls = await callsOf([10, 10, 10, 10, 10]);
  const alone = calls.map((_, batch) => callsWith(batch, 10, 1));
  expect(calls[0]).toBe(alone[0]);
  expect(calls[1]).toBe(callsWith(1, 10, expectedBad({ bad: 10, tested: 50 }, SIZE)));
  expect(sumOf(calls.slice(1))).toBeLessThan(sumOf(alone.slice(1)));
});

test.each([[[1, 1, 1]], [[1, 2, 3]], [[3, 1, 0]]])(
  "batches with few bad ones, %j, cost what each costs alone",
  async (bad) => {
    expect(await callsOf(bad)).toEqual(bad.map((count, batch) => (count === 0 ? 1 : callsWith(batch, count, 1))));
  },
);

test("offenders of earlier invocations say nothing of the others", async () => {
  const [, second] = await callsOf([20, 20], { remembered: 20 });
  expect(second).toBe(callsWith(1, 20, 1));
});

test("each account, region and API learns for itself", () => {
  const rates = createRefusalRates(({ type }) => type);
  const batch = { type: TYPE, account: "a", region: "r", resourceIds: ["x", "y"] };
  rates.note(batch, { taken: 0, refused: 30 });
  expect(rates.expected(batch)).toBeGreaterThan(1.5);
  for (const other of [{ account: "b" }, { region: "s" }, { type: "alibaba:vpcipam:IPAM" }]) {
    expect(rates.expected({ ...batch, ...other })).toBe(1);
  }
});

test("where nothing was tested, a batch that was refused is taken to hold one bad resource", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), (size) => expectedBad({ bad: 0, tested: 0 }, size) === 1));
});

test.each([
  [10, 50, 50, 5.5],
  [10, 50, 20, 22 / 7],
  [30, 150, 50, 7.75],
  [10, 200, 50, 2.2],
])("%i bad ones of %i make a batch of %i likely to hold %d", (bad, tested, size, expected) => {
  expect(expectedBad({ bad, tested }, size)).toBeCloseTo(expected, 10);
});

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
