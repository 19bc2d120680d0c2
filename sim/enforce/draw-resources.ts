import type { AccountConfig } from "../../lib/core/config/config.ts";
import type { Dice } from "../dice.ts";
import { placeOf } from "../place.ts";
import { START, type SimResource } from "./scenario.ts";

const HOUR_MS = 3_600_000;

const TYPES = {
  alibaba: [
    "alibaba:apigateway:apiGroup",
    "alibaba:apigateway:apiGroup",
    "alibaba:apigateway:plugin",
    "alibaba:vpcipam:IPAM",
  ],
  huawei: ["huawei:iam:user", "huawei:iam:agency", "huawei:apig:instance"],
  aws: [
    "aws:ec2:instance",
    "aws:ec2:instance",
    "aws:ec2:instance",
    "aws:sqs:queue",
    "aws:sqs:queue",
    "aws:iam:role",
    "aws:iam:user",
    "aws:autoscaling:autoScalingGroup",
  ],
} as const;

/** What resources are born with: nothing, most often; or something that policies have a word on. */
const STARTING_TAGS = [
  {},
  {},
  {},
  {},
  { env: "prod" },
  { env: "illegal" },
  { env: " ", owner: "bob" },
  { "cost-center": "unknown", team: "red" },
  { "team-lead": "carol" },
  { Env: "staging" },
  { sandbox: "yes" },
  { owner: "bob", team: "red", backup: "yes" },
] as const satisfies readonly Readonly<Record<string, string>>[];

/** At least 50 resources of at most a few kinds, so that batches are worth planning. */
export function drawResources(dice: Dice, accounts: readonly AccountConfig[]): SimResource[] {
  const count = dice.int(50, 72);
  const poisoned = dice.chance(0.6) ? dice.between(0.01, 0.12) : 0;
  const late = dice.chance(0.4) ? 0.15 : 0;
  const full = dice.chance(0.3) ? 0.1 : 0;
  const strange = dice.chance(0.4) ? 0.05 : 0;
  const share = { huawei: dice.between(0, 0.25), aws: dice.between(0.1, 0.5) };
  return Array.from({ length: count }, (_, number) => {
    const roll = dice.next();
    const provider = roll < share.huawei ? "huawei" : roll < share.huawei + share.aws ? "aws" : "alibaba";
    const owned = accounts.filter((account) => account.provider === provider);
    const account = owned[dice.chance(0.8) ? 0 : owned.length - 1] ?? owned[0];
    if (account === undefined) throw new Error(`no account of ${provider}`);
    const type = dice.pick(TYPES[provider]);
    const configured = account.regions[dice.chance(0.8) ? 0 : account.regions.length - 1] ?? "";
    const region = type.includes(":iam:") ? "global" : configured;
    const isProtected = type === "aws:iam:role" && dice.chance(0.2);
    const id =
      provider === "aws" ? arnOf(type, { region, account: account.account }, number, isProtected) : `r-${number}`;
    const ref = { type, account: account.account, region, id };
    return bear(dice, ref, {
      isPoisoned: dice.chance(poisoned),
      isLate: dice.chance(late),
      isFull: dice.chance(full),
      isProtected,
      isStranger: dice.chance(strange),
    });
  });
}

function arnOf(
  type: string,
  { region, account }: { readonly region: string; readonly account: string },
  number: number,
  isProtected: boolean,
): string {
  if (isProtected) return `arn:aws:iam::${account}:role/aws-service-role/ecs.amazonaws.com/role-${number}`;
  switch (type) {
    case "aws:sqs:queue":
      return `arn:aws:sqs:${region}:${account}:queue-${number}`;
    case "aws:iam:role":
      return `arn:aws:iam::${account}:role/role-${number}`;
    case "aws:iam:user":
      return `arn:aws:iam::${account}:user/user-${number}`;
    case "aws:autoscaling:autoScalingGroup":
      return `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:g-${number}:autoScalingGroupName/group-${number}`;
    default:
      return `arn:aws:ec2:${region}:${account}:instance/i-${number}`;
  }
}

/** What may be the matter with a resource. */
type Odd = "isPoisoned" | "isLate" | "isFull" | "isProtected" | "isStranger";

export function bear(
  dice: Dice,
  ref: SimResource["ref"],
  { isPoisoned, isLate, isFull, isProtected, isStranger }: Record<Odd, boolean>,
): SimResource {
  // Events are late, too: of what is an hour old the clouds' answers are final at once.
  const isOld = !isLate && dice.chance(0.2);
  const createdAt = START + dice.between(0, 10_000) - (isOld ? HOUR_MS : 0);
  const tags: Record<string, string> = { ...dice.pick(STARTING_TAGS) };
  if (isFull) {
    const most = ref.type.startsWith("aws:") ? 50 : 20;
    const room = dice.int(0, 3);
    for (let number = Object.keys(tags).length; number < most - room; number += 1) tags[`own-${number}`] = "x";
  }
  const requestTags = dice.chance(0.5) ? new Map(Object.entries(tags)) : new Map<string, string>();
  const event = {
    createdAt: new Date(createdAt).toISOString(),
    eventId: `e-${ref.id}`,
    ...(dice.chance(0.8) && { createdBy: dice.pick(["alice", "bob", "role/deployer"]) }),
    ...(requestTags.size > 0 && { requestTags }),
  };
  return {
    ref,
    place: placeOf(ref),
    createdAt,
    visibleAfterMs: isLate ? dice.between(1_000, 400_000) : 0,
    tags,
    poison: isPoisoned ? dice.pick(["named", "unnamed", "unheard", "unreadable"]) : undefined,
    legacy: isProtected || (ref.type === "huawei:iam:agency" && dice.chance(0.15)),
    created: { ...ref, tags: undefined, event },
    requestTags,
    isStranger,
    isLeftOut: false,
  };
}
