import {
  checkDomain,
  factsOf,
  type HuaweiAnswer,
  type HuaweiCall,
  type HuaweiOperation,
  type HuaweiRouter,
} from "./call.ts";
import { huaweiError } from "./errors.ts";
import { listAgencies, listUsers } from "./iam-principals.ts";
import { createTags, deleteTags, listTags } from "./iam-tags.ts";

const KINDS: ReadonlySet<string> = new Set(["user", "agency", "oidc_provider", "saml_provider"]);

function operation(
  name: string,
  target: { readonly kind: string; readonly id?: string },
  run: (call: HuaweiCall) => HuaweiAnswer,
): HuaweiOperation {
  return {
    action: `huawei:iam:${name}`,
    facts: () => factsOf(`huawei:iam:${target.kind}`, target.id),
    global: true,
    tokenErrors: { missing: "APIGW.0301", wrong: "APIGW.0301" },
    usualError: "APIGW.0601",
    run(call) {
      checkDomain(call, () => huaweiError("PAP5.0001"));
      return run(call);
    },
  };
}

/** By method and what follows `tags`. Current SDKs delete with DELETE, older clients with POST. */
const TAG_OPERATIONS: Readonly<Record<string, readonly [name: string, run: typeof createTags]>> = {
  "GET ": ["ListResourceTagsV5", listTags],
  "POST create": ["TagResourceV5", createTags],
  "DELETE delete": ["UntagResourceV5", deleteTags],
  "POST delete": ["UntagResourceV5", deleteTags],
};

/** IAM v5: global, so every Huawei endpoint serves it. */
export const routeIam: HuaweiRouter = (method, segments) => {
  const [version, collection = "", id = "", tags, verb = "", ...rest] = segments;
  if (version !== "v5" || rest.length > 0) return undefined;
  if (segments.length === 2 && method === "GET") {
    if (collection === "users") return operation("ListUsersV5", { kind: "user" }, listUsers);
    if (collection === "agencies") return operation("ListAgenciesV5", { kind: "agency" }, listAgencies);
  }
  const known = TAG_OPERATIONS[`${method} ${verb}`];
  if (tags !== "tags" || known === undefined || !KINDS.has(collection)) return undefined;
  const [name, run] = known;
  const principal = { kind: collection, id };
  return operation(name, principal, (call) => run(call, principal));
};
