import type { AlibabaAccountConfig } from "../../core/config/config.ts";
import type { Cloud } from "../cloud.ts";
import { asksForOthers } from "./asked.ts";
import { alibabaProvider } from "./provider.ts";

/** What makes the provider of an account. What serves all of an account is loaded only where its `types` ask for it. */
export async function loadAlibaba(
  account: Pick<AlibabaAccountConfig, "types">,
): Promise<Cloud<AlibabaAccountConfig>["create"]> {
  if (!asksForOthers(account)) return alibabaProvider;
  return (await import("./whole.ts")).wholeAlibabaProvider;
}
