import type { ErrorRule } from "./answer.ts";

/** What is said of a limit that counts calls, and not what there is. */
const IS_A_RATE =
  /too many (?:requests|calls|concurrent|simultaneous)|per (?:second|minute)|\brate\b|concurrent|simultaneous/i;

/**
 * Codes of resources that are young, busy, or in another state than the call needs, and of services that are: the same
 * words in all clouds. They pass, however the status reads. They come after a cloud's own rows, which know better.
 */
export const BUSY_CODES: readonly ErrorRule[] = [
  // A table or stream that is being created: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html
  ["ResourceInUse*", "conflict"],
  // `InvalidDBInstanceState`, `InvalidDBClusterStateFault`, `InvalidClusterState`, `KMSInvalidStateException`:
  // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AddTagsToResource.html
  // https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateTags.html
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html
  ["*Invalid*State", "conflict"],
  ["*Invalid*StateFault", "conflict"],
  ["*Invalid*StateException", "conflict"],
  ["Invalid*State.*", "conflict"],
  // `IncorrectState` and `IncorrectInstanceState` of EC2: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  // `IncorrectStatus.IpamScope`: https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-errorcodes
  ["Incorrect*State*", "conflict"],
  ["Incorrect*Status*", "conflict"],
  // https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_UpdateTagsForResource.html
  ["OperationInProgress*", "conflict"],
  // https://docs.aws.amazon.com/managed-blockchain/latest/APIReference/API_TagResource.html
  ["ResourceNotReady*", "conflict"],
  // Another write was there first, e.g. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
  // https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
  // https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html
  ["OperationAborted", "conflict"],
  ["OperationConflict*", "conflict"],
  ["ConcurrentModification*", "conflict"],
  ["ConcurrentAccess*", "conflict"],
  ["ResourceConflict*", "conflict"],
  ["ConflictException", "conflict"],
  // Of what there may be and of how often one may ask, DynamoDB and Kinesis say the same:
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html
  ["LimitExceeded*", "throttled", { message: IS_A_RATE }],
  // A service that is unwell says so with 400, too: https://docs.aws.amazon.com/cloudsearch/latest/developerguide/CommonErrors.html
  ["InternalFailure*", "transient"],
  ["InternalError*", "transient"],
  ["InternalServerError*", "transient"],
  ["InternalServerException", "transient"],
  ["InternalServiceError*", "transient"],
  ["ServiceUnavailable*", "transient"],
  ["ServiceFailure*", "transient"],
  ["SystemBusy*", "transient"],
];
