import type { InventoryPage, InventoryResource, TagPage } from "../../app/ports/provider.ts";
import { parseArn, typeOfArn } from "../../core/aws-arn.ts";
import { ProviderError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Tags } from "../../core/resource.ts";
import type { AwsAnswer, AwsOperation } from "./client.ts";
import { NATIVE_INVENTORIES, NATIVE_LISTS, protectedRole, type NativeType } from "./native-contract.ts";
import { queryOperation } from "./query-protocol.ts";
import { childOf, textOf, type XmlElement } from "./xml.ts";

/** IAM has one endpoint a partition: https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const IAM = {
  service: "iam",
  version: "2010-05-08",
  host: (region: string, suffix: string) => {
    if (region.startsWith("cn-")) return `iam.${region}.${suffix}`;
    return region.startsWith("us-gov-") ? `iam.us-gov.${suffix}` : `iam.${suffix}`;
  },
};
const AUTO_SCALING = { service: "autoscaling", version: "2011-01-01" };

const OPERATIONS = {
  ListRoleTags: queryOperation(IAM, "ListRoleTags"),
  ListUserTags: queryOperation(IAM, "ListUserTags"),
  ListRoles: queryOperation(IAM, "ListRoles"),
  ListUsers: queryOperation(IAM, "ListUsers"),
  GetAccountAuthorizationDetails: queryOperation(IAM, "GetAccountAuthorizationDetails"),
  DescribeTags: queryOperation(AUTO_SCALING, "DescribeTags"),
  DescribeAutoScalingGroups: queryOperation(AUTO_SCALING, "DescribeAutoScalingGroups"),
};

/** Rows of the largest page of GetAccountAuthorizationDetails that surely fits: policies make its rows long. */
const DETAILS_PER_PAGE = 100;

/** One call, and how its answer is read. */
export interface NativeCall<Page> {
  readonly operation: AwsOperation;
  readonly body: JsonObject;
  /** Those that an error is about. */
  readonly resourceIds: readonly string[];
  /** Throws ProviderError for another shape than documented. */
  readonly page: (answer: AwsAnswer) => Page;
}

/** Where a name means what an ARN says. */
interface Place {
  readonly account: string;
  readonly region: string;
}

/**
 * The tags of these resources of one type, or of all of it. Names count for these APIs and not ARNs, so an ARN of
 * another account or region is refused here: it would show what happens to have that name in ours.
 */
export function tagsCall(
  type: NativeType,
  place: Place,
  ids: readonly string[] | undefined,
  token: string | undefined,
): NativeCall<TagPage> {
  if (ids === undefined) return detailsCall(type, token);
  const byName = Map.groupBy(ids, (id) => nameOf(type, id, place));
  if (type === "aws:autoscaling:autoScalingGroup") {
    const Filters = [{ Name: "auto-scaling-group", Values: [...byName.keys()] }];
    const MaxRecords = NATIVE_LISTS[type].rowsPerPage;
    return {
      operation: OPERATIONS.DescribeTags,
      body: { Filters, MaxRecords, ...(token !== undefined && { NextToken: token }) },
      resourceIds: ids,
      page(answer) {
        const pairs = membersOf(answer, "Tags");
        const rows = pairs.flatMap((pair) => {
          const [tag, name] = [tagOf(pair, answer), textOf(pair, "ResourceId") ?? ""];
          // A name that nobody asked for may be one of ours in another spelling: whoever reads by ids must hear of it.
          return (byName.get(name) ?? [name]).map((id) => ({ id, type, tags: new Map([tag]) }));
        });
        return { rows, rowCount: pairs.length, ...nextToken(answer) };
      },
    };
  }
  const [id = ""] = ids;
  const isRole = type === "aws:iam:role";
  return {
    operation: isRole ? OPERATIONS.ListRoleTags : OPERATIONS.ListUserTags,
    body: {
      [isRole ? "RoleName" : "UserName"]: nameOf(type, id, place),
      MaxItems: NATIVE_LISTS[type].rowsPerPage,
      ...(token !== undefined && { Marker: token }),
    },
    resourceIds: ids,
    page(answer) {
      const tags = new Map(membersOf(answer, "Tags").map((pair) => tagOf(pair, answer)));
      return { rows: tags.size === 0 ? [] : [{ id, type, tags }], rowCount: tags.size, ...nextMarker(answer) };
    },
  };
}

function detailsCall(type: NativeType, token: string | undefined): NativeCall<TagPage> {
  const isRole = type === "aws:iam:role";
  return {
    operation: OPERATIONS.GetAccountAuthorizationDetails,
    body: {
      Filter: [isRole ? "Role" : "User"],
      MaxItems: DETAILS_PER_PAGE,
      ...(token !== undefined && { Marker: token }),
    },
    resourceIds: [],
    page(answer) {
      const details = membersOf(answer, isRole ? "RoleDetailList" : "UserDetailList");
      const rows = details.map((one) => ({ id: arnIn(one, "Arn", answer), type, tags: tagsOf(answer, one) }));
      return { rows, rowCount: rows.length, ...nextMarker(answer) };
    },
  };
}

