import { providerContract } from "../contract.ts";
import { emulatedSubject, type EmulatedRow } from "../emulated-subject.ts";

const ROWS: readonly EmulatedRow[] = [
  { type: "huawei:iam:user", region: "global", id: (n) => `user-${n}x` },
  { type: "huawei:iam:agency", region: "global", id: (n) => `agency-${n}x` },
  { type: "huawei:apig:instance", region: "cn-north-4", id: (n) => `instance-${n}x` },
];

for (const row of ROWS) providerContract(row.type, () => emulatedSubject(row));
