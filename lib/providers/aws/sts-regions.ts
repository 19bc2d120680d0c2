import type { AwsAccountConfig } from "../../core/config/config.ts";

type Partition = AwsAccountConfig["partition"];

/**
 * Two regions of each partition that are enabled in every account of it, so that STS answers there whoever asks.
 * @see https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
const ALWAYS_ENABLED: Readonly<Record<Partition, readonly [string, string]>> = {
  aws: ["us-east-1", "us-west-2"],
  "aws-cn": ["cn-north-1", "cn-northwest-1"],
  "aws-us-gov": ["us-gov-west-1", "us-gov-east-1"],
};

function partitionOf(region: string): Partition {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/**
 * Whose STS to ask for a role, and whose where that one is down: the region that we run in, as a function or by the
 * environment or profile of a command, so that another region's outage is none of ours; then one that is always enabled.
 * A role of another partition is asked for there.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
 */
export async function stsRegions(partition: Partition): Promise<readonly [string, string]> {
  const [usual, other] = ALWAYS_ENABLED[partition];
  const own = await ownRegion();
  if (own === undefined || own === usual || partitionOf(own) !== partition) return [usual, other];
  return [own, usual];
}

/** The region of the environment or the profile; undefined where they name none. */
async function ownRegion(): Promise<string | undefined> {
  const { STSClient } = await import("@aws-sdk/client-sts");
  const client = new STSClient();
  try {
    return await client.config.region();
  } catch {
    // The SDK says no more than that neither of them names one: the usual region is asked instead.
    return undefined;
  } finally {
    client.destroy();
  }
}
