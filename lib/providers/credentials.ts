import { InputError, ProviderError, type ErrorKind } from "../core/errors.ts";
import type { ClientDeps } from "./client-deps.ts";

export interface CachedCredentials<Key> {
  get(): Promise<Key>;
  /**
   * The provider refused this key: whether there is another one by now, because it was changed where it is kept. A role's
   * key is only forgotten: a new one of the same role would be another one each time, and be refused for the same reason.
   * @throws ProviderError where it can't be looked up.
   */
  replace(refused: Key): Promise<boolean>;
}

interface Expiring {
  /** Milliseconds since the epoch; absent = never. */
  readonly expiresAt?: number;
}

/** Fetched again this long before they expire, so that a call never carries a key that dies on its way. */
const MARGIN_MS = 5 * 60_000;
/** A key that may do too little is refused at each call, and is not looked up each time. */
const REPLACED_EVERY_MS = 10_000;

/** The error of a call for which there is no key. `kind`: whether only people can change that. */
export function credentialsUnavailable(
  account: string,
  kind: Extract<ErrorKind, "access" | "throttled" | "transient">,
  cause: unknown,
): ProviderError {
  const message = `No credentials for account ${account}: ${reasonOf(cause)}`;
  return new ProviderError({ code: "CredentialsUnavailable", kind, message, httpStatus: 0, requestId: "", cause });
}

/** The SDK's errors have the service's code for a name. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown error";
  const { name, message } = cause;
  return name === "Error" || cause instanceof InputError ? message : `${name}: ${message}`;
}

/**
 * Fetches credentials when they are first needed, and keeps them until they expire or are replaced. A failure is not
 * kept.
 * @throws ProviderError where they can't be had: of kind access only where the configuration is wrong, or whoever hands
 * them out refuses them.
 */
export function cachedCredentials<Key>(
  account: string,
  { clock, credential }: Pick<ClientDeps, "clock" | "credential">,
  fetchKey: (credential: (reference: string) => Promise<string>) => Promise<Key & Expiring>,
): CachedCredentials<Key> {
  let current: Promise<Key & Expiring> | undefined;
  let replacedAt = -Infinity;
  const fetchNow = async (isFresh = false) => {
    try {
      return await fetchKey((reference) => credential(reference, isFresh));
    } catch (cause) {
      current = undefined;
      if (cause instanceof ProviderError) throw cause;
      throw credentialsUnavailable(account, cause instanceof InputError ? "access" : "transient", cause);
    }
  };
  return {
    async get() {
      const known = (current ??= fetchNow());
      const key = await known;
      if (key.expiresAt === undefined || key.expiresAt - MARGIN_MS > clock.now()) return key;
      // Calls that run side by side share one renewal.
      if (current === known) current = fetchNow();
      return current ?? fetchNow();
    },
    async replace(refused) {
      while (current !== undefined) {
        const known = current;
        const key = await known;
        // Another call that was refused may have replaced it meanwhile.
        if (current !== known) continue;
        if (JSON.stringify(key) !== JSON.stringify(refused)) return true;
        if (clock.now() - replacedAt < REPLACED_EVERY_MS) break;
        replacedAt = clock.now();
        current = key.expiresAt === undefined ? fetchNow(true) : undefined;
      }
      return false;
    },
  };
}
