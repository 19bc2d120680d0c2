import { asFailed, decisive, type ResourceOutcome, type TagOutcome } from "../../core/outcome.ts";
import { resourceKey, type Resource } from "../../core/resource.ts";
import type { TagsChanged } from "../../core/tags-changed.ts";
import { RESERVE_MS } from "../cloud/call.ts";
import { NOT_CONFIGURED } from "../cloud/route.ts";
import { ASYNC_TAGGING } from "../write/error-outcome.ts";
import { enforceTags, type EnforceDeps } from "./enforce-tags.ts";
import { changesIn } from "./changed-tags.ts";
import { mergeCreated, type CreatedMessage } from "./messages.ts";

/** Tags that were changed, and on what. */
export interface ChangesToEnforce {
  readonly resources: readonly Resource[];
  readonly change: TagsChanged;
}

/** As a queue would bring them. */
export function messagesOf(
  resources: readonly Resource[],
  changes: readonly ChangesToEnforce[],
  firstSentAt: number,
): CreatedMessage[] {
  return [
    { messageId: "all", resources, sendCount: 0, firstSentAt },
    ...changes.map(({ resources: changed, change }, index) => ({
      messageId: `change ${index}`,
      resources: changed,
      sendCount: 0,
      firstSentAt,
      recheck: change,
    })),
  ];
}

export interface UntilFinalOptions {
  readonly maxSeconds: number;
  /** Resources of which only changed tags are to be judged, beside the others. */
  readonly changes?: readonly ChangesToEnforce[];
  readonly stopped?: () => boolean;
  /** Told of what is tried again, and in how many milliseconds, before each wait. */
  readonly onWait?: (waiting: readonly ResourceOutcome[], ms: number) => void;
}

/**
 * Enforces without a queue: what would be redelivered is tried again, after the delay that its message would have had,
 * until `maxSeconds` are over or somebody asks to stop. Then it has `failed`, with the code of its last attempt. A
 * resource that the configuration doesn't cover fails at once: the configuration doesn't change while we wait.
 */
export async function enforceUntilFinal(
  resources: readonly Resource[],
  deps: Omit<EnforceDeps, "record">,
  { maxSeconds, changes = [], stopped = () => false, onWait }: UntilFinalOptions,
): Promise<readonly ResourceOutcome[]> {
  const endsAt = deps.clock.now() + maxSeconds * 1_000;
  const deadline = { remainingMs: () => (stopped() ? 0 : endsAt - deps.clock.now()) };
  const outcomes = new Map<string, ResourceOutcome>();
  const messages = messagesOf(resources, changes, deps.clock.now());
  const changed = changesIn(messages);
  let left = mergeCreated(messages);
  for (let sendCount = 0; left.size > 0; sendCount += 1) {
    const open = [...left].flatMap(([key, resource]): CreatedMessage[] => {
      const message = { messageId: key, resources: [resource], sendCount };
      const itsChanges = changed.get(key);
      if (itsChanges === undefined) return [message];
      return itsChanges.map((recheck, index) => ({ ...message, messageId: `${key} ${index}`, recheck }));
    });
    const result = await enforceTags(open, deps, deadline);
    for (const outcome of result.resources) {
      const key = resourceKey(outcome);
      outcomes.set(key, together(outcomes.get(key), outcome));
    }
    const waits = result.actions.flatMap((one) => (one.action === "send-again" ? [one.delaySeconds * 1_000] : []));
    const waiting = result.resources.filter(comesBack);
    left = new Map(waiting.flatMap((one) => again(left, one)));
    if (left.size === 0) break;
    const wait = waits.reduce((shortest, one) => Math.min(shortest, one), Infinity);
    // An attempt without time for a call would say nothing but that.
    if (wait + RESERVE_MS >= deadline.remainingMs()) break;
    onWait?.(waiting, wait);
    await deps.clock.sleep(wait);
  }
  return [...outcomes.values()].map(asFailed);
}

function comesBack({ outcome, code }: ResourceOutcome): boolean {
  return outcome === "redelivered" && code !== NOT_CONFIGURED;
}

function again(left: ReadonlyMap<string, Resource>, outcome: ResourceOutcome): [string, Resource][] {
  const key = resourceKey(outcome);
  const resource = left.get(key);
  return resource === undefined ? [] : [[key, resource]];
}

/** A tag that an earlier attempt wrote is `tagged`, although the last one found it there. */
function together(earlier: ResourceOutcome | undefined, last: ResourceOutcome): ResourceOutcome {
  const isOver = (key: string) => last.outcome !== "redelivered" && !last.tags.some((tag) => tag.key === key);
  const written = (earlier?.tags ?? []).flatMap(({ key, outcome, value, code }): readonly TagOutcome[] => {
    // A read has shown what a service had accepted, and did later.
    const isThere = code === ASYNC_TAGGING && isOver(key);
    if (outcome !== "tagged" && !isThere) return [];
    return [{ key, outcome: "tagged", ...(value !== undefined && { value }) }];
  });
  if (written.length === 0) return last;
  const tags = [...written, ...last.tags.filter(({ key }) => !written.some((tag) => tag.key === key))];
  if (last.outcome === "redelivered") return { ...last, tags };
  const outcome = decisive(["tagged", last.outcome]) ?? last.outcome;
  return { ...last, tags, outcome };
}
