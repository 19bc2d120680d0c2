import type { AlibabaAccountConfig, AwsAccountConfig, HuaweiAccountConfig } from "../../lib/core/config/config.ts";
import type { ClientDeps } from "../../lib/providers/client-deps.ts";

const limits = { mode: "enforce", writesPerHour: 2000 } as const;

export const alibabaAccount = {
  ...limits,
  provider: "alibaba",
  account: "111122223333",
  regions: ["cn-hangzhou"],
  credentials: { accessKeyId: "key-of-alibaba", accessKeySecret: "secret-of-alibaba" },
} satisfies AlibabaAccountConfig;

export const huaweiAccount: HuaweiAccountConfig = {
  ...limits,
  provider: "huawei",
  account: "d0001",
  regions: ["cn-north-4"],
  projects: { "cn-north-4": "p0001" },
  credentials: { accessKey: "key-of-huawei", secretKey: "secret-of-huawei" },
};

export const awsAccount: AwsAccountConfig = {
  ...limits,
  provider: "aws",
  account: "444455556666",
  partition: "aws",
  regions: ["us-east-1"],
  credentials: { accessKeyId: "key-of-aws", secretAccessKey: "secret-of-aws" },
  inventory: "none",
};

/** Credentials are literals, the clock is the machine's. */
export const deps: ClientDeps = {
  credential: async (reference) => reference,
  clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
};
