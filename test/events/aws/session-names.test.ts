import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { creationOf } from "../../fixtures/events/created.ts";
import { ACCOUNT, runInstances } from "../../fixtures/events/records.ts";
import * as fc from "../../properties.ts";

const ROLE = "platform";

function createdBy(session: string, sourceIdentity?: string): unknown {
  const userIdentity = {
    type: "AssumedRole",
    principalId: `AROAEXAMPLE0000000001:${session}`,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${ROLE}/${session}`,
    sessionContext: {
      sessionIssuer: { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/team/${ROLE}`, userName: ROLE },
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    },
  };
  return creationOf(runInstances({ userIdentity })).createdBy;
}

const kept = (session: string) => `role/${ROLE}/${session}`;
const madeUp = `role/${ROLE}`;

describe("docs/session-names.md", () => {
  const document = readFileSync(new URL("../../../docs/session-names.md", import.meta.url), "utf8");

  /** The first and the last cell of each row below a heading. */
  const rowsBelow = (heading: string): readonly (readonly [string, string])[] =>
    [...(document.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "").matchAll(/^\| (.+?) \|.*`([^`]+)` \|$/gm)].map(
      ([, who = "", example = ""]) => [who, example] as const,
    );

  test("names at least 40 forms that somebody makes up, each once", () => {
    const makers = rowsBelow("Made up").map(([maker]) => maker);
    expect(makers.length).toBeGreaterThanOrEqual(40);
    expect(new Set(makers).size).toBe(makers.length);
  });

  test.each(rowsBelow("Made up"))("%s makes up %s", (_, session) => {
    expect(createdBy(session)).toBe(madeUp);
  });

  test.each(rowsBelow("Kept"))("%s is kept: %s", (_, session) => {
    expect(createdBy(session)).toBe(kept(session));
  });
});

// Names that people have, some of which are words of machines, of tools or of companies.
const first = fc.constantFrom("mira", "jean-luc", "Li", "Ada", "travis", "SARAH", "Zoë", "o", "aws", "Xu", "Deniz");
const last = fc.constantFrom(
  "kolb",
  "Jenkins",
  "LeRoux",
  "de-la-cruz",
  "packer",
  "Wu",
  "Baker",
  "Smith-Jones",
  "Müller",
);
/** A number of up to nine digits: a year, a desk, an employee. */
const few = fc.integer({ min: 0, max: 999_999_999 }).map(String);
const separator = fc.constantFrom(".", "-", "_", "");
const person = fc
  .record({ first, last, separator, number: fc.option(few), domain: fc.option(fc.constantFrom("example.com", "x.io")) })
  .map(({ first: given, last: family, separator: between, number, domain }) => {
    const name = `${given}${between}${family}${number === null ? "" : between + number}`;
    return domain === null ? name : `${name}@${domain}`;
  });
/** The number of a company: zeros in front, or few digits. */
const personNumber = fc.oneof(
  few,
  few.map((digits) => digits.padStart(10, "0")),
  few.map((digits) => `u${digits}`),
);

const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length })
    .filter((text) => /[0-9]/.test(text) && /[a-f]/.test(text));
const ulid = fc
  .string({ unit: fc.constantFrom(..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"), minLength: 24, maxLength: 24 })
  .map((text) => `01${text}`);
/** Seconds from 2017 to 2029. */
const seconds = fc.integer({ min: 1_500_000_000, max: 1_900_000_000 });
const alone = fc.oneof(
  fc.uuid(),
  hex(16),
  hex(32),
  hex(40),
  ulid,
  seconds.map((time) => `${time}123`),
  seconds.map((time) => `${time}123456789`),
);
const behindAWord = fc.oneof(
  alone,
  seconds.map(String),
  fc.integer({ min: 10_000_000_000, max: 99_999_999_999 }).map(String),
);
/** What a pipeline may call itself: whatever people are called, too. */
const prefix = fc.oneof(first, last, fc.constantFrom("AWSCodeBuild", "shop", "eks-shop-cart", "terraform", "ci"));

describe("sessions", () => {
  test("of people are kept, whatever they are called", () => {
    fc.assert(
      fc.property(fc.oneof(person, personNumber), (session) => {
        expect(createdBy(session)).toBe(kept(session));
      }),
    );
  });

  test("of machines leave the role, and two of one role have the same createdBy", () => {
    fc.assert(
      fc.property(prefix, behindAWord, behindAWord, fc.constantFrom("-", "_", "."), (name, one, other, between) => {
        expect([createdBy(`${name}${between}${one}`), createdBy(`${name}${between}${other}`)]).toEqual([
          madeUp,
          madeUp,
        ]);
      }),
    );
  });

  test("that are nothing but a part that differs leave the role", () => {
    fc.assert(
      fc.property(alone, (session) => {
        expect(createdBy(session)).toBe(madeUp);
      }),
    );
  });

  test("that are numbered builds, runs and uploads leave the role, whatever the number", () => {
    const work = fc.constantFrom(
      "build",
      "shop-build",
      "deploy_job",
      "artifact-upload",
      "run",
      "gitlab-ci",
      "my.pipeline",
    );
    fc.assert(
      fc.property(work, fc.nat(), (name, number) => {
        expect(createdBy(`${name}-${number}`)).toBe(madeUp);
      }),
    );
  });
});

describe("sourceIdentity", () => {
  const build = "AWSCodeBuild-3b1f6c2e-8d4a-4f0b-9c77-5e2a1d9b6f30";

  test("names who is behind a session whose name was made up", () => {
    expect(createdBy(build, "mira.kolb@example.com")).toBe(kept("mira.kolb@example.com"));
  });

  test("goes before a name that whoever took the role could choose", () => {
    expect(createdBy("somebody-else", "mira.kolb")).toBe(kept("mira.kolb"));
  });

  test("that was made up as well is not asked", () => {
    expect(createdBy("mira.kolb", build)).toBe(kept("mira.kolb"));
    expect(createdBy(build, "i-0a1b2c3d4e5f60718")).toBe(madeUp);
  });
});

test("a name longer than STS allows is kept", () => {
  const session = "build-7".repeat(10);
  expect(createdBy(session)).toBe(kept(session));
});
