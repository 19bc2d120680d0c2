import type { Trouble } from "../../core/alert/trouble-alerts.ts";
import type { Outcome, ResourceOutcome } from "../../core/outcome.ts";
import { FIGHT } from "../../core/evaluation.ts";
import { ownerOf } from "../../core/report/owner.ts";
import { isWellFormed, resourceKey } from "../../core/resource.ts";
import type { Clock, Log } from "../ports/invocation.ts";
import type { SeenLedger } from "../ports/seen.ts";
import { LEFT_OUT } from "../cloud/route.ts";
import { REPAIR_CAP, WRITE_CAP } from "../write/cap.ts";
import type { Redelivery } from "../write/error-outcome.ts";
import { isExpected } from "./messages.ts";
import type { Conclusion } from "./outcomes.ts";

/** Who is told how an enforcement ended. */
export interface TellDeps extends SeenDeps {
  readonly log: Log;
  /** Told of every outcome, `redelivered` included, where there is one. */
  readonly record?: (outcomes: readonly ResourceOutcome[]) => Promise<void>;
  /** Told of what has waited for more than an hour and goes on, where there is such a thing; not of what waits for the write cap. */
  readonly onWaiting?: (outcomes: readonly ResourceOutcome[]) => void;
  /** Told of what somebody has to look at, where there is such a thing. */
  readonly alert?: (troubles: readonly Trouble[]) => Promise<void>;
  /** Tags that name who owns a resource, in the order in which they are asked. */
  readonly ownerTags?: readonly string[];
}

/** How long a resource waits before somebody is told. */
const LONG_MS = 3_600_000;

/**
 * Rejects where outcomes or what was seen can't be kept, or nobody can be alerted: then no message may be acknowledged.
 * `firstSentAt` = when their messages were sent first, by `resourceKey`.
 */
export async function tell(
  conclusions: readonly Conclusion[],
  deps: TellDeps,
  firstSentAt: ReadonlyMap<string, number>,
): Promise<void> {
  if (conclusions.length === 0) return;
  const now = deps.clock.now();
  const isLong = ({ outcome, later }: Conclusion): boolean =>
    later !== undefined &&
    outcome.outcome === "redelivered" &&
    !isExpected(later) &&
    now - (firstSentAt.get(resourceKey(outcome)) ?? now) > LONG_MS;
  const outcomes = conclusions.map(({ outcome }) => outcome);
  for (const outcome of outcomes) logOutcome(deps.log, outcome);
  await Promise.all([deps.record?.(outcomes), noteSeen(conclusions, deps)]);
  const waiting = new Set(conclusions.filter(isLong));
  if (waiting.size > 0) deps.onWaiting?.([...waiting].map(({ outcome }) => outcome));
  const troubles = conclusions.flatMap((one) => troublesOf(one, waiting.has(one), deps.ownerTags));
  if (troubles.length > 0) await deps.alert?.(troubles);
}

const LEVELS: Readonly<Record<Outcome, Exclude<keyof Log, "isDebug"> | undefined>> = {
  failed: "error",
  rejected: "warn",
  tagged: "debug",
  "report-only": "debug",
  gone: "info",
  redelivered: "info",
  exempt: undefined,
  compliant: undefined,
  "not-applicable": undefined,
};

/** One line for each outcome that somebody may ask about: codes and keys, never the values of tags or an event's body. */
function logOutcome(log: Log, { type, account, region, id, outcome, tags, code, message }: ResourceOutcome): void {
  const level = LEVELS[outcome];
  if (level === undefined || (level === "debug" && log.isDebug?.() === false)) return;
  const keys = tags.map((tag) => `${tag.key}: ${tag.outcome}${tag.code === undefined ? "" : ` (${tag.code})`}`);
  log[level](`resource ${outcome}`, { type, account, region, id, code, reason: message, tags: keys });
}

export interface SeenDeps {
  /** Keeps what events told of, for the audit; absent = nobody does. */
  readonly seen?: Pick<SeenLedger, "note" | "forget">;
  readonly clock: Pick<Clock, "now">;
}

/** Notes the resources that events told of, and forgets those that turned out to be gone. */
export async function noteSeen(
  conclusions: readonly Pick<Conclusion, "resource" | "outcome">[],
  { seen, clock }: SeenDeps,
): Promise<void> {
  if (seen === undefined) return;
  // What an audit has sent is known from its listings; only creations are worth noting, and of them only what can exist.
  const created = conclusions.flatMap(({ resource, outcome }) => {
    const isEnded = outcome.outcome !== "redelivered" && outcome.code !== LEFT_OUT;
    return isEnded && resource.event !== undefined && isWellFormed(outcome) ? [outcome] : [];
  });
  const [gone, there] = [created.filter(isGone), created.filter((one) => !isGone(one))];
  const now = clock.now();
  if (there.length > 0) await seen.note(there, now);
  if (gone.length > 0) await seen.forget(gone, now);
}

function isGone({ outcome }: ResourceOutcome): boolean {
  return outcome === "gone";
}

/** What somebody has to look at of how enforcement left a resource: nothing, mostly. */
function troublesOf(
  { resource, outcome: { outcome, tags: ended, code = "", message = "" }, later }: Conclusion,
  isLong: boolean,
  ownerTags: readonly string[] | undefined,
): Trouble[] {
  const kind = kindOf(outcome, later) ?? (isLong ? "waiting" : undefined);
  const fought = ended.flatMap((tag) => (tag.code === FIGHT ? [tag.key] : []));
  if (kind === undefined && fought.length === 0) return [];
  const { type, account, region, id, tags } = resource;
  const owner = tags === undefined ? undefined : ownerOf(tags, ownerTags);
  const about = {
    type: type.toWellFormed(),
    account: account.toWellFormed(),
    region: region.toWellFormed(),
    // What is wrong with it may be just this, and no queue, table or chat takes halves of characters.
    id: id.toWellFormed(),
    ...(owner !== undefined && { owner: owner.toWellFormed() }),
  };
  return [
    ...(kind === undefined ? [] : [{ ...about, kind, code, message: message.toWellFormed() }]),
    ...(fought.length === 0
      ? []
      : [
          {
            ...about,
            kind: "fight" as const,
            code: FIGHT,
            message: `Changed again: ${fought.join(", ").toWellFormed()}.`,
          },
        ]),
  ];
}

function kindOf(outcome: Outcome, later: Redelivery | undefined): Trouble["kind"] | undefined {
  if (outcome === "rejected") return "rejected";
  if (later?.isAccess === true) return "access";
  if (later?.code === WRITE_CAP) return "write-cap";
  if (later?.code === REPAIR_CAP) return "repair-cap";
  return outcome === "failed" ? "failed" : undefined;
}
