import type { ResourceRef } from "../../lib/core/resource.ts";
import type { EmulatedResource } from "./emulated-resource.ts";
import type { TagPairs } from "./tag-pairs.ts";

/** One change to what exists, `at` so many milliseconds since the epoch. JSON as it stands. */
export type WorldChange = { readonly at: number } & (
  | { readonly did: "create"; readonly resource: EmulatedResource }
  | { readonly did: "remove"; readonly ref: ResourceRef }
  /** An API call has written: tags set (key, value, key, value) and keys removed, whether or not that made a difference. */
  | {
      readonly did: "write";
      readonly ref: ResourceRef;
      readonly set?: TagPairs;
      readonly unset?: readonly string[];
      /** How long after its answer it takes effect; at once where absent. */
      readonly afterMs?: number;
    }
  | { readonly did: "clear" }
);

/** A request that an emulated cloud has let in, whatever became of it. */
export interface AdmittedCall {
  readonly did: "call";
  readonly at: number;
  readonly action: string;
  readonly account: string;
  readonly region: string;
}

/** What the emulated clouds can tell of what happens to them. */
export type CloudEntry = WorldChange | AdmittedCall;
