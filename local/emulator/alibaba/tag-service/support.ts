import { wholeNumber, type AlibabaAction, type AlibabaBody } from "../call.ts";
import { tagErrors } from "./errors.ts";
import { TAGGABLE_TYPES, type TaggableType } from "./taggable-types.ts";

/** What TagResources and UntagResources of the Tag service take. */
const TAG_CONSOLE_SUPPORT = "TAG_CONSOLE_SUPPORT";

/** The items that a type may support. Of the others nothing is known here, so no type does. */
const SUPPORT_CODES: ReadonlySet<string> = new Set([
  TAG_CONSOLE_SUPPORT,
  "CLOUD_RESOURCE_CONSOLE_SUPPORT",
  "TAG_RAM_SUPPORT",
  "CLOUD_RESOURCE_API_SUPPORT",
  "TAG_API_SUPPORT",
  "TAG_BILL_SUPPORT",
  "CREATED_BY_TAG_BILL_SUPPORT",
  "CREATED_BY_TAG_CONSOLE_SUPPORT",
  "TAG_POLICY_PREVENTATIVE_CHECK_SUPPORT",
  "TAG_POLICY_CHECK_REMEDIATION_SUPPORT",
  "TAG_POLICY_RG_TAG_INHERIT_SUPPORT",
]);

/** The template has no `arn:` in front. */
function rowOf({ product, kind }: TaggableType, showsItems: boolean): AlibabaBody {
  return {
    ProductCode: product,
    ResourceType: kind,
    ArnTemplate: `acs:${product}:*:*:${kind}/\${ResourceId}`,
    ...(showsItems && { SupportItems: [{ SupportCode: TAG_CONSOLE_SUPPORT, Support: true, SupportDetails: [] }] }),
  };
}

/** Lists the types that can be tagged, the same in all regions. */
export const listSupportResourceTypes: AlibabaAction = {
  types: () => [],
  resourceIds: () => [],
  run({ parameters, cloud, account }) {
    const supportCode = parameters.get("SupportCode") ?? "";
    if (supportCode !== "" && !SUPPORT_CODES.has(supportCode)) throw tagErrors.supportCode();
    const product = (parameters.get("ProductCode") ?? "").toLowerCase();
    // The parameter is spelled so.
    const kind = (parameters.get("ResourceTye") ?? "").toLowerCase();
    const sizes = { from: 1, to: 1000, otherwise: 50 };
    const size = wholeNumber(parameters.get("MaxResult"), sizes, () => tagErrors.pageSize("MaxResult"));
    const query = JSON.stringify(["taggable", account, supportCode, product, kind]);
    const token = parameters.get("NextToken") ?? "";
    const start = token === "" ? { place: 0 } : cloud.tokens.open(query, token);
    if (start === undefined) throw tagErrors.token();

    const found = TAGGABLE_TYPES.filter(
      (taggable) =>
        (supportCode === "" || supportCode === TAG_CONSOLE_SUPPORT) &&
        (product === "" || taggable.product.toLowerCase() === product) &&
        (kind === "" || taggable.kind.toLowerCase() === kind),
    );
    const end = start.place + size;
    const showsItems = (parameters.get("ShowItems") ?? "").toLowerCase() === "true";
    return {
      NextToken: end < found.length ? cloud.tokens.issue(query, { place: end, offset: 0 }) : "",
      SupportResourceTypes: found.slice(start.place, end).map((taggable) => rowOf(taggable, showsItems)),
    };
  },
};
