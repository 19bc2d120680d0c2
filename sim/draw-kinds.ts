import type { CloudFault, CloudFaultKind } from "./cloud-fault.ts";
import type { Dice } from "./dice.ts";

/** Which kinds of faults a schedule has: at least three. What stands in `pool` twice is drawn more often. */
export function drawKinds(
  dice: Dice,
  pool: readonly string[],
  cloudKinds: readonly CloudFaultKind[],
): ReadonlySet<string> {
  const kinds = new Set(dice.shuffle(pool).slice(0, dice.int(4, 8)));
  for (const kind of dice.shuffle(cloudKinds)) {
    if (kinds.size >= 3) break;
    kinds.add(kind);
  }
  return kinds;
}

/** Each cloud fault in one to three spells. */
export function drawSpells(
  dice: Dice,
  kinds: ReadonlySet<string>,
  cloudKinds: readonly CloudFaultKind[],
  drawSpell: (kind: CloudFaultKind) => CloudFault,
): CloudFault[] {
  return cloudKinds
    .filter((kind) => kinds.has(kind))
    .flatMap((kind) => Array.from({ length: dice.int(1, 3) }, () => drawSpell(kind)));
}
