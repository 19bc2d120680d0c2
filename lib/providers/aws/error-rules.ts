import type { ErrorRule } from "../answer.ts";

/** What a signature is refused with that was made at another time than the service's. */
const MADE_AT_A_WRONG_TIME = /signature (?:expired|not yet current)/i;

/**
 * What AWS's codes mean: those of the tagging API and, in FailedResourcesMap, those of the services behind it. Those that
 * are final about a resource come first, each group with its source.
 */
export const AWS_ERRORS: readonly ErrorRule[] = [
  // "The target ID is invalid, unsupported, or doesn't exist", and tag policies:
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_FailureInfo.html
  ["InvalidParameterException", "resource-permanent"],
  ["ConstraintViolationException", "resource-permanent"],
  // Tags that EC2 refuses: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ["TagLimitExceeded*", "resource-permanent"],
  ["TagPolicy*", "resource-permanent"],
  ["InvalidTagKey.Malformed", "resource-permanent"],
  // The same from the others, e.g.
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
  // https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateTags.html
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_AddTagsToResource.html
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AddTags.html
  ["TooManyTags*", "resource-permanent"],
  ["InvalidTag", "resource-permanent"],
  ["InvalidTagFault", "resource-permanent"],
  ["InvalidTagParameterException", "resource-permanent"],
  ["TagsLimitExceededException", "resource-permanent"],
  ["TagQuotaPerResourceExceeded", "resource-permanent"],
  // What isn't there. EC2 says `InvalidInstanceID.NotFound`, the page above; others `DBInstanceNotFoundFault`,
  // `NoSuchBucket` or, as SQS does, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html
  ["ResourceNotFoundException", "not-found"],
  ["NoSuch*", "not-found"],
  ["*NotFound", "not-found"],
  ["*NotFoundException", "not-found"],
  ["*NotFoundFault", "not-found"],
  ["QueueDoesNotExist", "not-found"],
  ["AWS.SimpleQueueService.NonExistentQueue", "not-found"],

  ["PaginationTokenExpiredException", "request"],
  ["InvalidNextToken*", "request"],
  ["InvalidExpression*", "request"],
  ["InvalidLimit*", "request"],
  ["UnknownOperationException", "request"],
  ["SerializationException", "request"],
  ["ConcurrentModificationException", "conflict"],
  ["OperationAborted", "conflict"],
  ["InternalServiceException", "transient"],
  ["InternalFailure", "transient"],
  ["InternalError", "transient"],
  ["InternalServerError", "transient"],
  ["ServiceUnavailable*", "transient"],
  ["RequestTimeout*", "transient"],
  // A clock that is wrong, ours or theirs, is set right: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
  ["RequestExpired", "transient"],
  ["RequestTimeTooSkewed", "transient"],
  ["InvalidSignature*", "transient", { message: MADE_AT_A_WRONG_TIME }],
  ["SignatureDoesNotMatch*", "transient", { message: MADE_AT_A_WRONG_TIME }],
  ["Throttl*", "throttled"],
  ["TooManyRequests*", "throttled"],
  ["RequestLimitExceeded", "throttled"],
  ["RequestThrottled*", "throttled"],
  ["SlowDown", "throttled"],
  ["EC2ThrottledException", "throttled"],
  ["PriorRequestNotComplete", "throttled"],
  ["BandwidthLimitExceeded", "throttled"],
  ["AccessDenied*", "access"],
  ["NotAuthorized*", "access"],
  ["UnauthorizedOperation", "access"],
  ["UnauthorizedException", "access"],
  ["UnrecognizedClient*", "access"],
  ["ExpiredToken*", "access"],
  ["InvalidClientTokenId", "access"],
  ["InvalidSignature*", "access"],
  ["SignatureDoesNotMatch*", "access"],
  ["IncompleteSignature*", "access"],
  ["MissingAuthenticationToken*", "access"],
  ["OptInRequired", "access"],
];
