import { describe, expect, it } from "vitest";
import { ProviderError } from "../../../lib/core/errors.ts";
import type { Recorded } from "../../../lib/core/recorded.ts";
import type { TypeContract } from "../../../lib/core/contract.ts";
import type { InventoryResource, TagProvider } from "../../../lib/app/ports/provider.ts";
import { genericContract } from "../generic-contract.ts";
import { account, ACCOUNT, audit, disk, disks, DISK, expected, found, of, PROD } from "./whole-account.ts";

// Accounts whose inventory is filled by a recorder, which can be off, or let types out.

const DAY_MS = 24 * 3_600_000;
const RECORDING = {
  action: "alibaba:resourcecenter:ShowRecorder",
  callsPerSecond: 10,
  per: "account",
  recorder: "the recorder",
} as const;

/** All that is said of an account-wide inventory. */
const contractWith = (more: object): TypeContract => ({
  ...genericContract,
  inventory: Object.fromEntries(
    Object.entries(genericContract.inventory).map(([type, one]) => [type, { ...one, ...more }]),
  ),
});
const contract = contractWith({ maxAgeMs: DAY_MS, recording: RECORDING });
const SHARD = { shard: `alibaba.${ACCOUNT}.all.all`, type: "alibaba:*:*" };

interface Options {
  readonly types?: readonly string[];
  readonly row?: (resource: InventoryResource) => InventoryResource | undefined;
}

/** An account whose recorder answers so. */
function recording(answer: Recorded | ProviderError, resources: Parameters<typeof account>[0], options: Options = {}) {
  const wrap = (provider: TagProvider): TagProvider => ({
    ...provider,
    async readRecorded() {
      if (answer instanceof ProviderError) throw answer;
      return answer;
    },
  });
  return account(resources, { contract, wrap, ...options });
}

const denied = new ProviderError({ code: "Denied", kind: "access", message: "no", httpStatus: 403, requestId: "" });
const saying = (tags: Record<string, string>) => (one: InventoryResource) => ({
  ...one,
  tags: new Map(Object.entries(tags)),
});

describe("an inventory that is as old as a day", () => {
  it("is complete where everything is recorded, and the audit says how old it may be", async () => {
    const { gaps, coverage } = await audit(recording("everything", disks(3, PROD)));
    expect(gaps).toEqual([]);
    expect(coverage.inventoryAge).toEqual({ [ACCOUNT]: DAY_MS });
  });

  it("says so of the account of a cloud whose inventory is two minutes old, too", async () => {
    const { coverage } = await audit(account(disks(3, PROD)));
    expect(coverage.inventoryAge).toEqual({ [ACCOUNT]: 120_000 });
  });

  it("is nothing to speak of where no inventory's row counts", async () => {
    const { coverage } = await audit(
      account([of("alibaba:apigateway:apiGroup", "cn-hangzhou", "g")], { types: ["alibaba:apigateway:*"] }),
    );
    expect(coverage.inventoryAge).toEqual({});
  });
});

describe("a recorder that is off", () => {
  it("makes coverage incomplete and says why", async () => {
    const { gaps } = await audit(recording("nothing", disks(3, PROD)));
    expect(gaps).toEqual([{ ...SHARD, reason: expect.stringContaining("the recorder is off") as string }]);
  });

  it("has rows that prove nothing: what is compliant by them is read as well", async () => {
    const world = recording("nothing", disks(120), { row: saying(PROD) });
    const { evaluations, coverage } = await audit(world);
    expect(found(evaluations)).toEqual(expected(world.memory));
    expect(evaluations.map(({ compliance }) => compliance)).toEqual(Array(120).fill("noncompliant"));
    expect(coverage.inventoryAge).toEqual({});
  });

  it.each([1, 2, 3])("comes to the same where the audit is handed on after every %d calls", async (calls) => {
    const world = recording("nothing", disks(1_200), { row: saying(PROD) });
    const { evaluations, gaps, invocations } = await audit(world, "r1", calls);
    expect(invocations).toBeGreaterThan(2);
    expect(found(evaluations)).toEqual(expected(world.memory));
    expect(gaps).toHaveLength(1);
  });
});

describe("a recorder of some types alone", () => {
  const bucket = of("alibaba:oss:bucket", "cn-hangzhou", "b");

  it("makes coverage incomplete and names what it records", async () => {
    const { gaps, coverage } = await audit(recording([DISK], disks(3, PROD)));
    expect(gaps).toEqual([{ ...SHARD, reason: expect.stringContaining(`nothing but ${DISK}`) as string }]);
    expect(coverage.inventoryAge).toEqual({ [ACCOUNT]: DAY_MS });
  });

  it("has rows of others that prove nothing, should there be any", async () => {
    const world = recording([DISK], [...disks(3, PROD), bucket], { row: saying(PROD) });
    const { compliance } = await audit(world);
    expect(compliance("b")).toEqual(["noncompliant"]);
  });

  it("is no gap for an account that asks for these types alone, one by one", async () => {
    expect((await audit(recording([DISK], disks(3), { types: [DISK] }))).gaps).toEqual([]);
    expect((await audit(recording([DISK], disks(3), { types: [DISK, "alibaba:oss:bucket"] }))).gaps).toHaveLength(1);
    expect((await audit(recording([DISK], disks(3), { types: ["alibaba:ecs:*"] }))).gaps).toHaveLength(1);
  });
});

it("is asked once, however often the audit is handed on", async () => {
  let asked = 0;
  const world = account(disks(1_200), {
    contract,
    wrap: (provider) => ({
      ...provider,
      async readRecorded() {
        asked += 1;
        return "nothing";
      },
    }),
  });
  await audit(world, "r1", 2);
  expect(asked).toBe(1);
});

it("leaves coverage unproven where nobody may ask the recorder, and rows count as of their time", async () => {
  const { gaps, compliance, coverage } = await audit(recording(denied, [disk("d", PROD)]));
  expect(gaps).toEqual([expect.objectContaining({ ...SHARD, unproven: true })]);
  expect(compliance("d")).toEqual(["compliant"]);
  expect(coverage.inventoryAge).toEqual({ [ACCOUNT]: DAY_MS });
});
