/** What senders know. `isFresh`: as it is kept now, and not as it was read within the last minute. */
export type SecretSource = (isFresh: boolean) => Promise<readonly string[]>;

/** How often secrets are read anew because none fits: a stranger who guesses costs no more than that. */
const READ_AGAIN_MS = 10_000;

/**
 * Whether a request fits one of the secrets. Where it fits none they are read anew, so that a secret that was replaced
 * holds from the next request on. Throws where they can't be read: nobody knows then whether the request is refused.
 */
export function knownSecret(
  read: SecretSource,
): (fits: (secrets: readonly string[]) => boolean, now: number) => Promise<boolean> {
  let readAgainAt = -Infinity;
  return async (fits, now) => {
    if (fits(await read(false))) return true;
    if (now - readAgainAt < READ_AGAIN_MS) return false;
    const secrets = await read(true);
    readAgainAt = now;
    return fits(secrets);
  };
}
