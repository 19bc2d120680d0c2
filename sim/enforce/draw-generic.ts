import type { AccountConfig } from "../../lib/core/config/config.ts";
import type { CloudFault } from "../cloud-fault.ts";
import type { Dice } from "../dice.ts";
import { GENERIC_TYPES, isLeftOut, UNSUPPORTED } from "../generic-types.ts";
import { bear } from "./draw-resources.ts";
import { START, type GenericRow, type SimResource } from "./scenario.ts";

/** Schedules without it are what they were before there was such a row. */
const SCHEDULES = 0.7;
/** Few ids for many resources: those of different types are often the same. */
const IDS = 9;
/** Long enough that the query of a call has no room for all its ARNs. */
const LONG_ID = "x".repeat(320);

interface Drawn {
  readonly accounts: readonly AccountConfig[];
  readonly resources: readonly SimResource[];
  readonly faults: readonly CloudFault[];
  readonly row: GenericRow;
}

/** Resources that the Tag service of Alibaba Cloud serves, in accounts that name them or leave them out. */
export function drawGeneric(dice: Dice, accounts: readonly AccountConfig[]): Drawn | undefined {
  if (!dice.chance(SCHEDULES)) return undefined;
  const asking = accounts.map((account, index): AccountConfig => {
    if (account.provider !== "alibaba") return account;
    if (index > 0) return dice.chance(0.3) ? { ...account, types: ["alibaba:*"] } : account;
    return {
      ...account,
      types: dice.chance(0.8) ? ["alibaba:*"] : ["alibaba:apigateway:*", "alibaba:ecs:*", "alibaba:oss:*"],
    };
  });
  return {
    accounts: asking,
    resources: drawResources(dice, asking),
    faults: dice.chance(0.4) ? [drawDenial(dice)] : [],
    row: { rowsPerPage: dice.pick([1_000, 1_000, 20, 3]), arnsAsSent: dice.chance(0.3) },
  };
}

function drawResources(dice: Dice, accounts: readonly AccountConfig[]): readonly SimResource[] {
  const owned = accounts.filter(({ provider }) => provider === "alibaba");
  const poisoned = dice.chance(0.6) ? dice.between(0.01, 0.12) : 0;
  const late = dice.chance(0.4) ? 0.15 : 0;
  const full = dice.chance(0.3) ? 0.1 : 0;
  const strange = dice.chance(0.3) ? 0.05 : 0;
  const unsupported = dice.chance(0.5) ? 0.06 : 0;
  const ending = dice.chance(0.15) ? LONG_ID : "";
  const byPlace = new Map<string, SimResource>();
  for (let count = dice.int(8, 40); count > 0; count -= 1) {
    const account = owned[dice.chance(0.85) ? 0 : owned.length - 1];
    if (account === undefined) throw new Error("no account of alibaba");
    const type = dice.chance(unsupported) ? UNSUPPORTED : dice.pick(GENERIC_TYPES);
    const configured = account.regions[dice.chance(0.7) ? 0 : account.regions.length - 1] ?? "";
    const region = type === "alibaba:cdn:domain" ? "global" : configured;
    const ref = { type, account: account.account, region, id: `r-${dice.int(1, IDS)}${ending}` };
    const resource = bear(dice, ref, {
      isPoisoned: dice.chance(poisoned),
      isLate: dice.chance(late),
      isFull: dice.chance(full),
      isProtected: type === UNSUPPORTED,
      isStranger: dice.chance(strange),
    });
    const { place, created } = resource;
    const event = { ...created.event, eventId: `e-${place}` };
    byPlace.set(place, { ...resource, created: { ...created, event }, isLeftOut: isLeftOut(type, account) });
  }
  return [...byPlace.values()];
}

/** A role that is let in to one region and not to the other, whose calls are counted together. */
function drawDenial(dice: Dice): CloudFault {
  const from = START + dice.between(0, 120_000);
  return {
    kind: "access",
    scope: { provider: "alibaba", region: dice.pick(["cn-hangzhou", "cn-beijing"]) },
    from,
    until: from + dice.between(20_000, 600_000),
    probability: 1,
    ms: 0,
  };
}
