import { mixedContract } from "../contract-mixed.ts";
import { emulatedContract, type EmulatedRow } from "../emulated-subject.ts";

const principals = (list: string, id: string): EmulatedRow["wire"] => ({
  listing: "inventory",
  paging: "tokens",
  page: ({ ids, next }) => ({ [list]: ids.map((value) => ({ [id]: value })), page_info: { next_marker: next } }),
});

const ROWS: readonly EmulatedRow[] = [
  { type: "huawei:iam:user", region: "global", id: (n) => `user-${n}x`, wire: principals("users", "user_id") },
  { type: "huawei:iam:agency", region: "global", id: (n) => `agency-${n}x`, wire: principals("agencies", "agency_id") },
  {
    type: "huawei:apig:instance",
    region: "cn-north-4",
    id: (n) => `instance-${n}x`,
    wire: {
      listing: "inventory",
      paging: "counted",
      page: ({ ids }, pageCount) => ({ total: pageCount * 500, instances: ids.map((id) => ({ id })) }),
    },
  },
];

for (const row of ROWS) emulatedContract(row);

const region = "cn-north-4";

emulatedContract({
  type: "huawei:*:*",
  createdAs: "huawei:evs:volumes",
  asks: ["huawei:*"],
  region,
  id: (n) => `${region}/evs.volumes/volume-${n}x`,
  wire: {
    listing: "inventory",
    paging: "tokens",
    page: ({ ids, next }) => ({
      resources: ids.map((name) => ({
        id: name.slice(name.lastIndexOf("/") + 1),
        provider: "evs",
        type: "volumes",
        region_id: region,
        project_id: "p0001",
        tags: {},
      })),
      page_info: { current_count: ids.length, next_marker: next ?? null },
    }),
  },
});

mixedContract({
  type: "huawei:*:*",
  asks: ["huawei:*"],
  region,
  kinds: ["obs:buckets", "smn:topic", "ecs:cloudservers", "evs:volumes", "rds:instances"].map((kind) => ({
    type: `huawei:${kind}`,
    id: (n) => `same-${n}`,
  })),
  elsewhere: [
    { type: "huawei:rds:instances", region: "cn-south-1", id: (n) => `rds-${n}` },
    { type: "huawei:cdn:domains", region: "global", id: (n) => `www${n}.example.com` },
  ],
  faultsGoBy: "id",
});
