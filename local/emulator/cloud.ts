import type { Directory } from "./directory.ts";
import type { ResourceCenterState } from "./alibaba/resource-center/state.ts";
import type { Gate } from "./gate.ts";
import type { RecorderState } from "./huawei/config/state.ts";
import type { TmsState } from "./huawei/tms/state.ts";
import type { IdentityIssuer } from "./identity-issuer.ts";
import type { Keyring } from "./keyring.ts";
import type { NonceMemory } from "./nonce-memory.ts";
import type { PageTokens } from "./page-tokens.ts";
import type { VisibleWorld } from "./world.ts";

/** What all emulated clouds stand on. */
export interface Cloud {
  readonly world: VisibleWorld;
  readonly keyring: Keyring;
  readonly gate: Gate;
  readonly tokens: PageTokens;
  readonly nonces: NonceMemory;
  /** The one that the accounts' identity providers trust. */
  readonly issuer: IdentityIssuer;
  /** Counts a request for `calls`. */
  count(action: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** How long an AWS PaginationToken lives, in milliseconds. */
  readonly paginationTokenMs: number;
  /** The most rows that a page of Alibaba Cloud's Tag service and Resource Center holds, whatever a call asks for. */
  readonly mostRows?: number | undefined;
  /** Whether Alibaba Cloud's Tag service answers with the ARNs that it was asked with; otherwise in its own codes. */
  readonly arnsAsSent?: boolean;
  /** What the pages of Huawei Cloud's TMS leave open. */
  readonly tms?: TmsState | undefined;
  /** How the resource recorder of Huawei Cloud's Config stands; on, and open to all, where absent. */
  readonly recorder?: RecorderState | undefined;
  /** How Alibaba Cloud's Resource Center stands; on, and open to all, where absent. */
  readonly resourceCenter?: ResourceCenterState | undefined;
  /** The resource directory of the Alibaba Cloud accounts; all of them where absent, under the first. */
  readonly directory?: Directory | undefined;
  /** The organization of the Huawei Cloud accounts, likewise. */
  readonly organization?: Directory | undefined;
}

/** How far a request's timestamp may be off, in milliseconds: 15 minutes on all three clouds. */
export const CLOCK_SKEW_MS = 15 * 60_000;
