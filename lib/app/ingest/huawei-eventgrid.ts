import { createHash } from "node:crypto";
import { eventsOf, textOf } from "./event-texts.ts";
import { knownSecret, type SecretSource } from "./known-secret.ts";
import { isOneOf } from "./secret-match.ts";
import { refuse, type WebhookSource } from "./webhook.ts";

/** A secret header says nothing of the time, so the same body is taken for a repetition as long as EventGrid retries. */
const REMEMBERED_MS = 86_400_000;

export interface HuaweiEventGridOptions {
  /** The header that the connection of the webhook target sends. */
  readonly header: string;
  readonly secrets: SecretSource;
}

/** Webhook targets of Huawei Cloud EventGrid. It signs nothing; its connection sends a header that only we know. */
export function huaweiEventGrid({ header, secrets }: HuaweiEventGridOptions): WebhookSource {
  const name = header.toLowerCase();
  const isKnown = knownSecret(secrets);
  return {
    sender: "huaweiEventGrid",
    path: "/huawei/eventgrid",
    verify: async ({ headers, body, receivedAt }) => {
      const given = headers.get(name);
      if (given === undefined || given === "") return refuse(401, "secret-missing", `The header ${name} is missing.`);
      if (!(await isKnown((known) => isOneOf(given, known), receivedAt))) {
        return refuse(401, "secret-wrong", `The header ${name} doesn't hold the configured secret.`);
      }
      const text = textOf(body);
      const events = text === undefined ? undefined : eventsOf(text);
      if (events === undefined) return refuse(400, "no-event", "The body is no CloudEvent.");
      const nonce = `eventgrid ${createHash("sha256").update(body).digest("base64")}`;
      return { kind: "events", events, nonce, freshMs: REMEMBERED_MS };
    },
  };
}
