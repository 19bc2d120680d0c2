import { describe, expect, test } from "vitest";
import { failureOf, readAnswer } from "../../../lib/providers/aws/errors.ts";
import { isRegionDisabled, kindOfSdkError } from "../../../lib/providers/aws/sdk-errors.ts";
import { rowsOf, toldError, type Asked, type Meaning } from "../told-error.ts";

const arn = (n: number) => `arn:aws:ec2:us-east-1:444455556666:instance/i-${n}`;

const MEANINGS: readonly Meaning[] = [
  {
    kind: "not-found",
    source: "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_FailureInfo.html",
    answers: [
      "400 InvalidParameterException: The resource does not exist",
      "400 InvalidParameterException: x could not be found",
      "400 ResourceNotFoundException",
    ],
  },
  {
    kind: "not-found",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    answers: [
      "400 InvalidInstanceID.NotFound",
      "400 InvalidVpcEndpointId.NotFound",
      "400 InvalidVolume.NotFound",
      "400 InvalidSnapshot.NotFound",
      "400 InvalidGroup.NotFound",
      "400 InvalidKeyPair.NotFound",
      "400 NatGatewayNotFound",
    ],
  },
  {
    kind: "not-found",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_AddTagsToResource.html",
    answers: [
      "404 DBInstanceNotFound",
      "404 DBInstanceNotFoundFault",
      "404 DBClusterNotFoundFault",
      "404 DBSnapshotNotFound",
      "404 DBSnapshotNotFoundFault",
      "404 DBShardGroupNotFound",
      "404 DBProxyNotFoundFault",
      "404 DBProxyEndpointNotFoundFault",
      "404 DBProxyTargetGroupNotFoundFault",
      "404 DBSnapshotTenantDatabaseNotFoundFault",
      "404 BlueGreenDeploymentNotFoundFault",
      "404 IntegrationNotFoundFault",
      "404 TenantDatabaseNotFound",
    ],
  },
  {
    kind: "not-found",
    source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_AddTagsToResource.html",
    answers: [
      "404 CacheClusterNotFound",
      "404 CacheParameterGroupNotFound",
      "404 CacheSecurityGroupNotFound",
      "400 CacheSubnetGroupNotFoundFault",
      "404 ReplicationGroupNotFoundFault",
      "404 ReservedCacheNodeNotFound",
      "404 ServerlessCacheNotFoundFault",
      "404 ServerlessCacheSnapshotNotFoundFault",
      "404 SnapshotNotFoundFault",
      "404 UserNotFound",
      "404 UserGroupNotFound",
    ],
  },
  {
    kind: "not-found",
    source: "https://docs.aws.amazon.com/memorydb/latest/APIReference/API_TagResource.html",
    answers: [
      "404 UserNotFoundFault",
      "404 ACLNotFoundFault",
      "404 ClusterNotFoundFault",
      "404 ParameterGroupNotFoundFault",
      "400 SubnetGroupNotFoundFault",
      "400 MultiRegionClusterNotFoundFault",
      "400 MultiRegionParameterGroupNotFoundFault",
    ],
  },
  {
    kind: "not-found",
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html",
    answers: [
      "400 LoadBalancerNotFound",
      "400 TargetGroupNotFound",
      "400 ListenerNotFound",
      "400 RuleNotFound",
      "400 TrustStoreNotFound",
    ],
  },
  {
    kind: "not-found",
    source:
      "the page of each service's own call that tags: S3, IAM, CloudFront, Route 53, SQS, SNS, Redshift, KMS, EFS, …",
    answers: [
      "404 NoSuchBucket",
      "404 NoSuchEntity",
      "404 NoSuchEntityException",
      "404 NoSuchResource",
      "404 NoSuchHostedZone",
      "404 NoSuchHealthCheck",
      "400 QueueDoesNotExist",
      "400 AWS.SimpleQueueService.NonExistentQueue",
      "404 ResourceNotFound",
      "404 ResourceNotFoundFault",
      "404 NotFoundException",
      "404 FileSystemNotFound",
      "404 AccessPointNotFound",
      "400 ClusterNotFoundException",
      "400 RepositoryNotFoundException",
      "400 ChannelNotFoundException",
      "400 EventDataStoreNotFoundException",
      "400 EntityNotFoundException",
      "400 EntityDoesNotExistException",
      "400 RepositoryDoesNotExistException",
      "400 TargetNotFoundException",
      "400 AcceleratorNotFoundException",
      "400 WAFNonexistentItemException",
    ],
  },
  {
    kind: "resource-permanent",
    source: "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html",
    answers: ["400 InvalidParameterException: 'x' is not a recognized resource id"],
  },
  {
    kind: "resource-permanent",
    source:
      "the page of each service's own call that tags: EC2, SNS, S3, Redshift, ElastiCache, CloudTrail, ACM, RAM, SSM, SWF",
    answers: [
      "400 TagLimitExceeded",
      "400 TagLimitExceededException",
      "400 TagLimitExceededFault",
      "400 TagPolicyViolation",
      "400 TagPolicyViolationException",
      "400 TagPolicy",
      "400 TagPolicyException",
      "400 InvalidTagKey.Malformed",
      "400 TooManyTags",
      "400 TooManyTagsException",
      "400 TooManyTagsFault",
      "400 TooManyTagsError",
      "400 InvalidTag",
      "400 InvalidTagException",
      "400 InvalidTagFault",
      "400 InvalidTagParameterException",
      "400 TagsLimitExceededException",
      "400 TagQuotaPerResourceExceeded",
    ],
  },
  {
    kind: "not-taggable",
    source: "https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_UpdateTagsForResource.html",
    answers: ["400 ResourceTypeNotSupportedException", "400 ResourceDoesNotSupportTagging"],
  },
  {
    kind: "conflict",
    source: "resources that are young or busy: DynamoDB, Kinesis, RDS, Redshift, ElastiCache, DMS, KMS, EC2",
    answers: [
      "400 ResourceInUseException",
      "400 ResourceInUse",
      "400 InvalidDBInstanceState",
      "400 InvalidDBClusterStateFault",
      "400 InvalidDBClusterEndpointStateFault",
      "400 InvalidClusterState",
      "400 InvalidReplicationGroupState",
      "400 InvalidServerlessCacheStateFault",
      "400 InvalidResourceStateFault",
      "400 InvalidState",
      "400 InvalidStateException",
      "400 InvalidState.Resource",
      "400 KMSInvalidStateException",
      "400 IncorrectState",
      "400 IncorrectInstanceState",
      "400 IncorrectStateException",
      "400 OperationInProgressException",
      "400 OperationInProgressFailure",
      "404 ResourceNotReadyException",
    ],
  },
  {
    kind: "conflict",
    source: "another write is under way: S3, Lambda, SNS, IAM, Auto Scaling, SSM, API Gateway",
    answers: [
      "400 OperationAborted",
      "400 ResourceConflictException",
      "400 ConcurrentModificationException",
      "400 ConcurrentModification",
      "400 ConcurrentAccessException",
      "400 StaleTag",
      "400 ResourceContention",
      "400 TooManyUpdates",
      "400 ConflictException",
      "409 Unheard",
    ],
  },
  {
    kind: "throttled",
    source:
      "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/CommonErrors.html, and each service's own",
    answers: [
      "400 ThrottledException",
      "400 ThrottlingException",
      "400 Throttling",
      "400 TooManyRequestsException",
      "400 RequestLimitExceeded",
      "400 RequestThrottled",
      "400 RequestThrottledException",
      "400 SlowDown",
      "400 EC2ThrottledException",
      "400 PriorRequestNotComplete",
      "400 BandwidthLimitExceeded",
      "400 ProvisionedThroughputExceededException",
      "400 LimitExceededException: Too many concurrent requests for this stream",
      "400 LimitExceededException: Rate of requests exceeded",
      "429 Unheard",
    ],
  },
  {
    kind: "transient",
    source: "a service is unwell, whatever its status says",
    answers: [
      "500 InternalServiceException",
      "400 InternalServiceException",
      "400 InternalFailure",
      "400 InternalFailureException",
      "400 InternalError",
      "400 InternalErrorException",
      "400 InternalServerError",
      "400 InternalServerErrorException",
      "400 InternalServerException",
      "400 InternalServiceError",
      "400 ServiceUnavailable",
      "400 ServiceUnavailableException",
      "400 ServiceFailure",
      "400 SystemBusy",
      "400 RequestTimeout",
      "400 RequestTimeoutException",
      "400 WAFInternalErrorException",
      "400 WAFTagOperationException",
      "500 Unheard",
      "502 Unheard",
      "503 Unheard",
      "504 Unheard",
      "408 Unheard",
      "425 Unheard",
    ],
  },
  {
    kind: "transient",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html",
    answers: [
      "400 RequestExpired",
      "403 RequestTimeTooSkewed",
      "403 InvalidSignatureException: Signature expired: 20261122T002819Z is now earlier than 20261122T010000Z",
      "403 SignatureDoesNotMatch: Signature not yet current: 20261122T092819Z is still later than now",
    ],
  },
  {
    kind: "access",
    source:
      "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/CommonErrors.html, and each service's own",
    answers: [
      "400 AccessDeniedException",
      "400 AccessDenied",
      "400 KMSAccessDeniedException",
      "400 NotAuthorized",
      "400 UnauthorizedOperation",
      "400 UnauthorizedException",
      "400 UnrecognizedClientException",
      "400 ExpiredTokenException",
      "400 ExpiredToken",
      "400 InvalidClientTokenId",
      "400 InvalidAccessKeyId",
      "400 InvalidToken",
      "400 AuthFailure",
      "400 InvalidSignatureException",
      "400 SignatureDoesNotMatch",
      "400 IncompleteSignature",
      "400 MissingAuthenticationToken",
      "400 OptInRequired",
      "401 Unheard",
      "403 Unheard",
    ],
  },
  {
    kind: "request",
    source: "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html",
    answers: [
      "400 PaginationTokenExpiredException",
      "400 InvalidNextTokenException",
      "400 InvalidExpressionException",
      "400 InvalidLimitException",
      "400 UnknownOperationException",
      "400 SerializationException",
    ],
  },
  {
    kind: "unknown",
    source: "no table says what these mean for the resource that is tagged",
    answers: [
      "400 Unheard",
      "404 Unheard",
      "400 ValidationException",
      "400 ConstraintViolationException",
      "400 LimitExceededException: Cannot exceed quota for TagsPerRole: 50",
      "404 NoSuchTagSet",
      "404 NoSuchHost",
      "404 NoSuchBucketPolicy",
      "400 NoSuchTagOption",
      "404 PolicyNotFound",
      "400 ResourcePolicyNotFoundException",
      "400 ServiceLinkedRoleNotFoundFault",
      "400 InvalidAction.NotFound",
      "404 TagPolicyNotFound",
    ],
  },
];

