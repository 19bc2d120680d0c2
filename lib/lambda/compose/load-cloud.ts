import type { TagProvider } from "../../app/ports/provider.ts";
import type { AccountConfig } from "../../core/config/config.ts";
import { lazily } from "../../core/lazily.ts";
import type { RecordFormat } from "../../events/open-envelope.ts";
import type { RecordReader } from "../../events/read-record.ts";
import type { ClientDeps } from "../../providers/client-deps.ts";

/**
 * Each cloud's client and event reader, with its table of API calls, are one file in a function's package: where an
 * account of it is configured, both are needed. An event of another cloud loads that cloud's when it comes.
 */
const alibaba = lazily(() => import("./clouds/alibaba.ts"));
const huawei = lazily(() => import("./clouds/huawei.ts"));
const aws = lazily(() => import("./clouds/aws.ts"));

/** The provider of a configured account, like `createProvider`. */
export async function loadCloudProvider(account: AccountConfig, deps: ClientDeps): Promise<TagProvider> {
  switch (account.provider) {
    case "alibaba":
      return (await alibaba()).alibabaProvider(account, deps);
    case "huawei":
      return (await huawei()).huaweiProvider(account, deps);
    case "aws":
      return (await aws()).awsProvider(account, deps);
  }
}

/** The readers of all formats. */
export const loadReader: Readonly<Record<RecordFormat, () => Promise<RecordReader>>> = {
  cloudtrail: async () => (await aws()).readCloudTrail,
  actiontrail: async () => (await alibaba()).readActionTrail,
  cts: async () => (await huawei()).readCts,
  "resource-created": async () => (await import("../../events/own/resource-created.ts")).readResourceCreated,
  "resource-found": async () => (await import("../../events/own/resource-found.ts")).readResourceFound,
};
