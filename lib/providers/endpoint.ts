import type { AccountConfigBase } from "../core/config.ts";
import { ProviderError } from "../core/errors.ts";

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Where the calls of a region go: the account's own endpoint for it, else the one for `*`, else the cloud's.
 * Global resources go to the endpoint for `global`, else that of the region that serves them (`homeRegion`), else that
 * of the account's first region: a private or emulated cloud is never left for the public one.
 * @throws ProviderError where the endpoint is no URL, or is plain http beyond loopback.
 */
export function endpointFor(account: AccountConfigBase, region: string, cloudHost: string, homeRegion?: string): URL {
  const own = new Map(Object.entries(account.endpoints ?? {}));
  const names = region === "global" ? [region, homeRegion ?? "*", "*", ...account.regions] : [region, "*"];
  const name = names.find((one) => own.has(one)) ?? "";
  const text = own.get(name) ?? `https://${cloudHost}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname))) return url;
  throw new ProviderError({
    code: "InvalidEndpoint",
    kind: "access",
    message: `The endpoint "${text}" of region ${region} is not an https URL (plain http is for loopback only)`,
    httpStatus: 0,
    requestId: "",
  });
}
