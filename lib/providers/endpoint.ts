import type { AccountConfigBase } from "../core/config/config.ts";
import { ProviderError } from "../core/errors.ts";

/** What region names look like everywhere. They become part of host names, and may come from an event. */
const REGION = /^[a-z0-9-]{1,64}$/;

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Where the calls of a region go: the account's own endpoint for it, else the one for `*`, else the cloud's.
 * Global resources go to the endpoint for `global`, else that of the region that serves them (`homeRegion`), else that
 * of the account's first region: a private or emulated cloud is never left for the public one.
 * @throws ProviderError where the region is none, or the endpoint is no URL or plain http beyond loopback.
 */
export function endpointFor(account: AccountConfigBase, region: string, cloudHost: string, homeRegion?: string): URL {
  if (!REGION.test(region)) throw unusable("InvalidRegion", `"${region.slice(0, 100)}" is not a region`);
  const own = new Map(Object.entries(account.endpoints ?? {}));
  const names = region === "global" ? [region, homeRegion ?? "*", "*", ...account.regions] : [region, "*"];
  const name = names.find((one) => own.has(one)) ?? "";
  const text = own.get(name) ?? `https://${cloudHost}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname))) return url;
  const message = `The endpoint "${text}" of region ${region} is not an https URL (plain http is for loopback only)`;
  throw unusable("InvalidEndpoint", message);
}

function unusable(code: string, message: string): ProviderError {
  return new ProviderError({ code, kind: "access", message, httpStatus: 0, requestId: "" });
}
