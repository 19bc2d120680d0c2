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
