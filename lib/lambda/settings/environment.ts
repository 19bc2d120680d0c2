import { InputError } from "../../core/errors.ts";
import { modeFrom, type Mode } from "../../core/mode.ts";

/** The variables of one execution environment, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What one variable has to be. By hand and not by a schema library: this check is all that a cold start of `enforce`
 * would load one for.
 */
interface Rule<Value> {
  /** The value that the text stands for; undefined where it is none. */
  readonly read: (text: string) => Value | undefined;
  /** What it is when it isn't set; without it, it has to be set. */
  readonly fallback?: Value;
  /** Goes on from the variable's name. */
  readonly problem: string;
}

type Rules = Readonly<Record<string, Rule<unknown>>>;

/** The values that these rules read. */
type Values<R extends Rules> = { readonly [Name in keyof R]: R[Name] extends Rule<infer Value> ? Value : never };

function textWhere(holds: (text: string) => boolean, problem: string): Rule<string> {
  return { read: (text) => (holds(text) ? text : undefined), problem };
}

function numberWhere(pattern: RegExp, problem: string): Rule<number> {
  return { read: (text) => (pattern.test(text) ? Number(text) : undefined), problem };
}

const nonEmpty = textWhere((text) => text !== "", "is invalid: must not be empty");
const location = textWhere(
  (text) => text !== "" && (!text.startsWith("s3://") || /^s3:\/\/[^/]+\/.+$/.test(text)),
  "must be s3://BUCKET/KEY or a path",
);
const url = textWhere((text) => URL.canParse(text), "must be a URL");
/** Whoever hasn't said that tags may be written hasn't allowed it. */
const mode: Rule<Mode> = {
  read: modeFrom,
  fallback: "report",
  problem: "is invalid: must be one of enforce, report",
};

/**
 * Where a function's metrics go: a namespace for each deployment. In one that stages share, the nightly report of one
 * would keep the alarm of another quiet.
 */
const TAGWARDEN_METRICS = nonEmpty;

/** What every function needs that works with policies. */
const common = {
  TAGWARDEN_METRICS,
  /** Compiled policies: a path in the package, or `s3://BUCKET/KEY`. */
  TAGWARDEN_POLICIES: location,
  /** Checked configuration as JSON: a path in the package, or `s3://BUCKET/KEY`. */
  TAGWARDEN_CONFIG: location,
  TAGWARDEN_TABLE: nonEmpty,
  TAGWARDEN_BUCKET: nonEmpty,
  /** `report` overrides every policy and account at once: nothing is written. So it is where nobody has set it. */
  TAGWARDEN_MODE: mode,
};

const count = numberWhere(/^[1-9][0-9]{0,2}$/, "must be a whole number from 1 to 999");

const hours: Rule<number> = {
  ...numberWhere(/^(0|[1-9][0-9]{0,2})(\.[0-9]{1,3})?$/, "must be a number from 0 to 999.999"),
  fallback: 24,
};

/** What every function needs that a queue feeds. */
const queue = {
  TAGWARDEN_DEAD_LETTERS_URL: url,
  /** How often the queue delivers a message, or one of its copies, before it becomes a dead letter. */
  TAGWARDEN_ATTEMPTS: count,
  /** For how many hours a message comes back before it becomes a dead letter; 0 = it is one as soon as it fails. */
  TAGWARDEN_WAIT_HOURS: hours,
} satisfies Rules;

/** What audits may use, while enforcement works, of the rate of the reads that both share; enforcement has the rest. */
const TAGWARDEN_AUDIT_READS: Rule<number> = {
  ...numberWhere(/^0\.[0-9]{0,3}[1-9]$/, "must be a number above 0 and below 1, e.g. 0.5"),
  fallback: 0.5,
};

/** Whether events are read whose form is inferred, not documented. */
const TAGWARDEN_EXPERIMENTAL_EVENTS: Rule<boolean> = {
  read: (text) => (text === "yes" ? true : text === "no" ? false : undefined),
  fallback: false,
  problem: "must be yes or no",
};

export const EnforceEnvironment = {
  ...common,
  TAGWARDEN_EXPERIMENTAL_EVENTS,
  TAGWARDEN_AUDIT_READS,
  TAGWARDEN_ENFORCE_QUEUE_URL: url,
  /** How many of this function may run at once: they share the rate of calls. */
  TAGWARDEN_ENFORCE_CONCURRENCY: count,
  TAGWARDEN_ALERT_QUEUE_URL: url,
  ...queue,
} satisfies Rules;

/** Ingest knows no policies: whoever breaks into it finds nothing but the queue's address. */
export const IngestEnvironment = {
  TAGWARDEN_METRICS,
  TAGWARDEN_CONFIG: location,
  TAGWARDEN_TABLE: nonEmpty,
  TAGWARDEN_ENFORCE_QUEUE_URL: url,
} satisfies Rules;

export const StartAuditEnvironment = {
  ...common,
  TAGWARDEN_AUDIT_READS,
  TAGWARDEN_AUDIT_QUEUE_URL: url,
  TAGWARDEN_REPORT_QUEUE_URL: url,
} satisfies Rules;

export const AuditShardEnvironment = {
  ...StartAuditEnvironment,
  ...queue,
  /** Where findings go that are to be repaired. */
  TAGWARDEN_ENFORCE_QUEUE_URL: url,
} satisfies Rules;

export const PublishReportEnvironment = {
  ...StartAuditEnvironment,
  ...queue,
  TAGWARDEN_ALERT_QUEUE_URL: url,
} satisfies Rules;

export const SendAlertsEnvironment = {
  TAGWARDEN_METRICS,
  TAGWARDEN_CONFIG: location,
  TAGWARDEN_TABLE: nonEmpty,
  TAGWARDEN_ALERT_QUEUE_URL: url,
  /** Where channels of type `sns` publish that name no topic of their own. */
  TAGWARDEN_ALERT_TOPIC_ARN: nonEmpty,
  ...queue,
} satisfies Rules;

/**
 * The variables that the rules name, checked. A function reads all of its own at once. Throws an InputError that lists
 * every missing and every invalid one, so that a cold start fails once and not variable by variable. Values stay out of
 * the message.
 */
export function readEnvironment<R extends Rules>(rules: R, variables: Variables): Values<R> {
  const problems: string[] = [];
  const values = Object.entries(rules).map(([name, { read, fallback, problem }]) => {
    const text = variables[name];
    const value = text === undefined ? fallback : read(text);
    if (value === undefined) problems.push(text === undefined ? `${name} is missing` : `${name} ${problem}`);
    return [name, value];
  });
  if (problems.length > 0) {
    throw new InputError(
      `environment of this function: ${problems.join("; ")}. Set them under functions.<name>.environment in serverless.yml.`,
    );
  }
  return Object.fromEntries(values) as Values<R>;
}
