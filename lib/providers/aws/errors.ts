import { FINAL, ProviderError } from "../../core/errors.ts";
import {
  cleanMessage,
  errorTable,
  headerText,
  isLostOnTheWay,
  namedResource,
  providerError,
  retryAfterMs,
  unexpectedResponse,
  type ErrorRule,
} from "../answer.ts";
import type { HttpRequest, HttpResponse } from "../http.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { BUSY_CODES } from "../busy-codes.ts";
import { errorIn, requestIdIn, type SaidError } from "../error-body.ts";
import { asCount, asText, parseObject } from "../json.ts";

/** What a signature is refused with that was made at another time than the service's. */
const MADE_AT_A_WRONG_TIME = /signature (?:expired|not yet current)/i;

/** What is said of a resource that isn't there, or isn't yet. */
const IS_NOT_THERE = /(?:not|n't) exist|(?:not|n't) (?:be )?found/i;

/**
 * What each service says of a resource that isn't there when it is to be tagged. Other codes of this look (`NoSuchTagSet`,
 * `ServiceLinkedRoleNotFoundFault`, `NoSuchHost`) speak of something else.
 */
const NOT_FOUND = [
  // DynamoDB, Lambda, Secrets Manager and most others, e.g.
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
  "ResourceNotFoundException",
  // SNS, Step Functions, FSx; Redshift, DMS:
  // https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html
  // https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateTags.html
  "ResourceNotFound",
  "ResourceNotFoundFault",
  // API Gateway, KMS, EKS, MSK: https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_TagResource.html
  "NotFoundException",
  // EC2 puts the kind of resource between: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  "Invalid*ID.NotFound",
  "Invalid*Id.NotFound",
  "InvalidVolume.NotFound",
  "InvalidSnapshot.NotFound",
  "InvalidGroup.NotFound",
  "InvalidKeyPair.NotFound",
  "NatGatewayNotFound",
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
  "NoSuchBucket",
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
  "NoSuchEntity",
  "NoSuchEntityException",
  // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_TagResource.html
  "NoSuchResource",
  // https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html
  "NoSuchHostedZone",
  "NoSuchHealthCheck",
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html
  "QueueDoesNotExist",
  "AWS.SimpleQueueService.NonExistentQueue",
  // RDS, Neptune, DocumentDB: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AddTagsToResource.html
  "DBInstanceNotFound",
  "DBInstanceNotFoundFault",
  "DBClusterNotFoundFault",
  "DBSnapshotNotFound",
  "DBSnapshotNotFoundFault",
  "DBShardGroupNotFound",
  "DBProxyNotFoundFault",
  "DBProxyEndpointNotFoundFault",
  "DBProxyTargetGroupNotFoundFault",
  "DBSnapshotTenantDatabaseNotFoundFault",
  "BlueGreenDeploymentNotFoundFault",
  "IntegrationNotFoundFault",
  "TenantDatabaseNotFound",
  // ElastiCache, MemoryDB: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_AddTagsToResource.html
  // https://docs.aws.amazon.com/memorydb/latest/APIReference/API_TagResource.html
  "CacheClusterNotFound",
  "CacheParameterGroupNotFound",
  "CacheSecurityGroupNotFound",
  "CacheSubnetGroupNotFoundFault",
  "ReplicationGroupNotFoundFault",
  "ReservedCacheNodeNotFound",
  "ServerlessCacheNotFoundFault",
  "ServerlessCacheSnapshotNotFoundFault",
  "SnapshotNotFoundFault",
  "UserNotFound",
  "UserNotFoundFault",
  "UserGroupNotFound",
  "ACLNotFoundFault",
  "ClusterNotFoundFault",
  "ParameterGroupNotFoundFault",
  "SubnetGroupNotFoundFault",
  "MultiRegionClusterNotFoundFault",
  "MultiRegionParameterGroupNotFoundFault",
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
  "LoadBalancerNotFound",
  "TargetGroupNotFound",
  "ListenerNotFound",
  "RuleNotFound",
  "TrustStoreNotFound",
  // https://docs.aws.amazon.com/efs/latest/ug/API_TagResource.html
  "FileSystemNotFound",
  "AccessPointNotFound",
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html
  // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html
  "ClusterNotFoundException",
  "RepositoryNotFoundException",
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AddTags.html
  "ChannelNotFoundException",
  "EventDataStoreNotFoundException",
  // https://docs.aws.amazon.com/glue/latest/webapi/API_TagResource.html
  "EntityNotFoundException",
  // https://docs.aws.amazon.com/directoryservice/latest/devguide/API_AddTagsToResource.html
  "EntityDoesNotExistException",
  // https://docs.aws.amazon.com/codecommit/latest/APIReference/API_TagResource.html
  "RepositoryDoesNotExistException",
  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_TagResource.html
  "TargetNotFoundException",
  // https://docs.aws.amazon.com/global-accelerator/latest/api/API_TagResource.html
  "AcceleratorNotFoundException",
  // https://docs.aws.amazon.com/waf/latest/APIReference/API_TagResource.html
  "WAFNonexistentItemException",
];

