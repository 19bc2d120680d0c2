import type { CloudFault, CloudFaultKind } from "../cloud-fault.ts";
import type { Dice } from "../dice.ts";
import { drawKinds, drawSpells } from "../draw-kinds.ts";
import { drawHiccups, type Hiccup } from "../hiccup.ts";
import { CALM, START, type AuditMishaps } from "./scenario.ts";

const CLOUD_FAULTS: readonly CloudFaultKind[] = [
  "throttle",
  "outage",
  "lost",
  "html",
  "error-in-200",
  "access",
  "unheard",
  "slow",
  "lag",
  "repeated-token",
  "refused-token",
  "narrow-role",
];
const MISHAPS = ["crash", "duplicate", "deleteLost", "store", "clockJump"] as const;
const HICCUP = "hiccup";

interface Drawn {
  readonly faults: CloudFault[];
  readonly mishaps: AuditMishaps;
  readonly hiccups: Hiccup[];
  readonly names: string[];
}

export function drawFaults(dice: Dice): Drawn {
  const kinds = drawKinds(dice, [...CLOUD_FAULTS, ...MISHAPS, ...MISHAPS, HICCUP, HICCUP], CLOUD_FAULTS);
  const faults = drawSpells(dice, kinds, CLOUD_FAULTS, (kind) => drawSpell(dice, kind));
  const rate = (name: (typeof MISHAPS)[number], most: number) => (kinds.has(name) ? dice.between(most / 10, most) : 0);
  const mishaps = {
    crash: rate("crash", 0.7),
    duplicate: rate("duplicate", 0.5),
    deleteLost: rate("deleteLost", 0.3),
    store: rate("store", 0.01),
    clockJump: rate("clockJump", 0.5),
  };
  const hiccups = kinds.has(HICCUP) ? drawHiccups(dice, { start: START, rushMs: 600_000 }) : [];
  return { faults, mishaps, hiccups, names: [...kinds] };
}

/** Most spells are short; some outlast every redelivery. */
function drawSpell(dice: Dice, kind: CloudFaultKind): CloudFault {
  const from = START + (dice.chance(0.8) ? dice.between(0, 60_000) : dice.between(0, 7_200_000));
  const length = kind === "narrow-role" ? 2 * (CALM - START) : dice.pick([10_000, 60_000, 400_000, CALM - START]);
  const provider = kind === "narrow-role" ? "huawei" : dice.pick(["alibaba", "huawei", "aws", undefined] as const);
  return {
    kind,
    scope: {
      ...(provider !== undefined && { provider }),
      ...(provider === "alibaba" && dice.chance(0.3) && { account: "222233334444" }),
    },
    from,
    until: from + dice.between(length / 10, length),
    probability: kind === "narrow-role" ? 1 : dice.pick([0.02, 0.1, 0.3, 0.9, 1]),
    ms: drawMs(dice, kind),
  };
}

function drawMs(dice: Dice, kind: CloudFaultKind): number {
  if (kind === "throttle") return dice.pick([0, 0, 1_000, 5_000, 3_600_000]);
  if (kind === "slow") return dice.pick([900, 3_000, 4_800, 12_000]);
  if (kind === "lag") return dice.pick([500, 5_000, 50_000]);
  return 0;
}
