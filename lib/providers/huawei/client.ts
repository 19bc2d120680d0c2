import { projectsIn, type HuaweiAccountConfig } from "../../core/config/config.ts";
import { ProviderError } from "../../core/errors.ts";
import { canonicalQuery } from "../canonical-query.ts";
import type { ClientDeps } from "../client-deps.ts";
import type { CachedCredentials } from "../credentials.ts";
import { endpointFor } from "../endpoint.ts";
import type { HttpRequest } from "../http.ts";
import type { JsonObject } from "../../core/json.ts";
import { signedClient } from "../signed-client.ts";
import { readAnswer } from "./errors.ts";
import { authorization, sdkDate, type HuaweiCredentials } from "./sign.ts";

export interface HuaweiCall {
  readonly service: "iam" | "apig" | "tms" | "rms" | "organizations" | "sts";
  /** As `calls` names it, without provider and service. */
  readonly action: string;
  readonly method: HttpRequest["method"];
  /** Encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly region: string;
  /** Absent = the region's only one. */
  readonly project?: string | undefined;
  readonly write: boolean;
  readonly resourceIds: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Sends one call and gives its answer, `{}` where it has no body. Throws ProviderError and nothing else. */
export type HuaweiClient = (call: HuaweiCall) => Promise<HuaweiAnswer>;

interface HuaweiAnswer {
  readonly body: JsonObject;
  readonly requestId: string;
}

/** Served at one host for all regions, and about an account and not one project of it, whatever a call names. */
const OF_THE_ACCOUNT: ReadonlySet<HuaweiCall["service"]> = new Set(["iam", "tms", "rms", "organizations"]);

function originOf({ service, region }: HuaweiCall, account: HuaweiAccountConfig): URL {
  const place = service === "tms" || service === "rms" ? "global" : region;
  const host = place === "global" ? `${service}.myhuaweicloud.com` : `${service}.${place}.myhuaweicloud.com`;
  return endpointFor(account, place, host);
}

/**
 * Resources of a region belong to a project, global ones to the account's domain. Whoever takes an agency comes from another
 * account, mostly, and is known by the key.
 */
function scopeOf({ service, region, project }: HuaweiCall, account: HuaweiAccountConfig): Record<string, string> {
  if (service === "sts") return {};
  if (OF_THE_ACCOUNT.has(service)) return { "x-domain-id": account.account };
  return { "x-project-id": projectOf(account, region, project) };
}

/** The project of a region that is meant: the one that is named, or its only one; or what is wrong with that. */
export function projectIn(
  account: HuaweiAccountConfig,
  region: string,
  named: string | undefined,
): { readonly project: string } | { readonly problem: string } {
  const known = projectsIn(account, region);
  const [only, ...others] = known;
  const project = named ?? (others.length === 0 ? only : undefined);
  if (project !== undefined && known.includes(project)) return { project };
  const name = `account ${account.account}`;
  if (project !== undefined) {
    const list = [...known, project].join(", ");
    return {
      problem: `project ${project} of ${name} is not in the configuration: add it to its \`projects\`, as ${region}: [${list}]`,
    };
  }
  if (account.notEntered !== undefined && known.length === 0) {
    return {
      problem: `${name} could not be entered when the configuration was compiled (${account.notEntered}), so that its projects are not known: compile it again when it can be`,
    };
  }
  return {
    problem:
      known.length === 0
        ? `${name} has no project for region ${region}: add it to \`projects\``
        : `${name} has several projects in ${region}: name the resource's \`project\`, one of ${known.join(", ")}`,
  };
}

/** The project that a call is for. */
export function projectOf(account: HuaweiAccountConfig, region: string, named?: string): string {
  const found = projectIn(account, region, named);
  if ("project" in found) return found.project;
  const { problem: message } = found;
  throw new ProviderError({ code: "MissingProject", kind: "access", message, httpStatus: 0, requestId: "" });
}

/** A client for Huawei Cloud's APIs, signed by key pair (SDK-HMAC-SHA256) or carrying a token. */
export function huaweiClient(
  account: HuaweiAccountConfig,
  credentials: CachedCredentials<HuaweiCredentials>,
  deps: ClientDeps,
): HuaweiClient {
  const { clock } = deps;

  function authorized(call: HuaweiCall, key: HuaweiCredentials): HttpRequest {
    const { method, path, region, write } = call;
    const origin = originOf(call, account);
    const query = canonicalQuery(call.query ?? {});
    const body = call.body === undefined ? "" : JSON.stringify(call.body);
    const scope = scopeOf(call, account);
    const common: Record<string, string> = { host: origin.host, "content-type": "application/json", ...scope };
    const unsigned = { accept: "application/json", "user-agent": "tagwarden" };
    const url = { method, origin, path: query === "" ? path : `${path}?${query}`, body, region, write };
    if ("token" in key) return { ...url, headers: { ...common, ...unsigned, "x-auth-token": key.token } };
    const headers: Record<string, string> = {
      ...common,
      "x-sdk-date": sdkDate(clock.now()),
      ...(key.securityToken === undefined ? {} : { "x-security-token": key.securityToken }),
    };
    const signature = authorization({ method, path, query, headers, body }, key);
    return { ...url, headers: { ...headers, ...unsigned, authorization: signature } };
  }

  return signedClient(
    {
      account: account.account,
      credentials,
      action: ({ service, action }) => `huawei:${service}:${action}`,
      sign: authorized,
      read: readAnswer,
    },
    deps,
  );
}
