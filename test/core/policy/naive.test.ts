import { env } from "node:process";
import { expect, test } from "vitest";
import type { Evaluation } from "../../../lib/core/evaluation.ts";
import { InputError } from "../../../lib/core/errors.ts";
import { prepareExplain, type Explanation } from "../../../lib/core/policy/explain/explain.ts";
import { search } from "../../../lib/core/policy/jmespath.ts";
import { findingsIn, type LintFinding } from "../../../lib/core/policy/lint/rules.ts";
import type { LoadedPolicies } from "../../../lib/core/policy/load/load.ts";
import { preparePolicies, type PreparedPolicies } from "../../../lib/core/policy/prepare.ts";
import * as fc from "../../properties.ts";
import { naively, type NaiveFile, type NaiveVerdict } from "./naive.ts";
import { load, resource } from "./policies.ts";

/** How many policy files are drawn, each with some resources. `TAGWARDEN_RUNS=12000` makes 100,000 pairs of them. */
const FILES = Number(env["TAGWARDEN_RUNS"] ?? 400);
const RESOURCES_EACH = 10;

const KEYS = ["owner", "team", "env", "expires"];
const OTHERS = ["Owner", "OWNER", "boss", "Team", "e-n-v", "lead", "aws:cloud", "__proto__"];
const VALUES = [
  "prod",
  "PROD",
  "dev",
  "Unknown",
  "tbd-1",
  "2026-11-22",
  "2026-12-31",
  "2027-03-01",
  "2026-02-30",
  "",
  " ",
];
const DAYS = ["2026-11-22", "2026-12-31", "2026-02-28"];

const bounds = fc.constantFrom("today", "today+40d", "today-10d", "2026-12-01", "2026-11-22");
const rare = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const said = fc.record({
  values: rare(fc.constantFrom(["prod", "dev"], ["PROD"], ["dev", "2026-12-31", "2027-03-01"])),
  pattern: rare(fc.constantFrom("[a-z]+", "[a-z-]*[0-9-]*", "dev|prod")),
  notValues: rare(fc.constantFrom(["unknown", "TBD*"], ["*o*"], ["prod"])),
  date: rare(
    fc.record({ after: bounds, before: bounds, within: fc.constantFrom("90d", "0d", "10d") }, { requiredKeys: [] }),
  ),
  default: rare(fc.constantFrom("dev", { fromEvent: "createdAt" }, { fromTag: "lead" })),
  allowBlank: rare(fc.boolean()),
  overwrite: rare(fc.boolean()),
  aliases: rare(fc.subarray(["Owner", "boss", "lead", "Team"], { minLength: 1 })),
  ignoreKeyCase: rare(fc.boolean()),
  ignoreCase: rare(fc.boolean()),
});

/** `ignoreCase` has to have something beside it. */
const tags = said.map(({ ignoreCase, ...others }) => ({
  ...others,
  ...(others.values === undefined && others.pattern === undefined ? {} : { ignoreCase }),
}));

const entryOf = (key: string) =>
  fc.oneof(
    fc.constant(key),
    tags.map((tag) => ({ key, ...tag })),
  );

/** Each key at most once, some of them together in one anyOf. */
const requires = fc
  .tuple(fc.shuffledSubarray(KEYS, { minLength: 1 }), fc.nat(2))
  .chain(([keys, alone]) =>
    fc.tuple(fc.tuple(...keys.slice(0, alone).map(entryOf)), fc.tuple(...keys.slice(alone).map(entryOf))),
  )
  .map(([alone, together]) => [...alone, ...(together.length < 2 ? together : [{ anyOf: together }])]);

const policies = fc.record({
  match: fc.constantFrom(undefined, undefined, { tags: { env: "*" } }),
  require: requires,
  mode: fc.constantFrom("enforce" as const, "report" as const),
  forbid: rare(fc.constantFrom(["lead"], ["bo*", "Team"], ["O*"])),
  keys: rare(fc.constantFrom({ pattern: "[a-z]*" }, { only: ["*e*", "aws:x"] }, { pattern: "[^-]*", only: ["*"] })),
});

const files = fc
  .record({
    tags: fc.tuple(
      ...KEYS.map(() => fc.tuple(tags, rare(fc.boolean())).map(([tag, adoptNearMiss]) => ({ ...tag, adoptNearMiss }))),
    ),
    policies: fc.array(policies, { minLength: 1, maxLength: 3 }),
    exempt: fc.option(fc.option(fc.subarray(KEYS, { minLength: 1 }), { nil: undefined }), {
      nil: "none" as const,
      freq: 3,
    }),
  })
  .map(({ tags: defined, policies: drawn, exempt }): NaiveFile =>
    JSON.parse(
      JSON.stringify({
        version: 1,
        requiredTags: Object.fromEntries(KEYS.map((key, index) => [key, defined[index]])),
        policies: drawn.map((policy, index) => ({ name: `p${index}`, ...policy })),
        ...(exempt !== "none" && {
          exemptions: [{ match: {}, tags: exempt, reason: "r", expires: "2030-01-01" }],
        }),
      }),
    ),
  );