const headers = { "x-amzn-requestid": "R1" };
const ofCall = (status: number, body: object, asked: Asked = {}) =>
  toldError(readAnswer, { status, headers, body: JSON.stringify(body) }, asked);

describe("a code of AWS", () => {
  test.each(rowsOf(MEANINGS))("%s is %s, of a whole call about one resource", (_, kind, { status, code, message }) => {
    const body = { __type: `com.amazonaws.service#${code}`, Message: message };
    expect(ofCall(status, body)).toMatchObject({ code, kind, httpStatus: status, requestId: "R1" });
  });

  test.each(rowsOf(MEANINGS))("%s is %s, of one ARN in FailedResourcesMap", (_, kind, { status, code, message }) => {
    const failure = { StatusCode: status, ErrorCode: code, ErrorMessage: message };
    expect(failureOf(arn(1), failure, "R1")).toMatchObject({ code, kind, httpStatus: status, resourceId: arn(1) });
  });

  const FINAL_ROWS = rowsOf(MEANINGS.filter(({ kind }) => /not-found|resource-permanent|not-taggable/.test(kind)));
  test.each(FINAL_ROWS)("%s of a whole call is final only about whom it names, or who is alone", (_, kind, said) => {
    const { status, code, message } = said;
    const ids = [arn(1), arn(2)];
    expect(ofCall(status, { __type: code, message }, { ids })).toMatchObject({ kind: "unknown", isFinal: false });
    const naming = { __type: code, message: `${message} ${arn(2)}` };
    expect(ofCall(status, naming, { ids })).toMatchObject({ kind, resourceId: arn(2) });
    expect(ofCall(status, { __type: code, message }, { write: false })).toMatchObject({ kind: "unknown" });
  });
});

