import type { MessagePart } from "../../lib/app/ports/messages.ts";
import type { AccountConfig, IngestConfig } from "../../lib/core/config/config.ts";
import type { Resource, Tags } from "../../lib/core/resource.ts";
import type { CloudFault } from "../cloud-fault.ts";
import type { Existing } from "../clouds.ts";
import type { Hiccup } from "../hiccup.ts";
import type { SimPolicies } from "../policies.ts";

/** When the first thing of every schedule happens: twenty minutes before a full hour, so that write caps roll over. */
export const START = Date.UTC(2026, 10, 22, 11, 40);
/** From then on the clouds behave and people rest, so that everything can come to its end. */
export const CALM = START + 15 * 60_000;
/** A schedule that isn't at rest by then never comes to its end. */
export const HORIZON = CALM + 48 * 3_600_000;

/** What exists, or will: the truth that nobody in the schedule knows whole. */
export interface SimResource extends Existing {
  readonly createdAt: number;
  /**
   * Every tag call with it is refused; `named`: the error says which resource it was; `unheard`: no table has its code.
   * `unreadable`: it is each read with it that is refused, with a code that no table has.
   */
  readonly poison: "named" | "unnamed" | "unheard" | "unreadable" | undefined;
  /** What the event of its creation says. */
  readonly created: Resource;
  readonly requestTags: Tags;
  /** Nobody who tells of it may speak for it. */
  readonly isStranger: boolean;
  /** The configuration leaves its type out. */
  readonly isLeftOut: boolean;
}

/** One body on the queue: what it says was created, or that nobody can read it or need care for it. */
export type SimBody =
  | {
      readonly kind: "created";
      readonly resources: readonly SimResource[];
      /** Who brings it, on an attribute of the message; absent = a rule. */
      readonly sender?: string;
      /** Why its envelope is not that of what it tells of. */
      readonly forged?: string;
    }
  | { readonly kind: "unreadable" }
  | { readonly kind: "not-a-creation" };

export interface SimMessage {
  readonly body: number;
  readonly sentAt: number;
}

/** How often what else can go wrong does, until the calm. */
export interface Mishaps {
  readonly crash: number;
  readonly duplicate: number;
  readonly deleteLost: number;
  readonly sendAgain: number;
  readonly store: number;
  readonly record: number;
  readonly clockJump: number;
}

/** How the Tag service of Alibaba Cloud answers. */
export interface GenericRow {
  /** A page may be shorter than was asked for. */
  readonly rowsPerPage: number;
  /** Whether its answers spell ARNs as calls do. */
  readonly arnsAsSent: boolean;
}

export interface Scenario {
  readonly seed: number;
  readonly policies: SimPolicies;
  readonly accounts: readonly AccountConfig[];
  readonly mode: "enforce" | "report";
  readonly settleSeconds: number;
  readonly resources: readonly SimResource[];
  readonly bodies: readonly SimBody[];
  readonly messages: readonly SimMessage[];
  readonly faults: readonly CloudFault[];
  readonly mishaps: Mishaps;
  readonly hiccups: readonly Hiccup[];
  /** For how long a message comes back. */
  readonly waitMs: number;
  /** Whether a process needs the bucket before it can do anything. */
  readonly settingsInStore: boolean;
  /** Accounts whose keys are a role's, and are asked for each hour. */
  readonly roles: ReadonlySet<string>;
  readonly ingest: IngestConfig;
  /** Kinds of faults that are in this schedule, for the trace. */
  readonly faultNames: readonly string[];
  /** How many things people do, and how often one of them hits a resource that was just read. */
  readonly people: { readonly actions: number; readonly meddling: number };
  readonly containers: number;
  readonly batchSize: number;
  readonly errorsNameResource: boolean;
  readonly generic: GenericRow;
}

/** Those of an event's resources that a message is about. */
export function partOf(resources: readonly SimResource[], part: MessagePart | undefined): readonly SimResource[] {
  return part === undefined ? resources : resources.slice(part.from, part.to);
}
