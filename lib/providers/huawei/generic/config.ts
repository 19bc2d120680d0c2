import type { TagProvider } from "../../../app/ports/provider.ts";
import type { HuaweiAccountConfig } from "../../../core/config/config.ts";
import { ProviderError } from "../../../core/errors.ts";
import type { HuaweiClient } from "../client.ts";

/** What Config has of one account. */
export type ConfigCalls = Pick<TagProvider, "listInventory">;

export function configCalls(_client: HuaweiClient, _account: HuaweiAccountConfig): ConfigCalls {
  return {
    async listInventory(_region, type) {
      const message = `Huawei Cloud's inventory of ${type} is not read yet`;
      throw new ProviderError({ code: "UnsupportedType", kind: "request", message, httpStatus: 0, requestId: "" });
    },
  };
}
