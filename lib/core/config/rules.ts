import type { AccountConfigBase } from "./config.ts";

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether a URL leads to this machine and nowhere else. */
export function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  return LOOPBACK.has(new URL(endpoint).hostname);
}

function endpointProblem(endpoint: string): string | undefined {
  if (!URL.canParse(endpoint)) return 'must be a URL such as "https://host"';
  const url = new URL(endpoint);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "must start with https://";
  if (url.protocol === "http:" && !isLoopback(endpoint)) {
    return "is plain http, which is for loopback only; write https://";
  }
  if (url.username !== "" || url.password !== "") return "must not hold a user or password; use credentials";
  if (url.search !== "" || url.hash !== "") return "must be without ? and #";
  return undefined;
}

/** What is wrong with an account's endpoints, each named by its region. */
export function checkEndpoints(
  account: Pick<AccountConfigBase, "regions" | "endpoints">,
): readonly { readonly key: string; readonly problem: string }[] {
  const found: { key: string; problem: string }[] = [];
  for (const [key, endpoint] of Object.entries(account.endpoints ?? {})) {
    if (key !== "*" && key !== "global" && !account.regions.includes(key)) {
      found.push({
        key,
        problem: "is for a region that `regions` doesn't name; add the region or remove the endpoint",
      });
    }
    const problem = endpointProblem(endpoint);
    if (problem !== undefined) found.push({ key, problem });
  }
  return found;
}

const REFERENCE = /^(env|file|secret|web-identity):(.*)$/s;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Why a credential is not usable as it stands; its value is never repeated, since it may be a secret. */
export function checkCredential(
  reference: string,
  account: {
    readonly secret: boolean;
    readonly local: boolean;
    /** Whether a token with which AWS says who we are is of any use there. */
    readonly identity?: boolean;
  },
): string | undefined {
  const [, scheme, rest = ""] = REFERENCE.exec(reference) ?? [];
  if (scheme === "env") return NAME.test(rest) ? undefined : "must be env:NAME, the name of an environment variable";
  if (scheme === "web-identity") {
    if (account.identity !== true) return "must not be web-identity:AUDIENCE, which is for oidcToken";
    return rest === "" ? "must be web-identity:AUDIENCE" : undefined;
  }
  if (scheme !== undefined) {
    return rest === "" || rest.startsWith("#")
      ? `must be ${scheme}:${scheme === "file" ? "PATH" : "NAME"}#key`
      : undefined;
  }
  if (!account.secret || account.local) return undefined;
  return "is a literal secret, which is for loopback endpoints only; write env:NAME, file:PATH#key or secret:NAME#key";
}
