import { CloudError } from "../cloud-error.ts";
import { emulatedReads, type EmulatedRead } from "../limits.ts";
import type { StoredResource } from "../shelf.ts";
import {
  element,
  existing,
  list,
  nameIn,
  pageOfRows,
  pageSize,
  tagMembers,
  type QueryCall,
  type QueryOperation,
} from "./query-call.ts";

const GLOBAL = (): string => "global";
const ROLES = { type: "aws:iam:role", place: GLOBAL };
const USERS = { type: "aws:iam:user", place: GLOBAL };

/** The rows as one page, with `IsTruncated` and, where there is more, `Marker`. */
function page(call: QueryCall, name: string, rows: readonly string[], limits: EmulatedRead, identity: string): string {
  const { rows: shown, token } = pageOfRows(call, rows, {
    size: pageSize(call.form, "MaxItems", limits),
    token: call.form.get("Marker"),
    identity,
    bad: new CloudError(400, "ValidationError", "Invalid Marker"),
  });
  const end =
    element("IsTruncated", String(token !== undefined)) + (token === undefined ? "" : element("Marker", token));
  return list(name, shown) + end;
}

/** The policy that every emulated role has, as IAM writes it: percent-encoded JSON. */
const TRUST = encodeURIComponent('{"Version":"2012-10-17","Statement":[]}');

/** What IAM says of a role or a user in any listing; tags are not among it. */
function described({ id, createdAt }: StoredResource, kind: "Role" | "User"): string {
  const name = nameIn(id);
  const path = `/${id
    .split(":")
    .slice(5)
    .join(":")
    .split("/")
    .slice(1, -1)
    .map((part) => `${part}/`)
    .join("")}`;
  return (
    element("Path", path) +
    element(`${kind}Name`, name) +
    element(`${kind}Id`, `${kind === "Role" ? "AROA" : "AIDA"}EMULATED${name.length}`) +
    element("Arn", id) +
    element("CreateDate", new Date(createdAt).toISOString()) +
    (kind === "Role" ? element("AssumeRolePolicyDocument", TRUST) : "")
  );
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html */
function tagsOf(kind: "Role" | "User"): QueryOperation {
  const place = kind === "Role" ? ROLES : USERS;
  const limits = emulatedReads[`aws:iam:List${kind}Tags`];
  const field = `${kind}Name`;
  return {
    ...place,
    names: (form) => form.getAll(field),
    run(call) {
      const name = call.form.get(field) ?? "";
      if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
        throw new CloudError(400, "ValidationError", `The specified value for ${field.toLowerCase()} is invalid.`);
      }
      const found = existing(call, place).find(({ id }) => nameIn(id) === name);
      if (found === undefined) {
        const says = `The ${kind.toLowerCase()} with name ${name} cannot be found.`;
        throw new CloudError(404, "NoSuchEntity", says);
      }
      return page(call, "Tags", tagMembers(found), limits, `${field}=${name}`);
    },
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
function listOf(kind: "Role" | "User"): QueryOperation {
  const place = kind === "Role" ? ROLES : USERS;
  return {
    ...place,
    names: () => [],
    run(call) {
      const rows = existing(call, place).map((one) => described(one, kind));
      return page(call, `${kind}s`, rows, emulatedReads[`aws:iam:List${kind}s`], `${kind}s`);
    },
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
function authorizationDetails(form: URLSearchParams): QueryOperation {
  const filters = [...form].flatMap(([key, value]) => (/^Filter\.member\.\d+$/.test(key) ? [value] : []));
  const [filter, ...others] = filters;
  const kind = filter === "User" ? "User" : "Role";
  const place = kind === "Role" ? ROLES : USERS;
  return {
    ...place,
    names: () => [],
    run(call) {
      if (others.length > 0 || (filter !== "Role" && filter !== "User")) {
        throw new CloudError(400, "ValidationError", "Here Filter must be one of Role and User.");
      }
      const limits = emulatedReads["aws:iam:GetAccountAuthorizationDetails"];
      const rows = existing(call, place).map((one) => described(one, kind) + list("Tags", tagMembers(one)));
      const lists = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];
      const shown = `${kind}DetailList`;
      const empty = lists.filter((name) => name !== shown).map((name) => `<${name}/>`);
      return empty.join("") + page(call, shown, rows, limits, `details ${kind}`);
    },
  };
}

const OPERATIONS: ReadonlyMap<string, QueryOperation> = new Map([
  ["ListRoleTags", tagsOf("Role")],
  ["ListUserTags", tagsOf("User")],
  ["ListRoles", listOf("Role")],
  ["ListUsers", listOf("User")],
]);

/** What IAM calls by this name; undefined where nothing is. */
export function iamOperation(name: string, form: URLSearchParams): QueryOperation | undefined {
  return name === "GetAccountAuthorizationDetails" ? authorizationDetails(form) : OPERATIONS.get(name);
}
