import { ProviderError } from "../core/errors.ts";

export interface CachedCredentials<Key> {
  get(): Promise<Key>;
  /** Fetches again next time: the provider refused what we have. */
  forget(): void;
}

interface Expiring {
  /** Milliseconds since the epoch; absent = never. */
  readonly expiresAt?: number;
}

/**
 * Fetches credentials when they are first needed, and keeps them until they expire or are forgotten. A failure is not
 * kept.
 * @throws ProviderError of kind access where they can't be had.
 */
export function cachedCredentials<Key>(
  account: string,
  now: () => number,
  fetchKey: () => Promise<Key & Expiring>,
): CachedCredentials<Key> {
  /** Fetched again this long before they expire, so that a call never carries a key that dies on its way. */
  const marginMs = 5 * 60_000;
  let current: Promise<Key & Expiring> | undefined;
  const fetchNow = async () => {
    try {
      return await fetchKey();
    } catch (cause) {
      current = undefined;
      if (cause instanceof ProviderError) throw cause;
      const reason = cause instanceof Error ? cause.message : "unknown error";
      const message = `No credentials for account ${account}: ${reason}`;
      throw new ProviderError({
        code: "CredentialsUnavailable",
        kind: "access",
        message,
        httpStatus: 0,
        requestId: "",
        cause,
      });
    }
  };
  return {
    async get() {
      const known = (current ??= fetchNow());
      const key = await known;
      if (key.expiresAt === undefined || key.expiresAt - marginMs > now()) return key;
      // Calls that run side by side share one renewal.
      if (current === known) current = fetchNow();
      return current ?? fetchNow();
    },
    forget() {
      current = undefined;
    },
  };
}
