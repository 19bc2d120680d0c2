import { checkDomain, type HuaweiAnswer, type HuaweiCall, type HuaweiRouter } from "./call.ts";
import { huaweiError } from "./errors.ts";

/** A listing of what a whole account has: global, so every endpoint serves it, and for the account's own key alone. */
export function domainListing(path: string, action: string, list: (call: HuaweiCall) => HuaweiAnswer): HuaweiRouter {
  return (method, segments) => {
    if (method !== "GET" || segments.join("/") !== path) return undefined;
    return {
      action,
      facts: () => ({ types: [], resourceIds: [] }),
      global: true,
      tokenErrors: { missing: "APIGW.0301", wrong: "APIGW.0301" },
      usualError: "APIGW.0601",
      run(call) {
        checkDomain(call, () => huaweiError("PAP5.0001"));
        return list(call);
      },
    };
  };
}
