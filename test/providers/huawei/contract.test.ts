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
