import { asksFor } from "../../../core/asked-types.ts";
import { statementsFor, type PermissionTable, type Place, type PlacesOf } from "../../permission.ts";
import { apiGatewayContract, vpcIpamContract } from "../contract.ts";
import { ALIBABA_PERMISSIONS, alibabaPlacesOf } from "../permissions.ts";
import { genericContract } from "./contract.ts";
import { TAGGABLE_TYPES } from "./taggable-types.ts";
import { codesOf, HAVE_OWN_ROWS } from "./types.ts";

/**
 * RAM's actions of the two services, on all resources, as their pages have them. Listing what can be tagged needs none in
 * Resource Center.
 * https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-ram
 * https://www.alibabacloud.com/help/en/resource-management/resource-center/developer-reference/api-resourcecenter-2022-12-01-ram
 */
const OWN: PermissionTable = {
  "alibaba:tag:TagResources": { tag: ["tag:TagResources"] },
  "alibaba:tag:UntagResources": { untag: ["tag:UntagResources"] },
  "alibaba:tag:ListTagResources": { read: ["tag:ListTagResources"] },
  "alibaba:tag:ListSupportResourceTypes": { read: ["tag:ListSupportResourceTypes"] },
  "alibaba:resourcecenter:SearchResources": { read: ["resourcecenter:SearchResources"] },
  "alibaba:resourcecenter:GetResourceCounts": { read: ["resourcecenter:GetResourceCounts"] },
};

/** The products of the types that these globs name, but for those that have rows of their own. */
function productsOf(globs: readonly string[]): readonly string[] {
  const asked = asksFor(globs, genericContract, [apiGatewayContract, vpcIpamContract, genericContract]);
  const types = [...TAGGABLE_TYPES].filter((type) => !HAVE_OWN_ROWS.has(type) && asked(type));
  return [...new Set(types.map((type) => codesOf(type).product))].toSorted();
}

/**
 * What an account needs whose `types` are these: beside the rights of the two services those of each product, which the
 * Tag service presumably asks for as well (docs/providers/assumptions.md).
 */
export function genericRights(globs: readonly string[]) {
  const products = productsOf(globs);
  const ownActions = (action: string) => products.map((product) => `${product}:${action}`);
  const permissions: PermissionTable = {
    ...ALIBABA_PERMISSIONS,
    ...OWN,
    "alibaba:tag:TagResources": { tag: ["tag:TagResources", ...ownActions("TagResources")] },
    "alibaba:tag:UntagResources": { untag: ["tag:UntagResources", ...ownActions("UntagResources")] },
  };
  const assumed = new Set([...ownActions("TagResources"), ...ownActions("UntagResources")]);
  // A policy takes 6,144 characters, which is too few for names of each product's resources: an account's policy is about
  // that account's anyway. https://www.alibabacloud.com/help/en/ram/product-overview/limits
  const placesOf: PlacesOf = (permission, account): readonly Place[] =>
    assumed.has(permission) ? [{ pattern: "*", basis: "assumed" }] : alibabaPlacesOf(permission, account);
  const permissionDocument = (actions: readonly string[], account: string) => ({
    Version: "1",
    Statement: statementsFor(actions, (action) => placesOf(action, account)),
  });
  return { permissions, placesOf, permissionDocument };
}
