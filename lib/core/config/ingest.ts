import { z } from "zod";
import { strict } from "../yaml/strict.ts";
import type { IngestConfig } from "./config.ts";
import { checkCredential } from "./rules.ts";

const reference = z.string().min(1, "must not be empty");
/** One, and a second while it is being changed. */
const references = z.array(reference).min(1, "must name at least one").max(2, "must name at most two");

/** Whose resources a sender may tell of. */
const accounts = z.array(reference).min(1, "must name at least one account").exactOptional();

/** The section `ingest` of a configuration. */
export const ingestShape = strict({
  url: z
    .string()
    .regex(/^https:\/\/[^/?#@]+(\/[^?#]*[^/?#])?$/, "must start with https:// and end without a /")
    .exactOptional(),
  alibabaEventBridge: strict({ tokens: references, accounts }).exactOptional(),
  huaweiSmn: strict({
    topics: z
      .array(
        z.string().regex(/^urn:smn:[a-z0-9-]+:[A-Za-z0-9]+:[A-Za-z0-9_-]+$/, "must be urn:smn:REGION:PROJECT:NAME"),
      )
      .min(1, "must name at least one topic"),
    accounts,
  }).exactOptional(),
  huaweiEventGrid: strict({
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, "must be the name of a header")
      .default("x-tagwarden-secret"),
    secrets: references,
    accounts,
  }).exactOptional(),
  signedEvents: strict({ secrets: references, accounts }).exactOptional(),
});

/** What is wrong with the secrets of webhooks: they are references, never literals. */
export function checkIngest(
  ingest: IngestConfig,
): readonly { readonly keys: readonly PropertyKey[]; readonly problem: string }[] {
  const { alibabaEventBridge, huaweiEventGrid, signedEvents } = ingest;
  const places = [
    { keys: ["alibabaEventBridge", "tokens"], references: alibabaEventBridge?.tokens },
    { keys: ["huaweiEventGrid", "secrets"], references: huaweiEventGrid?.secrets },
    { keys: ["signedEvents", "secrets"], references: signedEvents?.secrets },
  ];
  return places.flatMap(({ keys, references: given = [] }) =>
    given.flatMap((one, index) => {
      const problem = checkCredential(one, { secret: true, local: false });
      return problem === undefined ? [] : [{ keys: [...keys, index], problem }];
    }),
  );
}
