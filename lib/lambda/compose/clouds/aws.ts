/** What enforcement needs where an account of AWS is configured, as one file of its package. */
export { awsProvider } from "../../../providers/aws/provider.ts";
export { readCloudTrail } from "../../../events/aws/cloudtrail.ts";
