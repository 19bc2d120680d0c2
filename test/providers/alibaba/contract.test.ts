import { providerContract } from "../contract.ts";
import { emulatedSubject, type EmulatedRow } from "../emulated-subject.ts";

const region = "cn-hangzhou";
const ROWS: readonly EmulatedRow[] = [
  { type: "alibaba:apigateway:apiGroup", region, id: (n) => `group${n}x` },
  { type: "alibaba:apigateway:plugin", region, id: (n) => `plugin${n}x` },
  // The ids of apps are numbers.
  { type: "alibaba:apigateway:app", region, id: (n) => String(110_000_000 + n) },
  { type: "alibaba:apigateway:api", region, id: (n) => `api${n}x` },
  { type: "alibaba:vpcipam:IPAM", region, id: (n) => `ipam-${n}x` },
  { type: "alibaba:vpcipam:IPAMSCOPE", region, id: (n) => `ipam-scope-${n}x` },
  { type: "alibaba:vpcipam:IPAMPOOL", region, id: (n) => `ipam-pool-${n}x` },
];

for (const row of ROWS) providerContract(row.type, () => emulatedSubject(row));
