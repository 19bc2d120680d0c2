import { troubleAlerts } from "../../core/alert/trouble-alerts.ts";
import { messageOf } from "../../core/errors.ts";
import { runName } from "../../core/journal.ts";
import type { ResourceOutcome } from "../../core/outcome.ts";
import type { Clock, Deadline, Log, Random } from "../ports/invocation.ts";
import type { MessageAction } from "../ports/messages.ts";
import type { StoreRecord } from "../ports/store-records.ts";
import { enforceTags, type EnforceDeps } from "./enforce-tags.ts";
import type { KeepLater } from "./keep-later.ts";
import { delayOf, type CreatedMessage } from "./messages.ts";

/** A record that its store did not take before. Only our functions make such messages. */
export interface PostponedMessage {
  readonly messageId: string;
  readonly sendCount: number;
  readonly postponed: StoreRecord;
}

export type EnforceMessage = CreatedMessage | PostponedMessage;

export interface EnforceKeptDeps extends Omit<EnforceDeps, "journal" | "record" | "alert" | "seen"> {
  readonly later: KeepLater;
  /** Names the invocation, like no other. */
  readonly newId: () => string;
  /** Whether people are alerted. */
  readonly alerts: boolean;
  /** Told of every outcome, e.g. to count them. */
  readonly onOutcomes?: (resources: readonly ResourceOutcome[]) => void;
}

/**
 * Enforces what was created and leaves to the stores what an invocation has to, be they up or down. Rejects while
 * something is neither in its store nor on the queue: then nothing was begun, or nothing may be acknowledged.
 */
export async function enforceKept(
  messages: readonly EnforceMessage[],
  deps: EnforceKeptDeps,
  deadline: Deadline,
): Promise<readonly MessageAction[]> {
  const { later, clock, newId, alerts, onOutcomes } = deps;
  await later.letGo();
  const brought = await bringAll(messages.filter(isPostponed), deps);
  const created = messages.filter(isCreated);
  if (created.length === 0) return brought;
  const id = newId();
  const run = runName(clock.now(), id);
  const { actions } = await enforceTags(
    created,
    {
      ...deps,
      journal: (entries) => later.keep({ kind: "journal", run, entries }),
      async record(resources) {
        onOutcomes?.(resources);
        await later.keep({ kind: "outcomes", record: { id, at: clock.now(), resources } });
      },
      ...(alerts && {
        async alert(troubles) {
          const at = clock.now();
          const raised = troubleAlerts(troubles, new Date(at).toISOString());
          await later.keep({ kind: "alert", message: { kind: "raised", event: `enforce ${id}`, at, alerts: raised } });
        },
      }),
      seen: {
        note: (resources, at) => later.keep({ kind: "seen", isGone: false, resources, at }),
        forget: (resources, at) => later.keep({ kind: "seen", isGone: true, resources, at }),
      },
    },
    deadline,
  );
  await later.letGo();
  return [...brought, ...actions];
}

function isPostponed(message: EnforceMessage): message is PostponedMessage {
  return "postponed" in message;
}

function isCreated(message: EnforceMessage): message is CreatedMessage {
  return !isPostponed(message);
}

interface BringDeps {
  readonly later: KeepLater;
  readonly log: Log;
  readonly random: Random;
  readonly clock: Pick<Clock, "now">;
}

/** Puts into their stores what these did not take before. What they don't take now comes back. */
async function bringAll(
  messages: readonly PostponedMessage[],
  { later, log, random }: BringDeps,
): Promise<MessageAction[]> {
  const actions: MessageAction[] = [];
  for (const { messageId, sendCount, postponed } of messages) {
    try {
      await later.bring(postponed);
      log.info("a store has taken what it did not take before", { kind: postponed.kind });
      actions.push({ messageId, action: "acknowledge" });
    } catch (error) {
      const message = messageOf(error);
      const reason = { outcome: "redelivered", how: "wait", code: "StoreDown", message } as const;
      log.warn("a store is still down", { kind: postponed.kind, sendCount, reason: message });
      actions.push({ messageId, action: "send-again", delaySeconds: delayOf([reason], sendCount, random) });
    }
  }
  return actions;
}
