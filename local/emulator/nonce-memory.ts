/** Remembers nonces for as long as a request that carries one could still be replayed. */
export interface NonceMemory {
  /** False where the nonce was used before. */
  use(keyId: string, nonce: string): boolean;
  clear(): void;
}

/** Two generations: a nonce is kept for at least `lifetimeMs` and at most twice as long. */
export function createNonceMemory(lifetimeMs: number, now: () => number): NonceMemory {
  let current = new Set<string>();
  let previous = new Set<string>();
  let since = now();
  return {
    use(keyId, nonce) {
      const time = now();
      if (time - since >= lifetimeMs) {
        previous = time - since >= 2 * lifetimeMs ? new Set() : current;
        current = new Set();
        since = time;
      }
      const key = `${keyId}\n${nonce}`;
      if (current.has(key) || previous.has(key)) return false;
      current.add(key);
      return true;
    },
    clear() {
      current = new Set();
      previous = new Set();
    },
  };
}
