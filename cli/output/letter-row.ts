import { describeEvent } from "../../lib/events/describe-event.ts";
import type { StoreRecord } from "../../lib/app/ports/store-records.ts";
import { POSTPONED } from "../../lib/app/ports/store-records.ts";
import type { LyingLetter } from "../../lib/sinks/sqs/dead-letter-box.ts";

/** One line about a dead letter. */
export interface LetterRow {
  readonly queue: string;
  readonly id: string;
  /** When it became a dead letter, RFC 3339. */
  readonly since: string;
  /** When it was sent for the first time, RFC 3339. */
  readonly firstSent: string;
  /** The function, or the service that could not deliver it. */
  readonly failedIn: string;
  readonly reason: string;
  readonly about: string;
}

const MOST_CHARACTERS = 120;

/** What a person wants to know of a dead letter. The reason is the one that the function wrote beside it, if it could. */
export function describeLetter(
  queue: string,
  { messageId, body, attributes, sentAt, firstSentAt }: LyingLetter,
): LetterRow {
  const { about, problem } = aboutOf(queue, body, attributes.get(POSTPONED));
  return {
    queue,
    id: messageId,
    since: new Date(sentAt).toISOString(),
    firstSent: new Date(firstSentAt).toISOString(),
    about,
    ...causeOf(attributes, problem),
  };
}

function aboutOf(
  queue: string,
  body: string,
  postponed: string | undefined,
): { readonly about: string; readonly problem?: string | undefined } {
  if (postponed !== undefined) return { about: RECORDS.get(postponed) ?? `a record of the kind ${postponed}` };
  return queue === "enforce" ? describeEvent(body) : { about: body.slice(0, MOST_CHARACTERS) };
}

/** What enforcement has to keep and its store did not take. */
const RECORDS: ReadonlyMap<string, string> = new Map<StoreRecord["kind"], string>([
  ["journal", "what a run wrote, to be put into the journal"],
  ["outcomes", "outcomes of an invocation, to be recorded"],
  ["alert", "alerts, to be raised"],
  ["seen", "what events told of, for the next audit"],
]);

function causeOf(
  attributes: ReadonlyMap<string, string>,
  problem: string | undefined,
): Pick<LetterRow, "failedIn" | "reason"> {
  const reason = attributes.get("reason");
  if (reason !== undefined) return { failedIn: attributes.get("failedIn") ?? "", reason };
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
  const code = attributes.get("ERROR_CODE");
  if (code !== undefined) {
    return {
      failedIn: "EventBridge",
      reason: `not delivered: ${code} ${attributes.get("ERROR_MESSAGE") ?? ""}`.trim(),
    };
  }
  return {
    failedIn: "",
    reason:
      problem === undefined
        ? "none recorded: the function ended before it could say (timeout, memory, crash); see its log"
        : `can't be read: ${problem}`,
  };
}
