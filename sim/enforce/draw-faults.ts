import type { Dice } from "../dice.ts";
import type { CloudFault, CloudFaultKind, FaultScope } from "../cloud-fault.ts";
import { drawKinds, drawSpells } from "../draw-kinds.ts";
import { drawHiccups, type Hiccup } from "../hiccup.ts";
import { START, type Mishaps } from "./scenario.ts";

const CLOUD_FAULTS: readonly CloudFaultKind[] = [
  "throttle",
  "outage",
  "lost",
  "html",
  "error-in-200",
  "access",
  "conflict",
  "unheard",
  "slow",
  "slow-read",
  "lag",
  "repeated-token",
  "unasked-row",
];
const MISHAPS = ["crash", "duplicate", "deleteLost", "sendAgain", "store", "record", "clockJump"] as const;
const HICCUP = "hiccup";

interface Drawn {
  readonly faults: CloudFault[];
  readonly mishaps: Mishaps;
  readonly hiccups: Hiccup[];
  readonly names: string[];
}

export function drawFaults(dice: Dice): Drawn {
  const kinds = drawKinds(dice, [...CLOUD_FAULTS, ...CLOUD_FAULTS, ...MISHAPS, HICCUP, HICCUP, HICCUP], CLOUD_FAULTS);
  const faults = drawSpells(dice, kinds, CLOUD_FAULTS, (kind) => drawSpell(dice, kind));
  const rate = (name: (typeof MISHAPS)[number], most: number) => (kinds.has(name) ? dice.between(most / 10, most) : 0);
  const mishaps = {
    crash: rate("crash", 0.5),
    duplicate: rate("duplicate", 0.3),
    deleteLost: rate("deleteLost", 0.3),
    sendAgain: rate("sendAgain", 0.5),
    store: rate("store", 0.3),
    record: rate("record", 0.3),
    clockJump: rate("clockJump", 1),
  };
  const hiccups = kinds.has(HICCUP) ? drawHiccups(dice, { start: START, rushMs: 180_000 }) : [];
  return { faults, mishaps, hiccups, names: [...kinds] };
}

function drawSpell(dice: Dice, kind: CloudFaultKind): CloudFault {
  const from = START + (dice.chance(0.8) ? dice.between(0, 120_000) : dice.between(0, 800_000));
  const short = dice.chance(0.5) ? dice.between(1_000, 20_000) : dice.between(20_000, 400_000);
  // A right that somebody took away is missed for longer than a cloud is out of order.
  const until = from + (kind === "access" && dice.chance(0.3) ? dice.between(600_000, 7_200_000) : short);
  return {
    kind,
    scope: drawScope(dice, kind),
    from,
    until,
    probability: dice.pick([0.05, 0.2, 0.5, 0.9, 1]),
    ms: drawMs(dice, kind),
  };
}

function drawScope(dice: Dice, kind: CloudFaultKind): FaultScope {
  if (kind === "slow-read" || kind === "unasked-row") return { kind: "read" };
  const provider = dice.pick(["alibaba", "huawei", "aws", undefined] as const);
  const side =
    kind === "lost" || kind === "conflict"
      ? dice.pick(["write", undefined] as const)
      : dice.pick(["read", "write", undefined] as const);
  return {
    ...(provider !== undefined && { provider }),
    ...(provider === "alibaba" && dice.chance(0.3) && { account: "222233334444" }),
    ...(side !== undefined && { kind: side }),
  };
}

function drawMs(dice: Dice, kind: CloudFaultKind): number {
  if (kind === "throttle") return dice.pick([0, 0, 1_000, 5_000, 3_600_000]);
  if (kind === "slow-read") return dice.pick([2_000, 4_900]);
  if (kind === "slow") return dice.pick([900, 3_000, 4_800, 7_000]);
  if (kind === "lag") return dice.pick([500, 5_000, 20_000, 50_000]);
  return 0;
}
