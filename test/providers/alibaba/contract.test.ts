import { mixedContract } from "../contract-mixed.ts";
import { emulatedContract, type EmulatedRow } from "../emulated-subject.ts";

const region = "cn-hangzhou";

const rowsOf = (ids: readonly string[]) => ids.map((ResourceId) => ({ ResourceId, TagKey: "any", TagValue: "v" }));
const gatewayWire: EmulatedRow["wire"] = {
  listing: "tags",
  paging: "tokens",
  page: ({ ids, next = "-1" }) => ({ NextToken: next, TagResources: { TagResource: rowsOf(ids) } }),
};
const ipamWire: EmulatedRow["wire"] = {
  listing: "tags",
  paging: "tokens",
  page: ({ ids, next }) => ({ NextToken: next, TagResources: rowsOf(ids) }),
};

const ROWS: readonly EmulatedRow[] = [
  { type: "alibaba:apigateway:apiGroup", region, id: (n) => `group${n}x`, wire: gatewayWire },
  { type: "alibaba:apigateway:plugin", region, id: (n) => `plugin${n}x`, wire: gatewayWire },
  // The ids of apps are numbers.
  { type: "alibaba:apigateway:app", region, id: (n) => String(110_000_000 + n), wire: gatewayWire },
  { type: "alibaba:apigateway:api", region, id: (n) => `api${n}x`, wire: gatewayWire },
  { type: "alibaba:vpcipam:IPAM", region, id: (n) => `ipam-${n}x`, wire: ipamWire },
  { type: "alibaba:vpcipam:IPAMSCOPE", region, id: (n) => `ipam-scope-${n}x`, wire: ipamWire },
  { type: "alibaba:vpcipam:IPAMPOOL", region, id: (n) => `ipam-pool-${n}x`, wire: ipamWire },
];

for (const row of ROWS) emulatedContract(row);

const inHangzhou = (product: string, kind: string) => `arn:acs:${product}:${region}:111122223333:${kind}/`;

emulatedContract({
  type: "alibaba:*:*",
  createdAs: "alibaba:ecs:instance",
  asks: ["alibaba:*"],
  region,
  findsKeys: false,
  id: (n) => `${inHangzhou("ecs", "instance")}i-${n}`,
  wire: {
    listing: "inventory",
    paging: "tokens",
    page: ({ ids, next }) => ({
      Resources: ids.map((arn) => ({
        AccountId: "111122223333",
        RegionId: region,
        ResourceType: "ACS::ECS::Instance",
        ResourceId: arn.slice(arn.lastIndexOf("/") + 1),
        Tags: [],
      })),
      ...(next !== undefined && { NextToken: next }),
    }),
  },
});

mixedContract({
  type: "alibaba:*:*",
  asks: ["alibaba:*"],
  region,
  kinds: ["oss:bucket", "log:project", "ecs:instance", "slb:instance", "kvstore:instance"].map((kind) => ({
    type: `alibaba:${kind}`,
    id: (n) => `same-${n}`,
  })),
  elsewhere: [
    { type: "alibaba:rds:instance", region: "cn-beijing", id: (n) => `rm-${n}` },
    { type: "alibaba:cdn:domain", region: "global", id: (n) => `www${n}.example.com` },
  ],
  faultsGoBy: "name",
  untaggable: { type: "alibaba:mns:queue", id: "jobs" },
});
