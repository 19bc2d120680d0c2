import { createHash } from "node:crypto";
import { seededRandom } from "../lib/core/seeded-random.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";
import { estate } from "./audit-estate.ts";

interface Whole {
  readonly account: string;
  readonly regions: readonly string[];
  /** In parts of 100. */
  readonly mix: readonly (readonly [parts: number, type: string])[];
}

/** What accounts are made of whose `types` name everything. */
const ALIBABA: Whole = {
  account: "111122223333",
  regions: ["cn-hangzhou", "cn-shanghai", "cn-beijing"],
  mix: [
    [22, "alibaba:ecs:instance"],
    [20, "alibaba:ecs:disk"],
    [12, "alibaba:ecs:eni"],
    [10, "alibaba:ecs:snapshot"],
    [6, "alibaba:ecs:securitygroup"],
    [6, "alibaba:vpc:vswitch"],
    [4, "alibaba:vpc:eip"],
    [4, "alibaba:slb:instance"],
    [4, "alibaba:rds:instance"],
    [3, "alibaba:kvstore:instance"],
    [3, "alibaba:oss:bucket"],
    [3, "alibaba:log:project"],
    [2, "alibaba:cs:cluster"],
    [1, "alibaba:kms:key"],
  ],
};
const HUAWEI: Whole = {
  account: "d0001",
  regions: ["cn-north-4", "cn-east-3", "cn-south-1"],
  mix: [
    [26, "huawei:ecs:cloudservers"],
    [26, "huawei:evs:volumes"],
    [10, "huawei:vpc:publicips"],
    [8, "huawei:vpc:securitygroups"],
    [6, "huawei:vpc:subnets"],
    [4, "huawei:elb:loadbalancers"],
    [4, "huawei:rds:instances"],
    [4, "huawei:obs:buckets"],
    [3, "huawei:dcs:redis"],
    [3, "huawei:smn:topic"],
    [2, "huawei:cce:clusters"],
    [2, "huawei:fgs:functions"],
    [1, "huawei:kms:keys"],
    [1, "huawei:waf:instance"],
  ],
};
const WHOLE = { alibaba: ALIBABA, huawei: HUAWEI } as const;

/** Three of ten break this. */
export const WHOLE_ACCOUNT_POLICY = `
version: 1
requiredTags:
  env: { values: [prod, staging, dev] }
  owner: {}
policies:
  - { name: base, match: {}, require: [env, owner] }
`;

/** Of what lacks something, one of five has no tag at all. */
function tagsOf(random: () => number): Record<string, string> {
  const tags = { env: "prod", owner: `team-${Math.floor(random() * 50)}`, stack: `s-${Math.floor(random() * 500)}` };
  const draw = random();
  if (draw < 0.06) return {};
  if (draw < 0.3) return { env: tags.env, stack: tags.stack };
  return tags;
}

/** The same `count` resources each time, of 14 types in three regions. */
export function* wholeAccount(count: number, cloud: keyof typeof WHOLE): Generator<EmulatedResource> {
  const { account, regions, mix } = WHOLE[cloud];
  const random = seededRandom(17);
  for (let number = 0; number < count; number += 1) {
    let slot = Math.floor(random() * 100);
    const type = mix.find(([parts]) => (slot -= parts) < 0)?.[1] ?? "";
    const region = regions[Math.floor(random() * regions.length)] ?? "";
    const id = `${type.slice(type.lastIndexOf(":") + 1)}-${createHash("md5").update(String(number)).digest("hex").slice(0, 16)}`;
    yield { type, account, region, id, tags: tagsOf(random) };
  }
}

/** Of three clouds: two whole accounts, and what the providers' own rows serve of all three. */
export function* threeClouds(count: number): Generator<EmulatedResource> {
  const part = Math.floor((count * 2) / 5);
  yield* wholeAccount(part, "alibaba");
  yield* wholeAccount(part, "huawei");
  yield* estate(count - 2 * part);
}
