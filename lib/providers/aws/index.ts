import type { AwsAccountConfig } from "../../core/config/config.ts";
import type { Cloud } from "../cloud.ts";
import { resourceGroupsTaggingContract } from "./contract.ts";
import { AWS_PERMISSIONS, confinedStatements } from "./permissions.ts";
import { awsProvider } from "./provider.ts";

export const aws: Cloud<AwsAccountConfig> = {
  contracts: [resourceGroupsTaggingContract],
  create: awsProvider,
  permissions: AWS_PERMISSIONS,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
  permissionDocument: (actions) => ({ Version: "2012-10-17", Statement: confinedStatements(actions) }),
};
