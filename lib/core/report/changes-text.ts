import { countText, numberText } from "./figures.ts";
import type { RepairCounts } from "./summary.ts";
import type { Changes } from "./survey.ts";

/** How the findings differ from those of the run before, in one phrase behind the new ones. */
export function changesText({ fixed, exempted = 0, unjudged = 0, gone, open }: Changes): string {
  return [
    `${numberText(fixed)} fixed`,
    ...(exempted > 0 ? [`${numberText(exempted)} exempted`] : []),
    ...(unjudged > 0 ? [`${numberText(unjudged)} no longer judged`] : []),
    `${numberText(gone)} gone`,
    `${numberText(open)} still open`,
  ].join(", ");
}

/** What grace, repair and whoever judges have to do with these numbers; sentences, none where there is nothing to say. */
export function changesNotes(changes: Changes | undefined, { sent, held }: RepairCounts): string[] {
  const { repaired = 0, inGrace = 0, added = 0, newlyBroken = 0, exempted = 0, unjudged = 0 } = changes ?? {};
  const notes: readonly (readonly [count: number, sentence: () => string])[] = [
    [
      inGrace,
      () =>
        `${numberText(inGrace)} of the new ones ${wasOrWere(inGrace)} found before, but their grace period is not over.`,
    ],
    [
      added,
      () =>
        `${countText(added, "finding breaks", "findings break")} only what the policies didn't ask before, and ${added === 1 ? "counts" : "count"} neither as new nor as open.`,
    ],
    [
      newlyBroken,
      () =>
        `${countText(newlyBroken, "finding that was", "findings that were")} known before ${newlyBroken === 1 ? "breaks" : "break"} something more.`,
    ],
    [
      repaired,
      () =>
        `${numberText(repaired)} of the fixed ones ${wasOrWere(repaired)} repaired: the audit before had them sent to enforcement.`,
    ],
    [
      exempted,
      () => `${countText(exempted, "finding is", "findings are")} covered by an exemption now, which mends nothing.`,
    ],
    [
      unjudged,
      () =>
        `${countText(unjudged, "finding is", "findings are")} not judged any more by a policy that ${unjudged === 1 ? "it" : "they"} broke: the policy is gone, doesn't match ${unjudged === 1 ? "it" : "them"}, or doesn't ask for the key.`,
    ],
    [sent, () => `${countText(sent, "finding was", "findings were")} sent to enforcement, to be repaired.`],
    [
      held,
      () =>
        `${countText(held, "finding")} could be repaired and ${wasOrWere(held)} held back, by an audit or an account that only reports or by the write cap.`,
    ],
  ];
  return notes.flatMap(([count, sentence]) => (count > 0 ? [sentence()] : []));
}

function wasOrWere(n: number): string {
  return n === 1 ? "was" : "were";
}