/**
 * What AWS's codes mean: those of the tagging API and, in FailedResourcesMap, those of the services behind it. Those that
 * are final about a resource come first, each group with its source.
 */
export const AWS_ERRORS: readonly ErrorRule[] = [
  // "The target ID is invalid, unsupported, or doesn't exist", and the last of these passes where it is young:
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_FailureInfo.html
  ["InvalidParameterException", "not-found", { message: IS_NOT_THERE }],
  ["InvalidParameterException", "resource-permanent"],
  // Tags that EC2 refuses: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  ["TagLimitExceeded", "resource-permanent"],
  ["TagPolicyViolation", "resource-permanent"],
  ["InvalidTagKey.Malformed", "resource-permanent"],
  // The same from the others, e.g.
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
  // https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateTags.html
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_AddTagsToResource.html
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AddTags.html
  // https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html
  // https://docs.aws.amazon.com/acm/latest/APIReference/API_AddTagsToCertificate.html
  // https://docs.aws.amazon.com/ram/latest/APIReference/API_TagResource.html
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
  // https://docs.aws.amazon.com/amazonswf/latest/apireference/API_TagResource.html
  ["TagLimitExceededException", "resource-permanent"],
  ["TagLimitExceededFault", "resource-permanent"],
  ["TagPolicy", "resource-permanent"],
  ["TagPolicyException", "resource-permanent"],
  ["TagPolicyViolationException", "resource-permanent"],
  ["TooManyTags", "resource-permanent"],
  ["TooManyTagsException", "resource-permanent"],
  ["TooManyTagsFault", "resource-permanent"],
  ["TooManyTagsError", "resource-permanent"],
  ["InvalidTag", "resource-permanent"],
  ["InvalidTagException", "resource-permanent"],
  ["InvalidTagFault", "resource-permanent"],
  ["InvalidTagParameterException", "resource-permanent"],
  ["TagsLimitExceededException", "resource-permanent"],
  ["TagQuotaPerResourceExceeded", "resource-permanent"],
  // https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_UpdateTagsForResource.html
  // https://docs.aws.amazon.com/fsx/latest/APIReference/API_TagResource.html
  ["ResourceTypeNotSupportedException", "not-taggable"],
  ["ResourceDoesNotSupportTagging", "not-taggable"],
  ...NOT_FOUND.map((code): ErrorRule => [code, "not-found"]),

  ["PaginationTokenExpiredException", "request"],
  ["InvalidNextToken*", "request"],
  ["InvalidExpression*", "request"],
  ["InvalidLimit*", "request"],
  ["UnknownOperationException", "request"],
  ["SerializationException", "request"],
  // Busy, or changed too lately: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
  // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateOrUpdateTags.html
  // https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html
  ["TooManyUpdates", "conflict"],
  ["ResourceContention*", "conflict"],
  ["StaleTag*", "conflict"],
  ["InternalServiceException", "transient"],
  // https://docs.aws.amazon.com/waf/latest/APIReference/API_TagResource.html
  ["WAFInternalErrorException", "transient"],
  ["WAFTagOperation*", "transient"],
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
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
  ["ProvisionedThroughputExceeded*", "throttled"],
  ["EC2ThrottledException", "throttled"],
  ["PriorRequestNotComplete", "throttled"],
  ["BandwidthLimitExceeded", "throttled"],
  ["AccessDenied*", "access"],
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html, as SQS and S3 pass it on
  ["KMSAccessDenied*", "access"],
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  ["AuthFailure", "access"],
  ["InvalidAccessKeyId", "access"],
  ["InvalidToken", "access"],
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

const kindOf = errorTable([...AWS_ERRORS, ...BUSY_CODES]);

/** `com.amazonaws.service#Code:http://…` → `Code`. */
function bareCode(type: string): string {
  const name = type.slice(type.indexOf("#") + 1);
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(0, colon);
}

/** What a refused signature quotes is what was signed. */
const QUOTES_THE_REQUEST = /Signature/;

interface Context {
  readonly resourceIds: readonly string[];
  readonly secrets: () => readonly string[];
  readonly now: number;
}

/**
 * The object that an answer carries.
 * @throws ProviderError for anything but a success in the shape of JSON 1.1.
 */
export function readAnswer(
  request: HttpRequest,
  response: HttpResponse,
  context: Context,
): { readonly body: JsonObject; readonly requestId: string } {
  const { status } = response;
  const body = parseObject(response.body);
  const error = errorIn(response, body, "__type") ?? errorInHeader(response);
  // JSON answers carry it in a header alone: in a body of somebody else's, an id is no sign of AWS.
  const said = body === undefined ? error?.requestId : undefined;
  const requestId = requestIdIn(response, ["x-amzn-requestid", "x-amz-request-id"]) ?? said ?? "";
  if (error !== undefined) throw refusal(request, response, { ...error, requestId }, context);
  if (body === undefined) {
    const says = response.body === "" ? "with an empty body" : "with something that is not a JSON object";
    throw unexpectedResponse(request, response, says);
  }
  if (status < 200 || status >= 300) throw unexpectedResponse(request, response, "without an error code");
  // A write that failed for nobody says no more than that: without either, something else has answered.
  if (request.write && requestId === "" && asObject(body["FailedResourcesMap"]) === undefined) {
    throw unexpectedResponse(request, response, "without a request id");
  }
  return { body, requestId };
}

/** `x-amzn-errortype: ThrottledException:http://…`, the code of an answer whose body has none. */
function errorInHeader(response: HttpResponse): SaidError | undefined {
  const code = headerText(response, "x-amzn-errortype");
  return code === "" ? undefined : { code, message: "no message", requestId: "", status: response.status };
}

function refusal(
  request: HttpRequest,
  response: HttpResponse,
  { code: type, message: said, requestId, status }: SaidError,
  { resourceIds, secrets, now }: Context,
): ProviderError {
  const code = bareCode(type);
  const told = kindOf({ code, status, message: said });
  const named = namedResource(said, resourceIds);
  // A whole call that is refused without naming a resource may be wrong in itself, or for one of several: the page of
  // each call lists what else `InvalidParameterException` stands for. A listing names what it is about, or nothing.
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
  const isAlone = request.write && resourceIds.length === 1;
  const kind = FINAL.has(told) && !isAlone && named.resourceId === undefined ? "unknown" : told;
  // A proxy's `{"code":"ResourceNotFound"}` says nothing of a resource.
  if (FINAL.has(told) && requestId === "") return unexpectedResponse(request, response, "without a request id");
  const message = QUOTES_THE_REQUEST.test(code) ? "the signature was refused" : cleanMessage(said, secrets());
  return providerError({
    code,
    kind,
    message: `${code}: ${message}`,
    httpStatus: response.status,
    requestId,
    retryAfterMs: retryAfterMs(response.headers["retry-after"], now),
    ambiguous: isLostOnTheWay(request, response, kind),
    ...named,
  });
}

/** The error of one ARN in FailedResourcesMap: `{StatusCode, ErrorCode, ErrorMessage}`. */
export function failureOf(arn: string, failure: JsonObject, requestId: string): ProviderError {
  const code = bareCode(asText(failure["ErrorCode"]) ?? "UnexpectedResponse");
  const httpStatus = asCount(failure["StatusCode"]) ?? 0;
  const said = asText(failure["ErrorMessage"]) ?? "no message";
  const kind = kindOf({ code, status: httpStatus, message: said });
  const message = `${code}: ${cleanMessage(said, [])}`;
  // "Retry the request and then call GetResources to verify the changes": the service behind didn't answer in time.
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_FailureInfo.html
  const ambiguous = kind === "transient" && httpStatus !== 503;
  return new ProviderError({ code, kind, message, httpStatus, requestId, resourceId: arn, ambiguous });
}
