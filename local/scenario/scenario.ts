import type { FinalOutcome } from "../../lib/core/outcome.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";
import { seededRandom } from "../../lib/core/seeded-random.ts";
import type { EmulatedResource } from "../emulator/emulated-resource.ts";
import type { Fault } from "../emulator/faults.ts";
import { isDataStore, SCENARIO_CASES, type ScenarioCase } from "./cases.ts";
import type { Planted } from "./planted.ts";
import { SCENARIO_PLACES, type ScenarioPlace } from "./places.ts";

/** One resource of the local run: what it is, how it came to be, and how it should leave enforcement. */
export interface ScenarioResource {
  readonly case: string;
  /** What is so about it, for people. */
  readonly planted: Planted;
  readonly resource: EmulatedResource;
  readonly expected: FinalOutcome;
  /** The code of both outcomes, where it has to be this one. */
  readonly expectedCode?: string;
  /** How it should leave when its event comes once more, after everything else. */
  readonly expectedAgain: FinalOutcome;
  /** Removed before its event is delivered. */
  readonly deleted: boolean;
  /** Its event never arrives. */
  readonly unheard: boolean;
  /** Tags that the creating request named. */
  readonly requestTags: Readonly<Record<string, string>>;
  readonly createdBy: string;
  /** How long before the run it was created, in milliseconds. */
  readonly ageMs: number;
}

export interface Scenario {
  readonly resources: readonly ScenarioResource[];
  /** What goes wrong in the embedded cloud. */
  readonly faults: readonly Fault[];
  /** Accounts whose configuration says `mode: report`. */
  readonly reportAccounts: readonly string[];
}

/** How the parts of an audit begin that can't be read, since the faults below are so. */
export const PLANTED_GAPS = ["huawei.d0002."];

const PEOPLE = ["alice", "bob", "chen.wei", "dora", "emeka"];

/** How many resources one deployment creates. */
const DEPLOYMENT = 30;

/**
 * A cloud full of resources, the same for the same number and seed: every case and every kind of resource once, and
 * then every case on every kind that can have it, over and over until there are enough. They come as they do in life, by deployments: one person, account and
 * region at a time.
 */
export function createScenario(count: number, seed = 1): Scenario {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const possible = SCENARIO_PLACES.flatMap((place) =>
    SCENARIO_CASES.filter((one) => one.fits(place)).flatMap((one) =>
      Array.from({ length: one.weight }, () => ({ place, one })),
    ),
  );
  const once = [
    ...SCENARIO_CASES.map((one) => pick(possible.filter((choice) => choice.one === one))),
    ...Map.groupBy(possible.filter(isTypical), ({ place }) => place.type)
      .values()
      .map(pick),
  ];
  const chosen: Choice[] = shuffled(once, random).slice(0, count);
  while (chosen.length < count) chosen.push(...shuffled(possible, random).slice(0, count - chosen.length));
  const resources: ScenarioResource[] = [];
  for (const deployment of shuffled(deploymentsOf(chosen), random)) {
    const person = pick(PEOPLE);
    for (const { place, one } of deployment) resources.push(createResource(resources.length, place, one, person));
  }
  return {
    resources,
    faults: [
      // The key of this account may not touch gateways.
      {
        match: { action: "huawei:apig:*", account: "d0002" },
        effect: "error",
        code: "APIC.7106",
        httpStatus: 403,
      },
      // The role in this one may list roles, users and Auto Scaling groups, and not read their tags.
      ...["aws:iam:List*Tags", "aws:iam:GetAccountAuthorizationDetails", "aws:autoscaling:DescribeTags"].map(
        (action): Fault => ({
          match: { action, account: "555566667777" },
          effect: "error",
          code: "AccessDenied",
          httpStatus: 403,
        }),
      ),
    ],
    reportAccounts: ["222233334444"],
  };
}

interface Choice {
  readonly place: ScenarioPlace;
  readonly one: ScenarioCase;
}

/** Whether something is there to be written, and may be; or nobody can, whatever there is. */
function isTypical({ place, one }: Choice): boolean {
  return one.name === "untagged" && (place.planted === undefined || place.takesNoTags === true);
}

function deploymentsOf(chosen: readonly Choice[]): Choice[][] {
  const byPlace = Map.groupBy(chosen, ({ place: { type, account, region } }) =>
    [type.slice(0, type.lastIndexOf(":")), account, region].join(" "),
  );
  return [...byPlace.values()].flatMap((choices) =>
    Array.from({ length: Math.ceil(choices.length / DEPLOYMENT) }, (_, index) =>
      choices.slice(index * DEPLOYMENT, (index + 1) * DEPLOYMENT),
    ),
  );
}

function createResource(number: number, place: ScenarioPlace, one: ScenarioCase, createdBy: string): ScenarioResource {
  const name = `${one.name}-${String(number).padStart(5, "0")}`;
  const ref: ResourceRef = {
    type: place.type,
    account: place.account,
    region: place.region,
    id: place.id(`${one.path ?? ""}${name}`),
  };
  const tags = place.takesNoTags === true ? {} : one.tags(place);
  const expected = place.expected ?? (typeof one.expected === "function" ? one.expected(place) : one.expected);
  return {
    case: one.name,
    planted: place.planted ?? one.planted,
    resource: {
      ...ref,
      tags,
      ...(one.visibleAfterMs === undefined ? {} : { visibleAfterMs: one.visibleAfterMs }),
      ...(one.legacy === true ? { legacy: true } : {}),
    },
    expected,
    ...(place.expectedCode === undefined ? {} : { expectedCode: place.expectedCode }),
    expectedAgain: expected === "tagged" ? afterTagging(place, one) : expected,
    deleted: one.deleted === true,
    unheard: one.unheard === true,
    requestTags: one.requested === true ? tags : {},
    createdBy: one.createdBy ?? createdBy,
    ageMs: one.ageMs ?? 60_000,
  };
}

/** Tagging adds what is missing; what is invalid and what only people can know stays as it is. */
function afterTagging(place: ScenarioPlace, one: ScenarioCase): FinalOutcome {
  const unclassified = isDataStore(place) && one.tags(place)["data-class"] === undefined;
  return one.leavesInvalid === true || unclassified ? "report-only" : "compliant";
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
