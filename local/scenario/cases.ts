import type { FinalOutcome } from "../../lib/core/outcome.ts";
import type { Planted } from "./planted.ts";
import { isReportPlace, type ScenarioPlace } from "./places.ts";

/** One way for a resource to be, under the policy in examples/local. */
export interface ScenarioCase {
  readonly name: string;
  readonly planted: Planted;
  /** How often it occurs beside the others. */
  readonly weight: number;
  readonly expected: FinalOutcome | ((place: ScenarioPlace) => FinalOutcome);
  fits(place: ScenarioPlace): boolean;
  tags(place: ScenarioPlace): Readonly<Record<string, string>>;
  readonly deleted?: boolean;
  readonly legacy?: boolean;
  /** Who created it; absent = one of the people. */
  readonly createdBy?: string;
  /** What stands before the name of a role. */
  readonly path?: string;
  /** The creating request named the tags. */
  readonly requested?: boolean;
  readonly visibleAfterMs?: number;
  readonly ageMs?: number;
  /** Its event never arrives: the audit has to find it. */
  readonly unheard?: boolean;
  /** Tagging leaves an invalid value in place. */
  readonly leavesInvalid?: boolean;
}

/** How long after its creation a resource may stay invisible in the local run. */
export const LOCAL_SETTLE_SECONDS = 6;

const FULL = { env: "prod", "cost-center": "CC-4711", owner: "carol" };

const anywhere = (): boolean => true;

/** Kinds of which the policy also wants to know how secret their data is. */
export const isDataStore = ({ type }: ScenarioPlace): boolean =>
  type === "aws:dynamodb:table" || type === "aws:s3:bucket";

const classified = (place: ScenarioPlace): Record<string, string> =>
  isDataStore(place) ? { "data-class": "internal" } : {};

/** What is written in an account that allows it, and only reported in one that doesn't. */
const written = (place: ScenarioPlace): FinalOutcome => (isReportPlace(place) ? "report-only" : "tagged");

/** So many tags of no interest that no other has room. */
function fullOfOtherTags(place: ScenarioPlace): Record<string, string> {
  return Object.fromEntries(Array.from({ length: place.tagsPerResource }, (_, index) => [`label${index}`, "x"]));
}

export const SCENARIO_CASES: readonly ScenarioCase[] = [
  { name: "untagged", planted: "no tags at all", weight: 4, expected: written, fits: anywhere, tags: () => ({}) },
  {
    name: "partly-tagged",
    planted: "some of the required tags",
    weight: 4,
    expected: written,
    fits: anywhere,
    tags: () => ({ env: "staging" }),
  },
  {
    name: "team-owned",
    planted: "some of the required tags",
    weight: 2,
    expected: written,
    fits: anywhere,
    tags: () => ({ team: "payments", env: "prod" }),
  },
  {
    name: "compliant",
    planted: "all of the required tags",
    weight: 3,
    expected: "compliant",
    fits: anywhere,
    tags: (place) => ({ ...FULL, ...classified(place) }),
  },
  {
    name: "requested",
    planted: "all of the required tags",
    weight: 2,
    expected: "compliant",
    fits: anywhere,
    tags: (place) => ({ ...FULL, ...classified(place) }),
    requested: true,
  },
  {
    name: "illegal-value",
    planted: "an invalid value, left to people",
    weight: 2,
    expected: "report-only",
    fits: anywhere,
    tags: (place) => ({ ...FULL, ...classified(place), env: "production" }),
  },
  {
    name: "illegal-and-missing",
    planted: "an invalid value, left to people",
    weight: 1,
    expected: written,
    fits: anywhere,
    tags: () => ({ env: "production", owner: "carol" }),
    leavesInvalid: true,
  },
  {
    name: "illegal-replaced",
    planted: "an invalid value, replaced",
    weight: 1,
    expected: written,
    fits: anywhere,
    tags: () => ({ ...FULL, "cost-center": "unknown" }),
  },
  {
    name: "other-spelling",
    planted: "another spelling, left to people",
    weight: 1,
    expected: "report-only",
    fits: anywhere,
    tags: (place) => ({ Env: "prod", "cost-center": "CC-4711", owner: "carol", ...classified(place) }),
  },
  {
    name: "spelling-adopted",
    planted: "another spelling, adopted",
    weight: 1,
    expected: written,
    fits: anywhere,
    tags: () => ({ env: "prod", CostCenter: "CC-1234", owner: "carol" }),
  },
  { name: "shared", planted: "exempt", weight: 1, expected: "exempt", fits: anywhere, tags: () => ({}) },
  {
    name: "sandbox",
    planted: "in a sandbox, without a policy",
    weight: 1,
    expected: "not-applicable",
    fits: anywhere,
    tags: () => ({ sandbox: "yes" }),
  },
  {
    name: "unclassified",
    planted: "only people know what is missing",
    weight: 1,
    expected: "report-only",
    fits: isDataStore,
    tags: () => FULL,
  },
  {
    name: "full",
    planted: "no room for another tag",
    weight: 1,
    expected: (place) => (isReportPlace(place) ? "report-only" : "rejected"),
    fits: anywhere,
    tags: fullOfOtherTags,
  },
  {
    name: "unfit",
    planted: "a value too long for its tag",
    weight: 2,
    expected: "report-only",
    fits: ({ longestValue, expected }) => longestValue !== undefined && expected === undefined,
    tags: () => ({ env: "prod", "cost-center": "CC-4711" }),
    createdBy: "pipeline-of-the-payments-platform-team-in-production",
  },
  {
    name: "deleted",
    planted: "deleted before its event came",
    weight: 1,
    // Only a write finds out that it is gone: a listing of tags simply has no rows for it.
    expected: (place) => (isReportPlace(place) ? "report-only" : "gone"),
    // Of a data store one tag is only reported, and that outcome comes before `gone`; of what may not be read nobody finds out.
    fits: (place) => !isDataStore(place) && place.expectedCode === undefined,
    tags: () => ({}),
    deleted: true,
  },
  {
    name: "legacy",
    planted: "a kind that takes no tags",
    weight: 4,
    expected: "not-applicable",
    fits: ({ type }) => type === "huawei:iam:agency",
    tags: () => ({}),
    legacy: true,
  },
  {
    name: "service-linked",
    planted: "a kind that takes no tags",
    weight: 6,
    expected: "not-applicable",
    fits: ({ type, expected }) => type === "aws:iam:role" && expected === undefined,
    tags: () => ({}),
    path: "aws-service-role/autoscaling.amazonaws.com/",
  },
  {
    name: "unheard",
    planted: "its event never arrives",
    weight: 1,
    expected: "tagged",
    // Nobody repairs what may not be written or read, and what only people can know stays missing.
    fits: (place) => !isReportPlace(place) && place.expected === undefined && !isDataStore(place),
    // No event says who created it; the team is known.
    tags: () => ({ team: "payments", env: "prod" }),
    unheard: true,
  },
  {
    name: "late",
    planted: "visible seconds after its event",
    weight: 1,
    expected: written,
    fits: anywhere,
    tags: () => ({}),
    ageMs: 0,
    visibleAfterMs: 2_500,
  },
];
