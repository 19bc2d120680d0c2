/** One token of a listing, and how long it is the one that is remembered. */
export interface TokenMark {
  readonly token: string;
  /** Tokens that came after it. */
  readonly age: number;
  /** After this many of them another one is remembered. */
  readonly limit: number;
}

/**
 * Takes the next token of a listing in; undefined where the listing goes round in a circle. One token is remembered at a
 * time, each twice as long as the one before it, so any circle is found within three times its length and the way to
 * it, and what is kept stays small however long the listing is (Brent's algorithm).
 */
export function markToken(mark: TokenMark | undefined, token: string): TokenMark | undefined {
  if (mark === undefined) return { token, age: 0, limit: 1 };
  if (token === mark.token) return undefined;
  const age = mark.age + 1;
  return age < mark.limit ? { ...mark, age } : { token, age: 0, limit: mark.limit * 2 };
}
