import type { HuaweiAccountConfig } from "../../core/config/config.ts";
import type { Cloud } from "../cloud.ts";
import { asksForOthers } from "./asked.ts";
import { huaweiProvider } from "./provider.ts";

/** What makes the provider of an account. What serves all of an account is loaded only where its `types` ask for it. */
export async function loadHuawei(
  account: Pick<HuaweiAccountConfig, "types">,
): Promise<Cloud<HuaweiAccountConfig>["create"]> {
  if (!asksForOthers(account)) return huaweiProvider;
  return (await import("./whole.ts")).wholeHuaweiProvider;
}
