import type { AwsAccountConfig } from "../../core/config/config.ts";
import type { Cloud } from "../cloud.ts";
import { resourceGroupsTaggingContract } from "./contract.ts";
import { AWS_PERMISSIONS, awsPlacesOf, awsPolicy } from "./permissions.ts";
import { awsProvider } from "./provider.ts";

export const aws: Cloud<AwsAccountConfig> = {
  contracts: [resourceGroupsTaggingContract],
  create: awsProvider,
  permissions: AWS_PERMISSIONS,
  placesOf: awsPlacesOf,
  permissionDocument: awsPolicy,
};
