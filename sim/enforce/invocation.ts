import type { MessagePart } from "../../lib/app/ports/messages.ts";
import type { ProviderError } from "../../lib/core/errors.ts";
import type { StoreRecord } from "../../lib/app/ports/store-records.ts";
import type { Tags } from "../../lib/core/resource.ts";
import type { Outcome, ResourceOutcome } from "../../lib/core/outcome.ts";
import type { Container, Task } from "../container.ts";
import type { Helper } from "../hiccup.ts";
import type { Received } from "../queue.ts";

/** The function's time, as serverless.yml and the composition root have it, in milliseconds. */
export const FUNCTION_TIMEOUT_MS = 60_000;
export const CALL_TIMEOUT_MS = 5_000;
export const RECORD_MS = 6_000;
/** How often the queue delivers a message. */
export const MAX_RECEIVE_COUNT = 5;

/** A complete read, as the checker saw it go by. */
export interface SeenReading {
  /** How much time was left when it was complete. */
  readonly leftMs: number;
  /** True time and the container's own when its first page was asked for. */
  readonly begunAt: number;
  readonly begunClock: number;
  /** The state that it shows is at least as fresh as this. */
  readonly asOf: number;
  readonly tags: Tags;
  /** What may be written on the base of it, one way or the other: filled in when it is first asked. */
  allowed: readonly Tags[] | undefined;
}

/** One tag that an invocation sent to one resource. */
export interface SeenWrite {
  readonly value: string;
  state: "sent" | "answered" | "refused" | "lost";
  lostAt: number;
  landed: boolean;
  /** It took effect when its answer had been given up already. */
  late: boolean;
}

/** A listing under way. */
export interface SeenListing {
  readonly begunAt: number;
  readonly begunClock: number;
  /** By id: what no index shows yet is as old as its creation. */
  readonly asOf: Map<string, number>;
  readonly tags: Map<string, Map<string, string>>;
  /** Ids that a row was shown of, and whether one of them is none that was asked for. */
  readonly shown: Set<string>;
}

/** One run of the function, and all that the checker saw of it. */
export interface Invocation extends Task {
  readonly batch: readonly Received<number>[];
  readonly readings: Map<string, SeenReading>;
  /** By place: how fresh the oldest of its readings was. */
  readonly firstAsOf: Map<string, number>;
  /** Places of which the last read told nothing, since it showed an id that nobody asked for. */
  readonly untold: Set<string>;
  /** By place: the most tags that one of its readings showed. */
  readonly mostShown: Map<string, number>;
  /** `writeKey`s of tags that a reading showed as they had been sent. */
  readonly confirmed: Set<string>;
  /** By the token that goes on with it. */
  readonly listings: Map<string, SeenListing>;
  /** By place and key. */
  readonly writes: Map<string, SeenWrite>;
  readonly notFound: Set<string>;
  /** Places that reads with them were refused for. */
  readonly unreadable: Set<string>;
  readonly errors: { readonly scope: string; readonly error: ProviderError }[];
  /** By account, what the write cap granted, in all and by the hour that it was granted for: a clock may jump meanwhile. */
  readonly granted: Map<string, { readonly count: number; readonly byHour: ReadonlyMap<number, number> }>;
  /** By account, what was given back of it. */
  readonly released: Map<string, number>;
  /** By account, the places that were sent in tag calls. */
  readonly sent: Map<string, Set<string>>;
  readonly outcomes: Map<string, ResourceOutcome>;
  /** By message, what the copies of it are about that are on the queue; undefined = all of it. */
  readonly copied: Map<string, readonly (MessagePart | undefined)[]>;
  copyFailed: boolean;
  /** The use case threw, or never ran: what it wrote may be in no journal, and no outcome was said. */
  failed: boolean;
  /** Tags that were handed to the journal, as `writeKey`s. */
  readonly journal: Set<string>;
  /** What was to be kept, one way or another. */
  readonly kept: StoreRecord[];
  /** The process has its settings. */
  isReady: boolean;
  /** Calls to helpers that failed. */
  troubles: number;
  /** Helpers that didn't answer at all. */
  readonly hanging: Set<Helper>;
  /** The container, once it is at work. */
  host: EnforceContainer | undefined;
}

export type EnforceContainer = Container<Invocation>;

export const isFinal = (outcome: Outcome | undefined): boolean => outcome !== undefined && outcome !== "redelivered";

/** Whether a message may be acknowledged for it: what failed is in a message that is about to be a dead letter. */
export const isDone = (outcome: Outcome | undefined): boolean => isFinal(outcome) && outcome !== "failed";

export function writeKey(place: string, key: string): string {
  return `${place}\n${key}`;
}

export function startInvocation(batch: readonly Received<number>[], task: Task): Invocation {
  return {
    ...task,
    batch,
    readings: new Map(),
    firstAsOf: new Map(),
    untold: new Set(),
    mostShown: new Map(),
    confirmed: new Set(),
    listings: new Map(),
    writes: new Map(),
    notFound: new Set(),
    unreadable: new Set(),
    errors: [],
    granted: new Map(),
    sent: new Map(),
    outcomes: new Map(),
    copied: new Map(),
    copyFailed: false,
    failed: true,
    journal: new Set(),
    released: new Map(),
    kept: [],
    isReady: false,
    troubles: 0,
    hanging: new Set(),
    host: undefined,
  };
}
