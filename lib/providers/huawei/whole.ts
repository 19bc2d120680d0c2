import type { HuaweiAccountConfig } from "../../core/config/config.ts";
import type { ClientDeps } from "../client-deps.ts";
import { genericRow } from "./generic/row.ts";
import { huaweiProvider } from "./provider.ts";

/**
 * One Huawei Cloud account with everything that can be tagged in it. It holds on to the provider of the others, so that
 * they share their files in a function's package instead of cutting them in pieces.
 */
export const wholeHuaweiProvider = (account: HuaweiAccountConfig, deps: ClientDeps) =>
  huaweiProvider(account, deps, genericRow);