describe("an error of AWS is read", () => {
  const xml = (inner: string) => `<?xml version="1.0"?>\n${inner}`;
  test.each<[string, { status?: number; headers?: Record<string, string>; body: string }]>([
    ["as JSON 1.1", { headers, body: '{"__type":"NoSuchEntity","message":"no & never"}' }],
    ["with its namespace", { headers, body: '{"__type":"com.amazonaws.iam#NoSuchEntity","Message":"no & never"}' }],
    ["with a URL behind it", { headers, body: '{"code":"NoSuchEntity:http://internal/","message":"no & never"}' }],
    ["under Code", { headers, body: '{"Code":"NoSuchEntity","Message":"no & never"}' }],
    ["one level down", { headers, body: '{"Error":{"Code":"NoSuchEntity","Message":"no & never"}}' }],
    [
      "as XML of a query",
      {
        body: xml(
          "<ErrorResponse xmlns='https://iam.amazonaws.com/doc/2010-05-08/'><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no &amp; never</Message></Error><RequestId>R1</RequestId></ErrorResponse>",
        ),
      },
    ],
    [
      "as XML of EC2",
      {
        body: xml(
          "<Response><Errors><Error><Code>NoSuchEntity</Code><Message>no &amp; never</Message></Error></Errors><RequestID>R1</RequestID></Response>",
        ),
      },
    ],
    [
      "as XML of S3",
      {
        headers: { "x-amz-request-id": "R1" },
        body: xml("<Error><Code>NoSuchEntity</Code><Message>no &amp; never</Message></Error>"),
      },
    ],
  ])("%s", (_, answer) => {
    const error = toldError(readAnswer, { status: 404, ...answer });
    expect(error).toMatchObject({ code: "NoSuchEntity", kind: "not-found", requestId: "R1", httpStatus: 404 });
    expect(error.message).toBe("NoSuchEntity: no & never");
  });

  test("from its header, where the body has none", () => {
    const answer = { status: 400, headers: { ...headers, "x-amzn-errortype": "ThrottledException:http://internal/" } };
    expect(toldError(readAnswer, answer)).toMatchObject({ code: "ThrottledException", kind: "throttled" });
    expect(toldError(readAnswer, { ...answer, body: "{}" })).toMatchObject({ code: "ThrottledException" });
  });

  test("from numbers and names, which no table has", () => {
    expect(ofCall(404, { error: { code: 404, message: "no" } })).toMatchObject({ code: "404", kind: "unknown" });
    expect(ofCall(400, { badRequest: { code: 400, message: "no" } })).toMatchObject({ code: "badRequest" });
  });

  test.each([
    ["a page", 502, "<html><body><h1>Error</h1><code>NoSuchEntity</code></body></html>"],
    ["nothing", 404, ""],
    ["JSON that breaks off", 404, '{"__type":"NoSuchEntity","mess'],
    ["XML without a code", 404, "<Error><Message>no</Message></Error>"],
    ["a text for an error", 404, '{"status":404,"error":"Not Found","path":"/"}'],
  ])("but not from %s", (_, status, body) => {
    expect(toldError(readAnswer, { status, headers, body })).toMatchObject({
      code: "UnexpectedResponse",
      kind: "transient",
      isFinal: false,
    });
  });

  test("of somebody else's with an id in its JSON, it is final about nothing", () => {
    const body = JSON.stringify({ code: "ResourceNotFound", message: "no", RequestId: "R1" });
    expect(toldError(readAnswer, { status: 404, body })).toMatchObject({ code: "UnexpectedResponse", isFinal: false });
  });
});