const resources = fc.record({
  tags: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS, ...OTHERS), fc.constantFrom(...VALUES)), {
      selector: ([key]) => key,
      maxLength: 6,
    })
    .map((pairs) => Object.fromEntries(pairs.map(([key, value]) => [key, value] as const))),
  createdAt: fc.constantFrom("2026-11-22", "2026-12-31"),
  today: fc.constantFrom(...DAYS),
});

function verdictOf(evaluation: Evaluation, decisions: ReturnType<PreparedPolicies["decide"]>): NaiveVerdict {
  const { compliance, missing, invalid, forbidden = [], broken } = evaluation;
  return {
    compliance,
    missing: [...missing].sort(),
    invalid: invalid.map(({ key }) => key).sort(),
    forbidden: forbidden.map(({ key }) => key),
    broken: Object.fromEntries(broken.map(({ policy, keys }) => [policy, [...keys].sort()])),
    writes: Object.fromEntries(decisions.flatMap((one) => (one.action === "write" ? [[one.key, one.value]] : []))),
  };
}

/** What an explanation has to agree with. */
function explainableOf(evaluation: Evaluation, decisions: ReturnType<PreparedPolicies["decide"]>) {
  const { compliance, missing, invalid, writes } = verdictOf(evaluation, decisions);
  return { compliance, missing, invalid, writes: compliance === "noncompliant" ? writes : {} };
}

function explainedVerdict({ compliance, tags: explained }: Explanation) {
  const keysOf = (verdict: string) => explained.flatMap((tag) => (tag.verdict === verdict ? [tag.key] : [])).sort();
  const writes = explained.flatMap(({ key, default: by }) => (by?.action === "write" ? [[key, by.value]] : []));
  return {
    compliance,
    missing: keysOf("missing"),
    invalid: keysOf("invalid"),
    writes: Object.fromEntries(writes) as Record<string, string>,
  };
}

/** What lint is sure of holds for every resource. */
function expectCertain({ rule, message }: LintFinding, evaluation: Evaluation): void {
  const { policies: applying, missing, invalid, spared = [] } = evaluation;
  const names = [...message.matchAll(/"(p\d)"/g)].map(([, name = ""]) => name);
  if (rule === "never-matches") expect(applying).not.toContain(names[0]);
  if (rule !== "unsatisfiable" && rule !== "unsatisfiable-together") return;
  if (!names.every((name) => applying.includes(name))) return;
  const [, key = ""] = /^no value of (\S+)/.exec(message) ?? [];
  const exempt = spared.flatMap(({ keys }) => keys);
  expect([...missing, ...invalid.map((tag) => tag.key), ...exempt], message).toContain(key);
}

test("evaluation and decisions are those of the language as it is written down, whatever the policies and resources", () => {
  const seen = { files: 0, resources: 0, writes: 0, alternatives: 0, forbidden: 0, standIns: 0 };
  fc.assert(
    fc.property(files, fc.array(resources, { minLength: RESOURCES_EACH, maxLength: RESOURCES_EACH }), (file, drawn) => {
      let prepared: PreparedPolicies;
      let loaded: LoadedPolicies;
      try {
        loaded = load(JSON.stringify(file));
        prepared = preparePolicies(JSON.parse(JSON.stringify(loaded.compiled)));
      } catch (error) {
        // Constraints that contradict each other are refused: see load/words.test.ts.
        if (!(error instanceof InputError)) throw error;
        return;
      }
      seen.files += 1;
      const explain = prepareExplain(loaded.compiled, search);
      const findings = findingsIn(loaded.remarks);
      for (const { tags: own, createdAt, today } of drawn) {
        const at = Date.parse(`${today}T13:00:00Z`);
        const subject = resource(own, { event: { createdAt: `${createdAt}T08:00:00Z` } });
        const evaluation = prepared.evaluate(subject, at);
        const decisions = prepared.decide(subject, evaluation, at);
        expect(verdictOf(evaluation, decisions)).toEqual(naively(file, { tags: own, createdAt }, { today }));
        expect(explainedVerdict(explain({ resource: subject }, at))).toEqual(explainableOf(evaluation, decisions));
        for (const finding of findings) expectCertain(finding, evaluation);
        seen.resources += 1;
        if (decisions.some(({ action }) => action === "write")) seen.writes += 1;
        if (evaluation.forbidden !== undefined) seen.forbidden += 1;
        if (evaluation.anyOf !== undefined) seen.alternatives += 1;
        if (evaluation.invalid.some(({ found }) => found !== undefined)) seen.standIns += 1;
      }
    }),
    { numRuns: FILES },
  );
  // Else it would hold of nothing.
  expect(seen.files).toBeGreaterThan(FILES / 4);
  expect(seen.writes).toBeGreaterThan(FILES / 20);
  expect(seen.alternatives).toBeGreaterThan(FILES / 20);
  expect(seen.forbidden).toBeGreaterThan(FILES / 10);
  expect(seen.standIns).toBeGreaterThan(FILES / 40);
});
