import { refOf } from "../../lib/core/resource.ts";
import { projectIdOf } from "../../local/emulator/keyring.ts";
import type { Dice } from "../dice.ts";
import { placeOf } from "../place.ts";
import { START, type AuditResource } from "./scenario.ts";

const ALIBABA = "111122223333";
const AWS = "444455556666";

/** What there may be: types and places, the most of them, and in how many schedules there are any. */
const KINDS = [
  { type: "alibaba:apigateway:apiGroup", account: ALIBABA, region: "cn-hangzhou", most: 120, chance: 1 },
  { type: "alibaba:apigateway:plugin", account: ALIBABA, region: "cn-hangzhou", most: 15, chance: 0.5 },
  { type: "alibaba:apigateway:apiGroup", account: ALIBABA, region: "cn-beijing", most: 12, chance: 0.3 },
  { type: "alibaba:vpcipam:IPAM", account: ALIBABA, region: "cn-hangzhou", most: 8, chance: 0.6 },
  { type: "alibaba:vpcipam:IPAMPOOL", account: ALIBABA, region: "cn-hangzhou", most: 60, chance: 0.3 },
  { type: "alibaba:apigateway:apiGroup", account: "222233334444", region: "cn-hangzhou", most: 20, chance: 0.4 },
  { type: "huawei:iam:user", account: "d0001", region: "global", most: 14, chance: 0.7 },
  { type: "huawei:iam:agency", account: "d0001", region: "global", most: 5, chance: 0.5 },
  { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4", most: 5, chance: 0.5 },
  { type: "aws:ec2:instance", account: AWS, region: "us-east-1", most: 240, chance: 1 },
  { type: "aws:sqs:queue", account: AWS, region: "us-east-1", most: 15, chance: 0.5 },
  { type: "aws:ec2:instance", account: AWS, region: "eu-west-1", most: 10, chance: 0.4 },
  { type: "aws:iam:role", account: AWS, region: "global", most: 8, chance: 0.5 },
  { type: "aws:iam:user", account: AWS, region: "global", most: 4, chance: 0.4 },
  { type: "aws:autoscaling:autoScalingGroup", account: AWS, region: "us-east-1", most: 12, chance: 0.5 },
  { type: "aws:cloudfront:distribution", account: AWS, region: "global", most: 6, chance: 0.5 },
] as const;

/** Tags that policies have a word on, and tags that they don't know. */
const TAGS = [
  {},
  { env: "prod" },
  { env: "illegal" },
  { env: " ", owner: "bob" },
  { env: "prod", owner: "bob", "cost-center": "CC-0001" },
  { env: "dev", owner: "bob", team: "red", "cost-center": "CC-0001", backup: "no" },
  { "cost-center": "unknown", team: "red" },
  { Env: "staging" },
  { sandbox: "yes" },
] as const satisfies readonly Readonly<Record<string, string>>[];

/** What exists when the first run starts, most of it, and what is created while runs are under way. */
export function drawResources(dice: Dice, runsAt: readonly number[]): AuditResource[] {
  const resources: AuditResource[] = [];
  const late = dice.chance(0.5) ? 0.06 : 0;
  for (const { type, account, region, most, chance } of KINDS) {
    if (!dice.chance(chance)) continue;
    const count = dice.int(1, most);
    for (let number = 0; number < count; number += 1) {
      const id = idOf(type, { account, region }, number);
      const project = type === "huawei:apig:instance" ? projectIdOf(account, region) : undefined;
      const ref = refOf({ type, account, region, project, id });
      resources.push(bearAt(dice, ref, { late, runsAt }));
    }
  }
  return resources;
}

/** A resource that was there before the first run, or is created while runs are under way. `late`: how often. */
export function bearAt(
  dice: Dice,
  ref: AuditResource["ref"],
  { late, runsAt }: { readonly late: number; readonly runsAt: readonly number[] },
): AuditResource {
  const isLate = dice.chance(late);
  const lastStart = Math.max(...runsAt);
  return {
    ref,
    place: placeOf(ref),
    createdAt: isLate ? dice.between(START, lastStart + 120_000) : START - dice.between(60_000, 3_600_000),
    visibleAfterMs: isLate && dice.chance(0.5) ? dice.between(1_000, 60_000) : 0,
    tags: drawTags(dice),
    legacy: ref.type === "huawei:iam:agency" && dice.chance(0.2),
  };
}

function drawTags(dice: Dice): Record<string, string> {
  const tags: Record<string, string> = { ...dice.pick(TAGS) };
  for (let number = dice.int(0, 4); number > 0; number -= 1) tags[`own-${number}`] = "x";
  return tags;
}

function idOf(
  type: string,
  { account, region }: { readonly account: string; readonly region: string },
  number: number,
): string {
  const padded = String(number).padStart(3, "0");
  if (!type.startsWith("aws:")) return `${type.split(":")[2]}-${padded}`;
  if (type === "aws:cloudfront:distribution") return `arn:aws:cloudfront::${account}:distribution/E-${padded}`;
  switch (type) {
    case "aws:iam:role":
      return `arn:aws:iam::${account}:role/role-${padded}`;
    case "aws:iam:user":
      return `arn:aws:iam::${account}:user/user-${padded}`;
    case "aws:autoscaling:autoScalingGroup":
      return `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:g-${padded}:autoScalingGroupName/group-${padded}`;
    case "aws:sqs:queue":
      return `arn:aws:sqs:${region}:${account}:queue-${padded}`;
    default:
      return `arn:aws:ec2:${region}:${account}:instance/i-${padded}`;
  }
}
