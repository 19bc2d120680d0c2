import type { Trouble } from "../../core/alert/trouble-alerts.ts";
import { runName } from "../../core/journal.ts";
import { lazily } from "../../core/lazily.ts";
import type { ResourceOutcome } from "../../core/outcome.ts";
import type { Deadline } from "../ports/invocation.ts";
import { eachByItself, type ComingMessage, type MessageAction } from "../ports/messages.ts";
import type { StoreRecord } from "../ports/store-records.ts";
import { enforceTags, type EnforceDeps } from "./enforce-tags.ts";
import type { KeepLater } from "./keep-later.ts";
import type { CreatedMessage } from "./messages.ts";
import { refuseForeign } from "./refuse-foreign.ts";

/** A record that its store did not take before. Only our functions make such messages. */
export interface PostponedMessage extends ComingMessage {
  readonly postponed: StoreRecord;
}

export type EnforceMessage = CreatedMessage | PostponedMessage;

export interface EnforceKeptDeps extends Omit<EnforceDeps, "journal" | "record" | "alert" | "seen"> {
  readonly later: KeepLater;
  /** Names the invocation, like no other. */
  readonly newId: () => string;
  /** Whether people are alerted. */
  readonly alerts: boolean;
  /** Told of messages that nobody may have brought, e.g. to count them. */
  readonly onForeign?: (messages: number) => void;
  /** Told of every outcome, e.g. to count them. */
  readonly onOutcomes?: (resources: readonly ResourceOutcome[]) => void;
}

/** Needed where somebody has to look at something. */
export const alertTexts = lazily(() => import("../../core/alert/trouble-alerts.ts"));

/**
 * Enforces what was created and leaves to the stores what an invocation has to, be they up or down. Rejects while
 * something is neither in its store nor on the queue: then nothing was begun, or nothing may be acknowledged.
 */
export async function enforceKept(
  messages: readonly EnforceMessage[],
  deps: EnforceKeptDeps,
  deadline: Deadline,
): Promise<readonly MessageAction[]> {
  const { later, clock, log, newId, alerts, onOutcomes } = deps;
  await later.letGo();
  const brought = await eachByItself(
    messages.filter(isPostponed),
    async ({ messageId, postponed }) => {
      await later.bring(postponed);
      log.info("a store has taken what it did not take before", { kind: postponed.kind });
      return { messageId, action: "acknowledge" };
    },
    {
      ...deps,
      onFailure: ({ postponed: { kind }, sendCount }, reason) =>
        log.warn("a store is still down", { kind, sendCount, reason }),
    },
  );
  const created = messages.filter(isCreated);
  if (created.length === 0) return brought;
  const id = newId();
  const run = runName(clock.now(), id);
  async function alert(troubles: readonly Trouble[]): Promise<void> {
    const at = clock.now();
    const { troubleAlerts } = await alertTexts();
    const raised = troubleAlerts(troubles, new Date(at).toISOString());
    await later.keep({ kind: "alert", message: { kind: "raised", event: `enforce ${id}`, at, alerts: raised } });
  }
  const refused = await refuseForeign(created, { ...deps, ...(alerts && { alert }) });
  const { actions } = await enforceTags(
    created.filter(({ foreign }) => foreign === undefined),
    {
      ...deps,
      journal: (entries) => later.keep({ kind: "journal", run, entries }),
      async record(resources) {
        onOutcomes?.(resources);
        await later.keep({ kind: "outcomes", record: { id, at: clock.now(), resources } });
      },
      ...(alerts && { alert }),
      seen: {
        note: (resources, at) => later.keep({ kind: "seen", isGone: false, resources, at }),
        forget: (resources, at) => later.keep({ kind: "seen", isGone: true, resources, at }),
      },
    },
    deadline,
  );
  await later.letGo();
  return [...brought, ...refused, ...actions];
}

function isPostponed(message: EnforceMessage): message is PostponedMessage {
  return "postponed" in message;
}

function isCreated(message: EnforceMessage): message is CreatedMessage {
  return !isPostponed(message);
}
