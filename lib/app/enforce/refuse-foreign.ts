import type { Trouble } from "../../core/alert/trouble-alerts.ts";
import { refOf } from "../../core/resource.ts";
import type { Log } from "../ports/invocation.ts";
import type { MessageAction } from "../ports/messages.ts";
import type { CreatedMessage } from "./messages.ts";

interface RefuseDeps {
  readonly log: Log;
  /** Told how many messages there are. */
  readonly onForeign?: (messages: number) => void;
  readonly alert?: (troubles: readonly Trouble[]) => Promise<void>;
}

/**
 * What becomes of foreign messages: their resources are neither looked at nor written, and each is a dead letter with the
 * reason, once somebody was alerted. Rejects where nobody can be: then they come back.
 */
export async function refuseForeign(
  messages: readonly CreatedMessage[],
  { log, onForeign, alert }: RefuseDeps,
): Promise<readonly MessageAction[]> {
  const refused = messages.flatMap(({ messageId, resources, foreign }) =>
    foreign === undefined ? [] : [{ messageId, resources, foreign }],
  );
  if (refused.length === 0) return [];
  onForeign?.(refused.length);
  for (const { messageId, foreign } of refused)
    log.error("message is not its sender's to send", { messageId, ...foreign });
  const troubles = refused.flatMap(({ resources, foreign: { sender, reason } }) =>
    resources.map((one): Trouble => ({ ...refOf(one), kind: "foreign", code: sender, message: reason })),
  );
  await alert?.(troubles);
  return refused.map(({ messageId, foreign }) => ({ messageId, action: "give-up", reason: foreign.reason }));
}