test.each([502, 504])("a write that is answered %i may have taken effect, and a read has none", (status) => {
  const body = JSON.stringify({ __type: "InternalFailure", message: "no" });
  expect(toldError(readAnswer, { status, headers, body })).toMatchObject({ kind: "transient", ambiguous: true });
  expect(toldError(readAnswer, { status, headers, body }, { write: false }).ambiguous).toBe(false);
});

describe("an error of a service that we lean on", () => {
  const sdkError = (name: string, message: string, httpStatusCode?: number) =>
    Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

  test.each([
    ["access", 403, "AccessDenied"],
    ["access", 403, "AccessDeniedException"],
    ["access", 400, "ExpiredTokenException"],
    ["access", 403, "InvalidClientTokenId"],
    ["access", 403, "SignatureDoesNotMatch"],
    ["access", 403, "InvalidAccessKeyId"],
    ["access", 400, "UnrecognizedClientException"],
    ["access", 400, "RegionDisabledException"],
    ["access", 400, "MalformedPolicyDocument"],
    ["access", 400, "PackedPolicyTooLargeException"],
    ["access", 400, "InvalidIdentityToken"],
    ["access", 400, "IDPRejectedClaim"],
    ["access", 400, "ValidationError"],
    ["access", 400, "OutboundWebIdentityFederationDisabledException"],
    ["access", 400, "ResourceNotFoundException"],
    ["access", 400, "InvalidParameterException"],
    ["access", 400, "InvalidRequestException"],
    ["access", 400, "DecryptionFailure"],
    ["access", undefined, "CredentialsProviderError"],
    ["throttled", 400, "Throttling"],
    ["throttled", 400, "ThrottlingException"],
    ["throttled", 400, "ProvisionedThroughputExceededException"],
    ["throttled", 400, "RequestLimitExceeded"],
    ["throttled", 503, "SlowDown"],
    ["throttled", 403, "RequestThrottled"],
    ["transient", 503, "ServiceUnavailable"],
    ["transient", 400, "InternalFailure"],
    ["transient", 500, "InternalServiceError"],
    ["transient", 400, "IDPCommunicationError"],
    ["transient", 403, "RequestTimeTooSkewed"],
    ["transient", 400, "RequestExpired"],
    ["transient", 400, "ResourceInUseException"],
    ["transient", 409, "OperationAborted"],
    ["transient", undefined, "TimeoutError"],
    ["transient", undefined, "Error"],
    ["transient", 400, "Unheard"],
    ["transient", 404, "NoSuchKey"],
  ])("is %s: %s %s", (kind, status, name) => {
    expect(kindOfSdkError(sdkError(name, "no", status))).toBe(kind);
  });

  test.each([
    ["access", "Region is missing"],
    ["transient", "no"],
  ])("that has no code is %s by what it says: %s", (kind, message) => {
    expect(kindOfSdkError(new Error(message))).toBe(kind);
    expect(kindOfSdkError("thrown")).toBe("transient");
  });

  test("is known by its status where no table has its code, and by nothing where it has none", () => {
    expect(kindOfSdkError(sdkError("Unheard", "no", 401))).toBe("access");
    expect(kindOfSdkError(sdkError("Unheard", "no", 429))).toBe("throttled");
    for (const $metadata of [null, undefined, 401, "401", {}, { httpStatusCode: "401" }]) {
      expect(kindOfSdkError(Object.assign(new Error("no"), { name: "Unheard", $metadata }))).toBe("transient");
    }
    expect(kindOfSdkError(new Error("It says: Region is missing"))).toBe("transient");
  });

  test("says that a service is switched off in a region by its code alone", () => {
    expect(isRegionDisabled(sdkError("RegionDisabledException", "no", 403))).toBe(true);
    expect(isRegionDisabled(sdkError("RegionDisabled", "no", 403))).toBe(true);
    expect(isRegionDisabled(sdkError("AccessDenied", "RegionDisabledException", 403))).toBe(false);
    expect(isRegionDisabled(sdkError("NoRegionDisabled", "no", 403))).toBe(false);
    expect(isRegionDisabled({ name: "RegionDisabledException" })).toBe(false);
  });

  test("is transient where a clock is wrong, whatever else that code means", () => {
    const message = "Signature expired: 20261122T002819Z is now earlier than 20261122T010000Z";
    expect(kindOfSdkError(sdkError("SignatureDoesNotMatch", message, 403))).toBe("transient");
  });
});
