import { messageOf } from "../../core/errors.ts";
import type { TagDecision } from "../../core/evaluation.ts";
import { MOST_ROUNDS, type RoundAnswer } from "../../core/tag-round.ts";
import type { Clock } from "../ports/invocation.ts";
import type { TagRounds } from "../ports/tag-rounds.ts";
import type { Redelivery } from "../write/error-outcome.ts";
import type { Assessment, Lacking } from "./assess.ts";
import { lastChangeOf, type Changes } from "./changed-tags.ts";

export interface RoundDeps {
  readonly rounds?: Pick<TagRounds, "take">;
  readonly clock: Pick<Clock, "now">;
}

/** The code of what waits until somebody can say how often a tag was put back. */
const ROUNDS_UNKNOWN = "RoundsUnknown";

/**
 * Takes a round for each changed tag that is to be written, and leaves alone those that have none left, or that a command
 * of ours has changed. Where the rounds can't be asked, nothing is written, and the messages come back: what nobody counts
 * might go on for ever.
 */
export async function holdRounds(
  assessments: ReadonlyMap<string, Assessment>,
  changed: Changes,
  deps: RoundDeps,
): Promise<ReadonlyMap<string, Assessment>> {
  const held = new Map<string, Assessment>();
  let unknown: Redelivery | undefined;
  for (const [key, assessment] of assessments) {
    const changes = changed.get(key);
    if (changes === undefined || assessment.kind === "ended") {
      held.set(key, assessment);
      continue;
    }
    const { resource, decisions } = assessment;
    const answers = new Map<string, RoundAnswer>();
    for (const { key: tag, action } of decisions) {
      const change = lastChangeOf(tag, changes);
      // One store answers for all of them: to wait for it once for each would use up the invocation.
      if (action === "leave" || change === undefined || unknown !== undefined) continue;
      const { eventId, changedAt } = change;
      const time = Date.parse(changedAt ?? "");
      const asked = { ref: resource, key: tag, eventId, ...(!Number.isNaN(time) && { changedAt: time }) };
      try {
        if (deps.rounds === undefined) throw new Error("nobody counts them here");
        answers.set(tag, await deps.rounds.take(asked, deps.clock.now()));
      } catch (error) {
        const message = `nobody can say how often the tag was put back: ${messageOf(error)}`;
        unknown = { outcome: "redelivered", how: "wait", code: ROUNDS_UNKNOWN, message, notBeforeMs: 0 };
      }
    }
    const writes = decisions.some(({ action }) => action === "write");
    held.set(
      key,
      writes && unknown !== undefined ? { kind: "ended", resource, ended: unknown } : within(assessment, answers),
    );
  }
  return held;
}

function within(lacking: Lacking, answers: ReadonlyMap<string, RoundAnswer>): Lacking {
  const hold = (decisions: readonly TagDecision[]): TagDecision[] =>
    decisions.map((decision) =>
      decision.action === "leave" ? decision : (heldBack(decision.key, answers.get(decision.key)) ?? decision),
    );
  return { ...lacking, decisions: hold(lacking.decisions), decideAnew: (read) => hold(lacking.decideAnew(read)) };
}

/** What a later read shows to be missing as well was not asked for, and has its own event. */
function heldBack(key: string, answer: RoundAnswer | undefined): TagDecision | undefined {
  if (answer === "round") return undefined;
  if (answer === "fight") {
    const detail = `it was put back ${MOST_ROUNDS} times within a day, and was changed again`;
    return { key, action: "leave", reason: "fight", detail };
  }
  return { key, action: "leave", reason: "our-command", detail: "a command of tagwarden's has changed it" };
}
