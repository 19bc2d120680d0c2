import type { AlertSettings } from "../../lib/core/alert/settings.ts";
import type { AccountConfig } from "../../lib/core/config/config.ts";
import { createDice, type Dice } from "../dice.ts";
import { GOOD_TAGS } from "./flapping.ts";
import { START, type AuditResource, type AuditScenario } from "./scenario.ts";

interface Drawn {
  readonly accounts: readonly AccountConfig[];
  readonly resources: readonly AuditResource[];
  readonly runsAt: readonly number[];
}

const HOUR_MS = 3_600_000;
const FLAPPING = 3;
/** When further runs look at what flaps, in hours. */
const FLAP_RUNS = [1.5, 3, 4.5];

/**
 * What becomes of what runs find: repairs and alerts. With dice of its own, so that what runs meet is the same for a
 * seed, whatever is drawn here.
 */
export function drawAftermath(
  seed: number,
  { accounts, resources, runsAt }: Drawn,
): Pick<AuditScenario, "accounts" | "resources" | "runsAt" | "repairs" | "alerts" | "flapping"> {
  const dice = createDice(seed ^ 0x1b873593);
  const flaps = dice.chance(0.05);
  const flapping = flaps ? resources.slice(0, FLAPPING).map((one) => ({ ...one, tags: GOOD_TAGS })) : [];
  return {
    resources: [...flapping, ...resources.slice(flapping.length)],
    accounts: accounts.map((account) => ({
      ...account,
      ...(dice.chance(0.15) && { mode: "report" as const }),
      // Few enough that not all of a shard can be repaired in a day.
      ...(dice.chance(0.25) && { writesPerHour: 1 }),
    })),
    runsAt: flaps ? [START, ...FLAP_RUNS.map((hours) => START + hours * HOUR_MS)] : runsAt,
    repairs: dice.chance(0.9),
    alerts: drawSettings(dice),
    flapping,
  };
}

function drawSettings(dice: Dice): AlertSettings {
  return {
    channels: [
      { type: "sns", name: "ops", leastSeverity: "low" },
      { type: "sns", name: "team", leastSeverity: "low" },
    ],
    routes: [{ owners: ["bob"], channels: ["team"] }],
    fallback: ["ops"],
    ownerTags: ["owner", "team"],
    compliance: [{ below: dice.pick([0.5, 0.9, 1]) }],
    drop: 0.05,
    exemptionDays: 30,
    newFindings: dice.pick(["high", "medium", "none"]),
    repeatHours: { low: 168, medium: 72, high: 24 },
    flapHours: 24,
    quietHours: 48,
  };
}
