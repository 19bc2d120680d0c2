import { createHash } from "node:crypto";
import { seededRandom } from "../lib/core/seeded-random.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";

const ACCOUNT = "111122223333";
const REGIONS = ["cn-hangzhou", "cn-shanghai", "cn-beijing"];

/** What an account on Alibaba Cloud is made of whose `types` name everything, in parts of 100. */
const MIX: readonly (readonly [parts: number, type: string])[] = [
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
];

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
export function* wholeAccount(count: number): Generator<EmulatedResource> {
  const random = seededRandom(17);
  for (let number = 0; number < count; number += 1) {
    let slot = Math.floor(random() * 100);
    const type = MIX.find(([parts]) => (slot -= parts) < 0)?.[1] ?? "";
    const region = REGIONS[Math.floor(random() * REGIONS.length)] ?? "";
    const id = `${type.slice(type.lastIndexOf(":") + 1)}-${createHash("md5").update(String(number)).digest("hex").slice(0, 16)}`;
    yield { type, account: ACCOUNT, region, id, tags: tagsOf(random) };
  }
}
