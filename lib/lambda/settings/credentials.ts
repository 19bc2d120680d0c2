import type { Clock } from "../../app/ports/invocation.ts";
import { systemClock } from "../../app/ports/system-clock.ts";
import { lazily } from "../../core/lazily.ts";
import type { AwsClients } from "./aws-clients.ts";
import type { Variables } from "./environment.ts";

/**
 * Resolves a credential reference: `env:NAME`, `file:PATH#key`, `secret:NAME#key` (AWS Secrets Manager),
 * `web-identity:AUDIENCE` (a token with which AWS says who we are), or a literal, which the configuration's check has
 * allowed beside loopback endpoints only. `#key` names a field of a JSON object; without it the whole text counts.
 * Files, secrets and tokens are kept for a minute; for whoever asks for a fresh one, a second.
 * Throws an InputError that names the reference, never the value; where AWS can't answer just now, a ProviderError of kind
 * transient, so that nobody is refused for good who would be let in a moment later.
 */
export function createCredentialResolver(
  variables: Variables,
  aws: Pick<AwsClients, "secrets" | "sts">,
  clock: Pick<Clock, "now"> = systemClock,
): (reference: string, isFresh?: boolean) => Promise<string> {
  // With it come AWS's tables of errors, which functions of other clouds do without.
  const stored = lazily(async () => (await import("./stored-credentials.ts")).createStoredResolver(aws, clock));
  return async (reference, isFresh = false) => {
    const scheme = /^(env|file|secret|web-identity):/.exec(reference)?.[1];
    if (scheme === undefined) return reference;
    const value = scheme === "env" ? variables[reference.slice(scheme.length + 1)] : undefined;
    return value ?? (await stored())(reference, isFresh);
  };
}
