/** One call to AWS, as IAM sees it. */
export interface AwsCall {
  /** `service:Action`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** Condition keys that the call brings. */
  readonly context: Readonly<Record<string, string>>;
}

export interface AwsRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface AwsPlace {
  readonly region: string;
  readonly account: string;
}

const SCOPE = /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\/aws4_request/;

/** Who signed a request, and for which service. Undefined where nobody did. */
export function signerOf({ headers }: Pick<AwsRequest, "headers">): { keyId: string; service: string } | undefined {
  const [, keyId, service] = SCOPE.exec(String(headers["authorization"] ?? "")) ?? [];
  return keyId === undefined || service === undefined ? undefined : { keyId, service };
}

/**
 * What permission a request needs, for the services that are embedded. Several of S3 and of batches need more than one.
 * Throws where it doesn't know the service: a call that nobody checks must not pass for one that is allowed.
 */
export function callsOf(service: string, request: AwsRequest, place: AwsPlace): AwsCall[] {
  switch (service) {
    case "sqs":
      return [sqsCall(request, place)];
    case "dynamodb":
      return dynamodbCalls(request, place);
    case "s3":
      return s3Calls(request);
    case "sns":
    case "sts": {
      const form = new URLSearchParams(request.body);
      const resource = form.get("TopicArn") ?? form.get("RoleArn") ?? "*";
      return [{ action: `${service}:${form.get("Action") ?? ""}`, resource, context: stsContext(form) }];
    }
    case "secretsmanager": {
      const { SecretId: id } = JSON.parse(request.body) as { readonly SecretId?: string };
      const resource = `arn:aws:secretsmanager:${place.region}:${place.account}:secret:${id ?? ""}-local1`;
      return [{ action: `secretsmanager:${operationOf(request)}`, resource, context: {} }];
    }
    default:
      throw new Error(`the local run doesn't know which permission a call to ${service} needs`);
  }
}

/** `AmazonSQS.SendMessageBatch` → `SendMessageBatch`. */
function operationOf({ headers }: AwsRequest): string {
  const target = String(headers["x-amz-target"] ?? "");
  return target.slice(target.indexOf(".") + 1);
}

/** What a policy may ask of a token: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_policies.html */
function stsContext(form: URLSearchParams): AwsCall["context"] {
  const named = {
    "sts:IdentityTokenAudience": form.get("Audience.member.1"),
    "sts:DurationSeconds": form.get("DurationSeconds"),
    "sts:SigningAlgorithm": form.get("SigningAlgorithm"),
  };
  return Object.fromEntries(Object.entries(named).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

/** Batches have no permission of their own. */
function sqsCall(request: AwsRequest, { region, account }: AwsPlace): AwsCall {
  const { QueueUrl: url = "" } = JSON.parse(request.body) as { readonly QueueUrl?: string };
  const name = url.slice(url.lastIndexOf("/") + 1);
  const action = `sqs:${operationOf(request).replace(/Batch$/, "")}`;
  return { action, resource: `arn:aws:sqs:${region}:${account}:${name}`, context: {} };
}

type Attributes = Readonly<Record<string, { readonly S?: string }>>;

interface DynamodbBody {
  readonly TableName?: string;
  readonly Key?: Attributes;
  readonly Item?: Attributes;
  readonly ExpressionAttributeValues?: Attributes;
  /** Of a batch, by table: writes are a list, reads hold theirs in `Keys`. */
  readonly RequestItems?: Readonly<Record<string, readonly BatchWrite[] | { readonly Keys: readonly Attributes[] }>>;
}

interface BatchWrite {
  readonly PutRequest?: { readonly Item: Attributes };
  readonly DeleteRequest?: { readonly Key: Attributes };
}

function dynamodbCalls(request: AwsRequest, { region, account }: AwsPlace): AwsCall[] {
  const body = JSON.parse(request.body) as DynamodbBody;
  const call = (table: string, leading: string | undefined): AwsCall => ({
    action: `dynamodb:${operationOf(request)}`,
    resource: `arn:aws:dynamodb:${region}:${account}:table/${table}`,
    context: leading === undefined ? {} : { "dynamodb:LeadingKeys": leading },
  });
  if (body.RequestItems !== undefined) {
    return Object.entries(body.RequestItems).flatMap(([table, items]) => {
      const keys = "Keys" in items ? items.Keys : items.map((one) => one.PutRequest?.Item ?? one.DeleteRequest?.Key);
      return keys.map((key) => call(table, key?.["pk"]?.S));
    });
  }
  const leading = (body.Key ?? body.Item)?.["pk"]?.S ?? body.ExpressionAttributeValues?.[":pk"]?.S;
  return [call(body.TableName ?? "", leading)];
}

function s3Calls({ method, url, headers, body }: AwsRequest): AwsCall[] {
  const { pathname, searchParams: query } = new URL(url, "http://127.0.0.1");
  const [, bucket = "", ...rest] = pathname.split("/");
  const key = decodeURIComponent(rest.join("/"));
  const call = (action: string, name?: string, context = {}): AwsCall => ({
    action: `s3:${action}`,
    resource: `arn:aws:s3:::${bucket}${name === undefined ? "" : `/${name}`}`,
    context,
  });
  if (query.has("delete")) {
    return [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name]) => call("DeleteObject", name));
  }
  if (key === "") return [call("ListBucket", undefined, { "s3:prefix": query.get("prefix") ?? "" })];
  if (method === "GET" || method === "HEAD") return [call("GetObject", key)];
  if (method === "DELETE") return [call(query.has("uploadId") ? "AbortMultipartUpload" : "DeleteObject", key)];
  const source = headers["x-amz-copy-source"];
  const copied = typeof source === "string" ? decodeURIComponent(source).replace(/^\//, "") : undefined;
  return [
    call("PutObject", key),
    ...(copied === undefined ? [] : [{ action: "s3:GetObject", resource: `arn:aws:s3:::${copied}`, context: {} }]),
  ];
}