const LISTS = {
  "aws:iam:role": { operation: OPERATIONS.ListRoles, rows: "Roles", arn: "Arn", size: "MaxItems", at: "Marker" },
  "aws:iam:user": { operation: OPERATIONS.ListUsers, rows: "Users", arn: "Arn", size: "MaxItems", at: "Marker" },
  "aws:autoscaling:autoScalingGroup": {
    operation: OPERATIONS.DescribeAutoScalingGroups,
    rows: "AutoScalingGroups",
    arn: "AutoScalingGroupARN",
    size: "MaxRecords",
    at: "NextToken",
  },
} as const;

/** What there is of one type. */
export function inventoryCall(type: NativeType, token: string | undefined): NativeCall<InventoryPage> {
  const { operation, rows, arn, size, at } = LISTS[type];
  const { pageSize, inlineTags } = NATIVE_INVENTORIES[type];
  return {
    operation,
    body: { [size]: pageSize, ...(token !== undefined && { [at]: token }) },
    resourceIds: [],
    page(answer) {
      const resources = membersOf(answer, rows).map((one): InventoryResource => {
        const id = arnIn(one, arn, answer);
        const notTaggable = protectedRole(id)?.code;
        const tags = inlineTags ? { tags: tagsOf(answer, one) } : {};
        return { type, id, ...tags, ...(notTaggable !== undefined && { notTaggable }) };
      });
      return { resources, ...(at === "Marker" ? nextMarker(answer) : nextToken(answer)) };
    },
  };
}

/** What stands before the name of a group, which may hold slashes and this very text. */
const GROUP_NAME = ":autoScalingGroupName/";

/**
 * What the ARN of a role, a user or a group says its name is. Throws ProviderError for another one, or one of another
 * account or region.
 */
function nameOf(type: NativeType, id: string, { account, region }: Place): string {
  const arn = parseArn(id);
  const isOfType = arn !== undefined && typeOfArn(arn) === type;
  const name = isOfType ? nameIn(type, arn.resource) : "";
  const isHere = type !== "aws:autoscaling:autoScalingGroup" || arn?.region === region;
  if (name !== "" && arn?.account === account && isHere) return name;
  const elsewhere = arn?.account === account ? `region ${arn.region}` : `account ${arn?.account}`;
  const says = name === "" ? "no resource of this type" : elsewhere;
  throw new ProviderError({
    code: "InvalidResourceId",
    kind: "resource-permanent",
    message: `${id.slice(0, 200)} names ${says}: its tags can't be read in ${region} of account ${account}`,
    httpStatus: 0,
    requestId: "",
    resourceId: id,
  });
}

function nameIn(type: NativeType, resource: string): string {
  if (type !== "aws:autoscaling:autoScalingGroup") return resource.slice(resource.lastIndexOf("/") + 1);
  const at = resource.indexOf(GROUP_NAME);
  return at < 0 ? "" : resource.slice(at + GROUP_NAME.length);
}

function unexpectedShape({ requestId }: AwsAnswer): ProviderError {
  const message = "IAM or Auto Scaling answered in another shape than documented";
  return new ProviderError({ code: "UnexpectedResponse", kind: "unknown", message, httpStatus: 200, requestId });
}

/** The members of a list; a list that isn't there is an error, since an empty one is. */
function membersOf(answer: AwsAnswer, name: string): readonly XmlElement[] {
  const list = childOf(answer.xml, name);
  if (list === undefined) throw unexpectedShape(answer);
  return list.children.filter((child) => child.name === "member");
}

function arnIn(element: XmlElement, name: string, answer: AwsAnswer): string {
  const arn = textOf(element, name) ?? "";
  if (parseArn(arn) === undefined) throw unexpectedShape(answer);
  return arn;
}

function tagOf(pair: XmlElement, answer: AwsAnswer): readonly [string, string] {
  const key = textOf(pair, "Key");
  if (key === undefined) throw unexpectedShape(answer);
  return [key, textOf(pair, "Value") ?? ""];
}

/** Of a resource without tags, some of these APIs leave the list out. */
function tagsOf(answer: AwsAnswer, element: XmlElement | undefined): Tags {
  const list = childOf(element, "Tags")?.children ?? [];
  return new Map(list.map((pair) => tagOf(pair, answer)));
}

/** IAM says by itself whether there is more: `IsTruncated`, and then `Marker`. */
function nextMarker(answer: AwsAnswer): { readonly nextToken?: string } {
  const isTruncated = textOf(answer.xml, "IsTruncated");
  const marker = textOf(answer.xml, "Marker") ?? "";
  if (isTruncated === "false") return {};
  if (isTruncated !== "true" || marker === "") throw unexpectedShape(answer);
  return { nextToken: marker };
}

function nextToken({ xml }: AwsAnswer): { readonly nextToken?: string } {
  const token = textOf(xml, "NextToken") ?? "";
  return token === "" ? {} : { nextToken: token };
}
