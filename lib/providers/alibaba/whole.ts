import type { AlibabaAccountConfig } from "../../core/config/config.ts";
import type { ClientDeps } from "../client-deps.ts";
import { genericRow } from "./generic/row.ts";
import { alibabaProvider } from "./provider.ts";

/**
 * One Alibaba Cloud account with everything that can be tagged in it. It holds on to the provider of the others, so that
 * they share their files in a function's package instead of cutting them in pieces.
 */
export const wholeAlibabaProvider = (account: AlibabaAccountConfig, deps: ClientDeps) =>
  alibabaProvider(account, deps, genericRow);
