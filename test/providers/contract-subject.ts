import type { ApiCall, TagProvider } from "../../lib/app/ports/provider.ts";
import type { ResourceType, Tags } from "../../lib/core/resource.ts";

/** One row of the contract suite. What a row can't do, e.g. filter by tags, is told by its type's contract. */
export interface ContractRow {
  readonly name: string;
  /** The type that calls name: `aws:*:*` for AWS. */
  readonly type: ResourceType;
  /**
   * How the cloud behind it pages: by tokens that the cloud hands out, or by counting rows, where the tokens are ours
   * and can't repeat. `none`: there is no wire, and so no key, nothing that hangs and no page to be told in advance.
   */
  readonly wire: "none" | "counted" | "tokens";
  /** Whether a listing finds a key whatever its value. */
  readonly findsKeys: boolean;
}

/** A cloud to hold a provider against: what exists is set and seen here without going through the provider. */
export interface ContractSubject {
  readonly provider: TagProvider;
  readonly region: string;
  /** The nth of ids, or names, that are legal here. */
  id(n: number): string;
  create(id: string, tags?: Tags): void;
  /** Undefined where there is no such resource. */
  tagsOf(id: string): Tags | undefined;
  /** Requests that reached the cloud. */
  requests(): number;
  /** Makes the next request go wrong. */
  next(fault: "throttle" | "drop-response" | "hang"): void;
  /** Calls as the provider's observer was told of them. */
  readonly observed: readonly ApiCall[];
  /** Absent where the row says `none`. */
  readonly wire?: WireSubject;
  close(): Promise<void>;
}

export interface WireSubject {
  /** The same account with a key that the cloud doesn't know, or a secret that doesn't match. */
  withWrongKey(what: "id" | "secret"): TagProvider;
  /** The same account with a short timeout. */
  impatient(): TagProvider;
  /**
   * The ids of all pages of a listing that is told in advance, over the cloud's own wire format, as the provider reads
   * them. The last page is given for ever.
   */
  read(script: readonly ScriptedPage[]): Promise<readonly string[]>;
}

export interface ScriptedPage {
  readonly ids: readonly string[];
  /** Absent = the last page. */
  readonly next?: string;
}
