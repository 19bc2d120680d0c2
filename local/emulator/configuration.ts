import { partitionOfRegion } from "../../lib/core/aws-arn.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";
import type { EmulatorDescription } from "./description.ts";

/** More than anybody writes: the embedded cloud has no write cap. */
const NO_WRITE_CAP = 1_000_000_000;
/** Calls per second where nothing is throttled. */
const UNTHROTTLED = { read: 1000, write: 1000 };

const AN_ARN = /^arn:(aws(?:-[a-z-]+)?):/;

/** The partitions of the accounts that have a resource: an account is in one alone. */
export function partitionsOf(resources: Iterable<ResourceRef>): ReadonlyMap<string, string> {
  const partitions = new Map<string, string>();
  for (const { type, account, region, id } of resources) {
    if (!type.startsWith("aws:") || partitions.has(account)) continue;
    partitions.set(account, AN_ARN.exec(id)?.[1] ?? partitionOfRegion(region));
  }
  return partitions;
}

/** Where an account without resources is: in the partition that most people mean, if it is served. */
function likelyPartition(regions: readonly string[]): string {
  const served = regions.map(partitionOfRegion);
  return served.find((partition) => partition === "aws") ?? served[0] ?? "aws";
}

/** The configuration file that points `enforce`, `audit` and `tags` at the emulator: all accounts, all regions. */
export function emulatorConfig(
  description: EmulatorDescription,
  throttled: boolean,
  partitions: ReadonlyMap<string, string>,
): unknown {
  const { alibaba, huawei, aws } = description;
  const common = (cloud: { readonly endpoints: Readonly<Record<string, string>> }) => ({
    regions: Object.keys(cloud.endpoints),
    endpoints: { ...cloud.endpoints },
    ...(throttled ? {} : { callsPerSecond: UNTHROTTLED }),
    mode: "enforce",
    writesPerHour: NO_WRITE_CAP,
  });
  const inPartition = (partition: string) => {
    const own = Object.entries(aws.endpoints).filter(([region]) => partitionOfRegion(region) === partition);
    const endpoints = own.length === 0 ? aws.endpoints : Object.fromEntries(own);
    return { partition, ...common({ endpoints }) };
  };
  return {
    settleSeconds: 900,
    accounts: [
      ...Object.entries(alibaba.accounts).map(([account, { accessKeyId, accessKeySecret }]) => ({
        provider: "alibaba",
        account,
        ...common(alibaba),
        credentials: { accessKeyId, accessKeySecret },
      })),
      ...Object.entries(huawei.accounts).map(([account, { accessKey, secretKey, projects }]) => ({
        provider: "huawei",
        account,
        ...common(huawei),
        projects,
        credentials: { accessKey, secretKey },
      })),
      ...Object.entries(aws.accounts).map(([account, { accessKeyId, secretAccessKey }]) => ({
        provider: "aws",
        account,
        ...inPartition(partitions.get(account) ?? likelyPartition(Object.keys(aws.endpoints))),
        credentials: { accessKeyId, secretAccessKey },
        inventory: "none",
      })),
    ],
  };
}
