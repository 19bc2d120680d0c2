import { decisive, type FinalOutcome, type ResourceOutcome, type TagOutcome } from "../../core/outcome.ts";
import { refOf, type ResourceRef } from "../../core/resource.ts";
import type { LaterVerdict, Verdict } from "../write/error-outcome.ts";

/** How one tag of a resource ended, and the value that was written, where one was. */
export interface TagVerdict {
  readonly key: string;
  readonly verdict: Verdict;
  readonly value?: string;
}

/** How one resource left the invocation. */
export interface Conclusion {
  readonly outcome: ResourceOutcome;
  /** Set where it has to come back. */
  readonly later?: LaterVerdict;
}

/** A resource of whose tags nothing is to be said one by one. */
export function concludeWhole(ref: ResourceRef, verdict: Verdict): Conclusion {
  return conclude(ref, verdict, []);
}

/** A resource's outcome is the decisive one of its tags' outcomes; it comes back while one of them does. */
export function concludeByTag(ref: ResourceRef, tags: readonly TagVerdict[]): Conclusion {
  const [first] = tags;
  // Mostly all tags of a resource end alike.
  if (first !== undefined && tags.every(({ verdict }) => verdict === first.verdict)) {
    return conclude(ref, first.verdict, tags);
  }
  const later = tags.flatMap(({ verdict }) => (verdict.outcome === "redelivered" ? [verdict] : []));
  const final: FinalOutcome | undefined = decisive(
    tags.flatMap(({ verdict: { outcome } }) => (outcome === "redelivered" ? [] : [outcome])),
  );
  const deciding: Verdict = later.find(({ isAccess }) => isAccess) ??
    later.find(({ how }) => how === "retry") ??
    later[0] ??
    tags.find(({ verdict }) => verdict.outcome === final)?.verdict ?? { outcome: "compliant" };
  return conclude(ref, deciding, tags);
}

function conclude(ref: ResourceRef, verdict: Verdict, tags: readonly TagVerdict[]): Conclusion {
  const { outcome, code, message } = verdict;
  const said = { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
  return {
    outcome: { ...refOf(ref), outcome, tags: tags.map(tagOutcome), ...said },
    ...(verdict.outcome === "redelivered" && { later: verdict }),
  };
}

function tagOutcome({ key, verdict: { outcome, code }, value }: TagVerdict): TagOutcome {
  return { key, outcome, ...(value !== undefined && { value }), ...(code !== undefined && { code }) };
}
