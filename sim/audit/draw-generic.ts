import type { AccountConfig } from "../../lib/core/config/config.ts";
import { refOf } from "../../lib/core/resource.ts";
import type { CloudFault } from "../cloud-fault.ts";
import { createDice, type Dice } from "../dice.ts";
import { UNSUPPORTED } from "../generic-types.ts";
import { bearAt } from "./draw-resources.ts";
import { GOOD_TAGS } from "./flapping.ts";
import { CALM, START, type AuditResource, type AuditScenario, type GenericRow, type Spell } from "./scenario.ts";

interface Drawn {
  readonly accounts: readonly AccountConfig[];
  readonly resources: readonly AuditResource[];
  readonly runsAt: readonly number[];
  readonly faults: readonly CloudFault[];
}

const SCHEDULES = 0.75;
const MAIN = "111122223333";
const OTHER = "222233334444";
/** Whoever names whole services asks for those that have APIs of their own as well. */
const SOME = ["alibaba:apigateway:*", "alibaba:vpcipam:*", "alibaba:ecs:*", "alibaba:oss:*"];
/** Long enough that the query of a call has no room for all its ARNs. */
const LONG_ID = "x".repeat(320);

/** What there may be: enough of one type that listing it takes fewer calls than reading each, and few of many. */
const KINDS = [
  { type: "alibaba:ecs:instance", account: MAIN, region: "cn-hangzhou", most: 160, chance: 0.6 },
  { type: "alibaba:ecs:instance", account: MAIN, region: "cn-beijing", most: 30, chance: 0.5 },
  { type: "alibaba:ecs:disk", account: MAIN, region: "cn-hangzhou", most: 90, chance: 0.6 },
  { type: "alibaba:ecs:eni", account: MAIN, region: "cn-hangzhou", most: 15, chance: 0.5 },
  { type: "alibaba:slb:instance", account: MAIN, region: "cn-hangzhou", most: 15, chance: 0.5 },
  { type: "alibaba:rds:instance", account: MAIN, region: "cn-beijing", most: 15, chance: 0.5 },
  { type: "alibaba:oss:bucket", account: MAIN, region: "cn-hangzhou", most: 20, chance: 0.5 },
  { type: "alibaba:log:project", account: MAIN, region: "cn-hangzhou", most: 20, chance: 0.5 },
  { type: "alibaba:cdn:domain", account: MAIN, region: "global", most: 80, chance: 0.5 },
  { type: UNSUPPORTED, account: MAIN, region: "cn-hangzhou", most: 4, chance: 0.4 },
  // Nobody configured this region.
  { type: "alibaba:ecs:instance", account: MAIN, region: "us-west-1", most: 8, chance: 0.4 },
  { type: "alibaba:ecs:instance", account: OTHER, region: "cn-hangzhou", most: 12, chance: 0.5 },
  { type: "alibaba:oss:bucket", account: OTHER, region: "cn-hangzhou", most: 12, chance: 0.5 },
] as const;

/**
 * Everything else that Alibaba Cloud can tag, in accounts that name all of it, some or none. With dice of its own, so
 * that what else a run meets is the same for a seed.
 */
export function drawGeneric(
  seed: number,
  { accounts, resources, runsAt, faults }: Drawn,
): Pick<AuditScenario, "accounts" | "resources" | "faults" | "generic"> {
  const dice = createDice(seed ^ 0x3c6ef372);
  const row = drawRow(dice, runsAt);
  if (!dice.chance(SCHEDULES)) return { accounts, resources, faults, generic: row };
  const types = dice.chance(0.7) ? ["alibaba:*"] : SOME;
  const others = dice.chance(0.5);
  return {
    accounts: accounts.map((one) => {
      if (one.account === MAIN) return { ...one, types };
      return one.account === OTHER && others ? { ...one, types: ["alibaba:*"] } : one;
    }),
    resources: [...resources, ...drawResources(dice, runsAt)],
    faults: dice.chance(0.3) ? [...faults, drawDenial(dice)] : faults,
    generic: row,
  };
}

function drawRow(dice: Dice, runsAt: readonly number[]): GenericRow {
  const narrow = dice.chance(0.3) ? [drawSpell(dice, runsAt)] : [];
  return {
    inventoryDelayMs: dice.pick([60_000, 120_000, 120_000, 180_000]),
    mostRows: dice.pick([undefined, 100, 40, 7]),
    arnsAsSent: dice.chance(0.3),
    countsWhatIsSeen: dice.chance(0.2),
    narrow: narrow.map((spell) => ({
      ...spell,
      sees: dice.pick([["alibaba:ecs:*"], ["alibaba:oss:*", "alibaba:log:*", "alibaba:cdn:*"], []]),
    })),
    off: dice.chance(0.2) ? [drawSpell(dice, runsAt)] : [],
  };
}

/** All the time, or for a while that begins in the midst of a run. */
function drawSpell(dice: Dice, runsAt: readonly number[]): Spell {
  const account = dice.pick([MAIN, MAIN, OTHER]);
  if (dice.chance(0.4)) return { account, from: -Infinity, until: Infinity };
  const from = (runsAt[dice.int(0, runsAt.length - 1)] ?? START) + dice.between(-10_000, 30_000);
  return { account, from, until: from + dice.between(3_000, dice.pick([30_000, 600_000, CALM - START])) };
}

/** A role that is let in to some regions, and to the inventory of all of them or not. */
function drawDenial(dice: Dice): CloudFault {
  const from = START + dice.between(0, 60_000);
  return {
    kind: "access",
    scope: { provider: "alibaba", region: dice.pick(["cn-hangzhou", "cn-beijing", "global", "all"]) },
    from,
    until: from + dice.between(20_000, 600_000),
    probability: 1,
    ms: 0,
  };
}

function drawResources(dice: Dice, runsAt: readonly number[]): AuditResource[] {
  const good = dice.pick([0.05, 0.4, 0.9]);
  const ending = dice.chance(0.15) ? LONG_ID : "";
  return KINDS.flatMap(({ type, account, region, most, chance }) => {
    if (!dice.chance(chance)) return [];
    // Types share ids.
    return Array.from({ length: dice.int(1, most) }, (_, number) => {
      const ref = refOf({ type, account, region, project: undefined, id: `r-${number}${ending}` });
      const resource = bearAt(dice, ref, { late: 0.03, runsAt });
      if (type === UNSUPPORTED) return { ...resource, tags: {} };
      return dice.chance(good) ? { ...resource, tags: GOOD_TAGS } : resource;
    });
  });
}
