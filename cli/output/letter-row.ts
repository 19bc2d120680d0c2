import { asObject } from "../../lib/core/json.ts";
import { describeEvent } from "../../lib/events/describe-event.ts";
import type { StoreRecord } from "../../lib/app/ports/store-records.ts";
import { POSTPONED } from "../../lib/app/ports/store-records.ts";
import type { LyingLetter } from "../../lib/sinks/sqs/dead-letter-box.ts";

/** One line about a dead letter. */
export interface LetterRow {
  readonly queue: string;
  /** Where it lies, if in another account. */
  readonly account?: string;
  readonly region?: string;
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
  { queue, place }: { readonly queue: string; readonly place?: Pick<LetterRow, "account" | "region"> },
  { messageId, body, attributes, sentAt, firstSentAt }: LyingLetter,
): LetterRow {
  const { about, problem, cause } = describeBody(queue, body, recordKindOf({ queue, attributes }));
  return {
    queue,
    ...place,
    id: messageId,
    since: new Date(sentAt).toISOString(),
    firstSent: new Date(firstSentAt).toISOString(),
    about,
    ...(causeIn(attributes) ?? cause ?? unrecorded(problem)),
  };
}

/**
 * The kind of the record of ours that a letter holds; undefined for an event, and whatever else came. What lies in another
 * account is none, whoever calls it so.
 */
export function recordKindOf({
  queue,
  attributes,
}: {
  readonly queue: string;
  readonly attributes: LyingLetter["attributes"];
}): string | undefined {
  return queue === "forward" ? undefined : attributes.get(POSTPONED);
}

type Cause = Pick<LetterRow, "failedIn" | "reason">;

interface Body {
  readonly about: string;
  /** Why it can't be read. */
  readonly problem?: string;
  /** What it says itself of its failure. */
  readonly cause?: Cause;
}

function describeBody(queue: string, body: string, postponed: string | undefined): Body {
  if (postponed !== undefined) return { about: RECORDS.get(postponed) ?? `a record of the kind ${postponed}` };
  if (queue === "enforce" || queue === "forward") return describeEvent(body);
  const about = body.slice(0, MOST_CHARACTERS);
  return queue === "schedule" ? { about, ...describeCall(body) } : { about };
}

/** What enforcement has to keep and its store did not take. */
const RECORDS: ReadonlyMap<string, string> = new Map<StoreRecord["kind"], string>([
  ["journal", "what a run wrote, to be put into the journal"],
  ["outcomes", "outcomes of an invocation, to be recorded"],
  ["alert", "alerts, to be raised"],
  ["seen", "what events told of, for the next audit"],
]);

/** What Lambda leaves of a call that failed: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function describeCall(body: string): Partial<Body> {
  const record = parsed(body);
  const { functionArn: called, condition } = asObject(record["requestContext"]) ?? {};
  if (typeof called !== "string") return {};
  const answer = asObject(record["responsePayload"]) ?? {};
  const said = [answer["errorType"], answer["errorMessage"]].filter((one) => typeof one === "string").join(": ");
  const failedIn = called.split(":").at(6)?.replace(/^.*-/, "") ?? "";
  const reason = said !== "" ? said : typeof condition === "string" ? condition : "no answer";
  const about = JSON.stringify(record["requestPayload"] ?? {}).slice(0, MOST_CHARACTERS);
  return { about, cause: { failedIn, reason } };
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(body)) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function causeIn(attributes: ReadonlyMap<string, string>): Cause | undefined {
  const reason = attributes.get("reason");
  if (reason !== undefined) return { failedIn: attributes.get("failedIn") ?? "", reason };
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
  const code = attributes.get("ERROR_CODE");
  if (code === undefined) return undefined;
  const attempts = attributes.get("RETRY_ATTEMPTS");
  const rule = attributes.get("RULE_ARN")?.split("/").at(-1);
  const details = [...(rule === undefined ? [] : [rule]), ...(attempts === undefined ? [] : [`${attempts} attempts`])];
  const said = `not delivered: ${code} ${attributes.get("ERROR_MESSAGE") ?? ""}`.trim();
  return {
    failedIn: attributes.has("SCHEDULE_ARN") ? "EventBridge Scheduler" : "EventBridge",
    reason: details.length === 0 ? said : `${said} (${details.join(", ")})`,
  };
}

function unrecorded(problem: string | undefined): Cause {
  return {
    failedIn: "",
    reason:
      problem === undefined
        ? "none recorded: the function ended before it could say (timeout, memory, crash); see its log"
        : `can't be read: ${problem}`,
  };
}
