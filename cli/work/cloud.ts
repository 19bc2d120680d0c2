import type { Caller } from "../../lib/app/cloud/call.ts";
import { createRateLimiter, type RateLimiter } from "../../lib/app/cloud/rate/limiter.ts";
import { quotasOf, withQuotas } from "../../lib/app/cloud/rate/share.ts";
import { createRouter, type Router, createRegistry } from "../../lib/app/cloud/route.ts";
import type { Deadline } from "../../lib/app/ports/invocation.ts";
import type { ProviderRegistry } from "../../lib/app/ports/provider.ts";
import { systemClock } from "../../lib/app/ports/system-clock.ts";
import type { Config } from "../../lib/core/config/config.ts";
import { InputError } from "../../lib/core/errors.ts";
import { createProvider } from "../../lib/providers/index.ts";
import { loadConfig } from "../input/config.ts";
import type { Io } from "../io.ts";
import { stderrLog } from "../output/stderr-log.ts";
import { tellWait } from "../output/tell-wait.ts";
import { createCallRecord, type CallRecord } from "./call-record.ts";
import { credentialResolver, isLocalReference } from "../input/credentials.ts";
import { patientCaller } from "./patient-caller.ts";
import { clockUntil } from "./stop.ts";
import { createWatch, type Watch } from "./watch.ts";

/** The configured accounts, ready to be called. */
export interface Cloud {
  readonly config: Config;
  readonly registry: ProviderRegistry;
  readonly route: Router;
  readonly limiter: RateLimiter;
  readonly deadline: Deadline;
  readonly caller: Caller;
  readonly record: CallRecord;
  /** How far the calls are. */
  readonly watch: Watch;
}

/** One call may take this long, from connecting to the last byte. */
const LONGEST_CALL_MS = 10_000;

/** The number of seconds of an option such as `--max-seconds`. */
export function parseSeconds(text: string, option: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400))
    throw new InputError(`${option} ${text}: must be a number of seconds above 0`);
  return seconds;
}

/**
 * Opens the accounts of a configuration file. No call is made yet, but references to environment and files are looked
 * up, so that a wrong one is an InputError here and not a failed call later.
 */
export async function openCloud(configPath: string, maxSeconds: number, io: Io): Promise<Cloud> {
  const config = await loadConfig(configPath, io);
  const credential = credentialResolver(configPath, io);
  for (const { credentials } of config.accounts) {
    for (const reference of Object.values(credentials ?? {}))
      if (isLocalReference(reference)) await credential(reference);
  }
  const record = createCallRecord();
  const watch = createWatch();
  const timeoutMs = Math.min(LONGEST_CALL_MS, maxSeconds * 1000);
  const deps = { credential, clock: systemClock, random: Math.random, observe: record.observe, timeoutMs };
  const registry = createRegistry(config.accounts.map((account) => watch.over(createProvider(account, deps))));
  const limiter = withQuotas(createRateLimiter(systemClock), quotasOf(registry));
  const endsAt = systemClock.now() + maxSeconds * 1000;
  const deadline = { remainingMs: () => (io.signal.aborted ? 0 : endsAt - systemClock.now()) };
  const caller = patientCaller(
    { clock: clockUntil(io.signal), random: Math.random, limiter, deadline, reserveMs: 0, log: stderrLog(io) },
    tellWait("call", maxSeconds, io),
  );
  return { config, registry, route: createRouter(registry, config.accounts), limiter, deadline, caller, record, watch };
}
