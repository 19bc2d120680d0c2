import type { ApiCall, ProviderRegistry } from "../../app/ports/provider.ts";
import { systemClock } from "../../app/ports/system-clock.ts";
import type { Config } from "../../core/config/config.ts";
import { asObject } from "../../core/json.ts";
import type { CompiledPolicies } from "../../core/policy/compiled.ts";
import { loadProvider } from "../../providers/lazy.ts";
import { createRegistry } from "../../app/cloud/route.ts";
import type { Telemetry } from "../telemetry.ts";
import type { AwsClients } from "./aws-clients.ts";
import { createCredentialResolver } from "./credentials.ts";
import type { Variables } from "./environment.ts";
import { loadJson, problemAt } from "./load-json.ts";

/** Where a function finds what it was deployed with. */
export interface SettingsLocation {
  readonly TAGWARDEN_POLICIES: string;
  readonly TAGWARDEN_CONFIG: string;
}

/**
 * Compiled policies. They were checked when they were compiled; what is looked at here is only that the file is such a
 * file. Throws an InputError that names the variable, or SettingsUnavailable where they lie in a bucket.
 */
export async function loadCompiledPolicies(
  { TAGWARDEN_POLICIES: location }: Pick<SettingsLocation, "TAGWARDEN_POLICIES">,
  aws: AwsClients,
): Promise<CompiledPolicies> {
  const document = await loadJson("TAGWARDEN_POLICIES", location, aws);
  if (!isCompiledPolicies(document)) {
    throw problemAt(
      location,
      `TAGWARDEN_POLICIES: ${location} holds no compiled policies. Make it with \`tagwarden policy compile\`.`,
    );
  }
  return document;
}

/** The configuration, checked and with its defaults filled in when it was deployed. */
export async function loadConfig(
  { TAGWARDEN_CONFIG: location }: Pick<SettingsLocation, "TAGWARDEN_CONFIG">,
  aws: AwsClients,
): Promise<Config> {
  const document = await loadJson("TAGWARDEN_CONFIG", location, aws);
  if (!isConfig(document)) {
    throw problemAt(
      location,
      `TAGWARDEN_CONFIG: ${location} holds no checked configuration: it needs settleSeconds and accounts.`,
    );
  }
  return document;
}

export interface ProviderSettings {
  readonly aws: AwsClients;
  readonly telemetry: Pick<Telemetry, "metrics">;
  /** For one call. */
  readonly timeoutMs?: number;
  /** For functions that never write: keys of roles can only read. */
  readonly readOnly?: boolean;
}

/** The providers of all configured accounts; each of their calls is counted in the metrics. */
export async function openProviders(
  config: Config,
  variables: Variables,
  { aws, telemetry, timeoutMs, readOnly = false }: ProviderSettings,
): Promise<ProviderRegistry> {
  const { metrics } = telemetry;
  const credential = createCredentialResolver(variables, aws);
  const observe = ({ error, durationMs }: Pick<ApiCall, "error" | "durationMs">): void => {
    metrics.addMetric("providerCalls", "Count", 1);
    metrics.addMetric("providerCallDuration", "Milliseconds", durationMs);
    if (error !== undefined) metrics.addMetric("providerErrors", "Count", 1);
    if (error?.kind === "throttled") metrics.addMetric("providerThrottles", "Count", 1);
  };
  const deps = { credential, clock: systemClock, observe, timeoutMs, readOnly };
  return createRegistry(await Promise.all(config.accounts.map((account) => loadProvider(account, deps))));
}

function isCompiledPolicies(document: unknown): document is CompiledPolicies {
  const { version, hash, policies, exemptions, limits } = asObject(document) ?? {};
  return (
    version === 1 &&
    typeof hash === "string" &&
    Array.isArray(policies) &&
    Array.isArray(exemptions) &&
    Array.isArray(limits)
  );
}

function isConfig(document: unknown): document is Config {
  const { settleSeconds, accounts } = asObject(document) ?? {};
  return typeof settleSeconds === "number" && Array.isArray(accounts);
}
