import * as z from "zod/mini";
import { InputError } from "../core/errors.ts";

/** The variables of one execution environment, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

const nonEmpty = z.string().check(z.minLength(1));
const location = nonEmpty.check(
  z.refine((text) => !text.startsWith("s3://") || /^s3:\/\/[^/]+\/.+$/.test(text), "must be s3://BUCKET/KEY or a path"),
);
const url = z.string().check(z.refine((text) => URL.canParse(text), "must be a URL"));

/** What every function of ours needs. */
const common = {
  /** Compiled policies: a path in the package, or `s3://BUCKET/KEY`. */
  TAGWARDEN_POLICIES: location,
  /** Checked configuration as JSON: a path in the package, or `s3://BUCKET/KEY`. */
  TAGWARDEN_CONFIG: location,
  TAGWARDEN_TABLE: nonEmpty,
  TAGWARDEN_BUCKET: nonEmpty,
  /** `report` overrides every policy and account at once: nothing is written. */
  TAGWARDEN_MODE: z._default(z.enum(["enforce", "report"]), "enforce"),
};

/** A whole number from 1 to 999, as a text. */
const count = z.pipe(
  z.string().check(z.regex(/^[1-9][0-9]{0,2}$/, "must be a whole number from 1 to 999")),
  z.transform(Number),
);

/** What every function needs that a queue feeds. */
export const QueueEnvironment = z.object({
  TAGWARDEN_DEAD_LETTERS_URL: url,
  /** How often the queue delivers a message before it becomes a dead letter. */
  TAGWARDEN_ATTEMPTS: count,
});

/** A part of a whole, above 0 and below 1, as a text. */
const part = z.pipe(
  z.string().check(z.regex(/^0\.[0-9]{0,3}[1-9]$/, "must be a number above 0 and below 1, e.g. 0.5")),
  z.transform(Number),
);

/** What audits may use of the rate of the reads that they and enforcement share; enforcement keeps the rest. */
const TAGWARDEN_AUDIT_READS = z._default(part, 0.5);

export const EnforceEnvironment = z.object({
  ...common,
  TAGWARDEN_AUDIT_READS,
  TAGWARDEN_ENFORCE_QUEUE_URL: url,
  /** How many of this function may run at once: they share the rate of calls. */
  TAGWARDEN_ENFORCE_CONCURRENCY: count,
});

/** Ingest knows no policies: whoever breaks into it finds nothing but the queue's address. */
export const IngestEnvironment = z.object({
  TAGWARDEN_CONFIG: location,
  TAGWARDEN_TABLE: nonEmpty,
  TAGWARDEN_ENFORCE_QUEUE_URL: url,
});

export const AuditEnvironment = z.object({
  ...common,
  TAGWARDEN_AUDIT_READS,
  TAGWARDEN_AUDIT_QUEUE_URL: url,
  TAGWARDEN_REPORT_QUEUE_URL: url,
});

/** What `audit-shard` needs beyond that: where findings go that are to be repaired. */
export const RepairEnvironment = z.object({ TAGWARDEN_ENFORCE_QUEUE_URL: url });

/** What a function needs to raise alerts. */
export const AlertEnvironment = z.object({ TAGWARDEN_ALERT_QUEUE_URL: url });

export const SendAlertsEnvironment = z.object({
  TAGWARDEN_CONFIG: location,
  TAGWARDEN_TABLE: nonEmpty,
  TAGWARDEN_ALERT_QUEUE_URL: url,
  /** Where channels of type `sns` publish that name no topic of their own. */
  TAGWARDEN_ALERT_TOPIC_ARN: nonEmpty,
});

/**
 * The variables that the schema names, checked. Throws an InputError that lists every missing and every invalid one,
 * so that a cold start fails once and not variable by variable. Values stay out of the message.
 */
export function readEnvironment<Schema extends z.ZodMiniObject>(schema: Schema, variables: Variables): z.infer<Schema> {
  const result = schema.safeParse(variables);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.map(String).join(".");
    if (variables[name] === undefined) return `${name} is missing`;
    return issue.code === "custom" ? `${name} ${issue.message}` : `${name} is invalid: ${describe(issue)}`;
  });
  throw new InputError(
    `environment of this function: ${[...new Set(problems)].join("; ")}. Set them under functions.<name>.environment in serverless.yml.`,
  );
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  if (issue.code === "too_small") return "must not be empty";
  return issue.message;
}
