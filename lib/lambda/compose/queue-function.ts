import type { MessageAction } from "../../app/ports/messages.ts";
import { openAtStart } from "../settings/open-at-start.ts";
import type { InvocationDeadline, ParseMessage } from "../sqs/batch.ts";
import type { SqsBatchDeps } from "../sqs/messages.ts";
import type { Telemetry } from "../telemetry.ts";

/** A function that a queue feeds. */
export interface QueueFunction<Message> {
  readonly parse: ParseMessage<Message>;
  readonly work: (messages: readonly Message[], deadline: InvocationDeadline) => Promise<readonly MessageAction[]>;
  readonly batch: SqsBatchDeps;
  readonly telemetry: Telemetry;
}

/**
 * Puts a function together whose settings may lie in a store that is down: then its messages come back, for which it
 * needs nothing but its queue, until `open` has what it needs.
 */
export async function queueFunction<Message>(
  { batch, telemetry }: Pick<QueueFunction<Message>, "batch" | "telemetry">,
  open: () => Promise<Pick<QueueFunction<Message>, "parse" | "work">>,
): Promise<QueueFunction<Message>> {
  const opened = await openAtStart(open);
  return {
    telemetry,
    batch: { ...batch, ready: async () => void (await opened()) },
    parse: async (body, envelope) => (await opened()).parse(body, envelope),
    work: async (messages, deadline) => (await opened()).work(messages, deadline),
  };
}
