import { expect, test } from "vitest";
import { createProvider } from "../../lib/providers/index.ts";
import { loadProvider } from "../../lib/providers/lazy.ts";
import { alibabaAccount, awsAccount, deps, huaweiAccount } from "./accounts.ts";

test.each([alibabaAccount, huaweiAccount, awsAccount])(
  "the loaded provider of $provider is the one of the list",
  async (account) => {
    const [loaded, listed] = [await loadProvider(account, deps), createProvider(account, deps)];
    expect(loaded.provider).toBe(account.provider);
    expect({ ...loaded.contracts }).toEqual({ ...listed.contracts });
    expect(Object.keys(loaded)).toEqual(Object.keys(listed));
    expect([loaded.account, loaded.regions]).toEqual([listed.account, listed.regions]);
  },
);
