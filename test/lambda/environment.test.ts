import { describe, expect, it } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import { AuditEnvironment, EnforceEnvironment, readEnvironment } from "../../lib/lambda/environment.ts";

const complete = {
  TAGWARDEN_POLICIES: "s3://policies/compiled.json",
  TAGWARDEN_CONFIG: "deploy/config.json",
  TAGWARDEN_TABLE: "state",
  TAGWARDEN_BUCKET: "reports",
  TAGWARDEN_ENFORCE_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/111122223333/enforce",
  TAGWARDEN_ENFORCE_CONCURRENCY: "2",
};

describe("a function's environment", () => {
  it("is read with its defaults", () => {
    const expected = {
      ...complete,
      TAGWARDEN_ENFORCE_CONCURRENCY: 2,
      TAGWARDEN_MODE: "enforce",
      TAGWARDEN_AUDIT_READS: 0.5,
    };
    expect(readEnvironment(EnforceEnvironment, complete)).toEqual(expected);
  });

  it("names every missing variable at once", () => {
    expect(() => readEnvironment(AuditEnvironment, {})).toThrow(InputError);
    expect(() => readEnvironment(AuditEnvironment, {})).toThrow(
      /TAGWARDEN_POLICIES is missing.*TAGWARDEN_CONFIG is missing.*TAGWARDEN_TABLE is missing.*TAGWARDEN_BUCKET is missing.*TAGWARDEN_AUDIT_QUEUE_URL is missing.*TAGWARDEN_REPORT_QUEUE_URL is missing/,
    );
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
