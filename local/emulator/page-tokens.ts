import { createHash, randomBytes } from "node:crypto";

/** Where a listing goes on: after a place in the order of appearance (or an index), and so many tags into it. */
export interface PagePosition {
  readonly place: number;
  readonly offset: number;
}

/**
 * Page tokens: 32 hexadecimal digits that carry their position, so that a page costs the same however far it is, and
 * that only open for the query that they were issued for.
 */
export interface PageTokens {
  issue(query: string, position: PagePosition): string;
  /** Undefined where the token is malformed, forged, or belongs to another query. */
  open(query: string, token: string): (PagePosition & { readonly issuedAt: number }) | undefined;
}

const TOKEN = /^[0-9a-f]{32}$/;
const PAYLOAD_BYTES = 12;

/** Tokens are valid for whoever has the same secret; by default nobody else has. */
export function createPageTokens(now: () => number, secret: Uint8Array = randomBytes(16)): PageTokens {
  function seal(query: string, payload: Buffer): Buffer {
    return createHash("sha256").update(secret).update(payload).update(query).digest().subarray(0, 4);
  }

  return {
    issue(query, { place, offset }) {
      const payload = Buffer.alloc(PAYLOAD_BYTES);
      payload.writeUIntBE(place, 0, 4);
      payload.writeUIntBE(offset, 4, 2);
      payload.writeUIntBE(now(), 6, 6);
      return Buffer.concat([payload, seal(query, payload)]).toString("hex");
    },
    open(query, token) {
      if (!TOKEN.test(token)) return undefined;
      const bytes = Buffer.from(token, "hex");
      const payload = bytes.subarray(0, PAYLOAD_BYTES);
      if (!bytes.subarray(PAYLOAD_BYTES).equals(seal(query, payload))) return undefined;
      return {
        place: payload.readUIntBE(0, 4),
        offset: payload.readUIntBE(4, 2),
        issuedAt: payload.readUIntBE(6, 6),
      };
    },
  };
}
