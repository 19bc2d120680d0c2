import { describe, expect, it } from "vitest";
import { InputError } from "../../../lib/core/errors.ts";
import { composeSendAlerts } from "../../../lib/lambda/compose/alerts.ts";
import { composeAuditShard, composePublishReport, composeStartAudit } from "../../../lib/lambda/compose/audit.ts";
import { composeEnforce } from "../../../lib/lambda/compose/enforce.ts";
import { composeIngest } from "../../../lib/lambda/compose/ingest.ts";
import {
  AuditShardEnvironment,
  EnforceEnvironment,
  PublishReportEnvironment,
  readEnvironment,
  StartAuditEnvironment,
  type Variables,
} from "../../../lib/lambda/settings/environment.ts";

const complete = {
  TAGWARDEN_METRICS: "tagwarden-dev",
  TAGWARDEN_POLICIES: "s3://policies/compiled.json",
  TAGWARDEN_CONFIG: "deploy/config.json",
  TAGWARDEN_TABLE: "state",
  TAGWARDEN_BUCKET: "reports",
  TAGWARDEN_ENFORCE_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/111122223333/enforce",
  TAGWARDEN_ENFORCE_CONCURRENCY: "2",
  TAGWARDEN_ALERT_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/111122223333/alert",
  TAGWARDEN_DEAD_LETTERS_URL: "https://sqs.us-east-1.amazonaws.com/111122223333/dead",
  TAGWARDEN_ATTEMPTS: "5",
};

const METRICS = "TAGWARDEN_METRICS";
const SETTINGS = [METRICS, "TAGWARDEN_POLICIES", "TAGWARDEN_CONFIG", "TAGWARDEN_TABLE", "TAGWARDEN_BUCKET"];
const AUDIT = [...SETTINGS, "TAGWARDEN_AUDIT_QUEUE_URL", "TAGWARDEN_REPORT_QUEUE_URL"];
const QUEUE = ["TAGWARDEN_DEAD_LETTERS_URL", "TAGWARDEN_ATTEMPTS"];
const ENFORCE = "TAGWARDEN_ENFORCE_QUEUE_URL";
const ALERT = "TAGWARDEN_ALERT_QUEUE_URL";

describe("a function's environment", () => {
  it("is read with its defaults", () => {
    const expected = {
      ...complete,
      TAGWARDEN_ENFORCE_CONCURRENCY: 2,
      TAGWARDEN_ATTEMPTS: 5,
      TAGWARDEN_WAIT_HOURS: 24,
      TAGWARDEN_MODE: "report",
      TAGWARDEN_AUDIT_READS: 0.5,
      TAGWARDEN_EXPERIMENTAL_EVENTS: false,
    };
    expect(readEnvironment(EnforceEnvironment, complete)).toEqual(expected);
  });

  it.each([
    ["enforce", EnforceEnvironment],
    ["start-audit", StartAuditEnvironment],
    ["audit-shard", AuditShardEnvironment],
    ["publish-report", PublishReportEnvironment],
  ])("lets %s write where it says so, and nowhere else", (_, rules) => {
    const queues = { TAGWARDEN_AUDIT_QUEUE_URL: "https://sqs/audit", TAGWARDEN_REPORT_QUEUE_URL: "https://sqs/report" };
    const modeOf = (variables: Variables) =>
      readEnvironment<Pick<typeof EnforceEnvironment, "TAGWARDEN_MODE">>(rules, {
        ...complete,
        ...queues,
        ...variables,
      }).TAGWARDEN_MODE;
    expect(modeOf({})).toBe("report");
    expect(modeOf({ TAGWARDEN_MODE: "report" })).toBe("report");
    expect(modeOf({ TAGWARDEN_MODE: "enforce" })).toBe("enforce");
    for (const unknown of ["", "Enforce", "enforce ", "on", "true", "dry-run"]) {
      expect(() => modeOf({ TAGWARDEN_MODE: unknown })).toThrow(
        /TAGWARDEN_MODE is invalid: must be one of enforce, report/,
      );
    }
  });

  it.each([
    ["ingest", composeIngest, [METRICS, "TAGWARDEN_CONFIG", "TAGWARDEN_TABLE", ENFORCE]],
    ["enforce", composeEnforce, [...SETTINGS, ENFORCE, "TAGWARDEN_ENFORCE_CONCURRENCY", ALERT, ...QUEUE]],
    ["start-audit", composeStartAudit, AUDIT],
    ["audit-shard", composeAuditShard, [...AUDIT, ...QUEUE, ENFORCE]],
    ["publish-report", composePublishReport, [...AUDIT, ...QUEUE, ALERT]],
    [
      "send-alerts",
      composeSendAlerts,
      [METRICS, "TAGWARDEN_CONFIG", "TAGWARDEN_TABLE", ALERT, "TAGWARDEN_ALERT_TOPIC_ARN", ...QUEUE],
    ],
  ])("names every variable that %s misses at once, at its cold start", async (_, compose, needed) => {
    const error: unknown = await compose({}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    const named = [...String(error).matchAll(/([A-Z_]+) is missing/g)].map(([, name]) => name);
    expect(named).toHaveLength(needed.length);
    expect(new Set(named)).toEqual(new Set(needed));
  });

  it("names an invalid variable beside a missing one", () => {
    const { TAGWARDEN_TABLE: _, ...rest } = complete;
    expect(() => readEnvironment(EnforceEnvironment, { ...rest, TAGWARDEN_MODE: "dry-run" })).toThrow(
      /TAGWARDEN_TABLE is missing; TAGWARDEN_MODE is invalid: must be one of enforce, report/,
    );
  });

  it("never repeats a value", () => {
    const wrong = { ...complete, TAGWARDEN_ENFORCE_QUEUE_URL: "hunter2" };
    expect(() => readEnvironment(EnforceEnvironment, wrong)).toThrow(/TAGWARDEN_ENFORCE_QUEUE_URL must be a URL/);
    expect(() => readEnvironment(EnforceEnvironment, wrong)).not.toThrow(/hunter2/);
  });

  it("refuses an S3 location without a key", () => {
    expect(() => readEnvironment(EnforceEnvironment, { ...complete, TAGWARDEN_POLICIES: "s3://policies" })).toThrow(
      /TAGWARDEN_POLICIES must be s3:\/\/BUCKET\/KEY or a path/,
    );
  });
});
