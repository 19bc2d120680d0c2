import type { EmulatorDescription } from "./description.ts";

/** More than anybody writes: the embedded cloud has no write cap. */
const NO_WRITE_CAP = 1_000_000_000;
/** Calls per second where nothing is throttled. */
const UNTHROTTLED = { read: 1000, write: 1000 };

function partitionOf(regions: readonly string[]): string {
  if (regions.some((region) => region.startsWith("us-gov-"))) return "aws-us-gov";
  return regions.every((region) => region.startsWith("cn-")) ? "aws-cn" : "aws";
}

/** The configuration file that points `enforce`, `audit` and `tags` at the emulator: all accounts, all regions. */
export function emulatorConfig(description: EmulatorDescription, throttled: boolean): unknown {
  const { alibaba, huawei, aws } = description;
  const common = (cloud: { readonly endpoints: Readonly<Record<string, string>> }) => ({
    regions: Object.keys(cloud.endpoints),
    endpoints: { ...cloud.endpoints },
    ...(throttled ? {} : { callsPerSecond: UNTHROTTLED }),
    mode: "enforce",
    writesPerHour: NO_WRITE_CAP,
  });
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
        partition: partitionOf(Object.keys(aws.endpoints)),
        ...common(aws),
        credentials: { accessKeyId, secretAccessKey },
        inventory: "none",
      })),
    ],
  };
}
