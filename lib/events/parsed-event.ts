import { InputError } from "../core/errors.ts";
import {
  NO_TAGS,
  type CreationEvent,
  type Resource,
  type ResourceRef,
  type ResourceType,
  type Tags,
} from "../core/resource.ts";
import type { TagsChanged } from "../core/tags-changed.ts";

/** What an event says was created, or which tags it says were changed, or why it says that nothing was. */
export type ParsedEvent =
  | {
      readonly kind: "created";
      /** The cloud's own id of the event: the same for every delivery of it. */
      readonly eventId: string;
      readonly eventName: string;
      readonly resources: readonly Resource[];
    }
  | ChangedTags
  | NoCreation;

/** Tags of resources that were there already were changed. It tells of no creation: `event` is absent. */
export interface ChangedTags {
  readonly kind: "tags-changed";
  readonly eventName: string;
  readonly change: TagsChanged;
  readonly resources: readonly Resource[];
}

export interface NoCreation {
  readonly kind: "not-a-creation";
  readonly reason: string;
  readonly eventName?: string;
}

export interface ParseOptions {
  /** Also read the calls whose records nobody has seen yet. */
  readonly experimentalEvents?: boolean;
  /** The longest body that is read, in bytes; 1 MiB by default, as much as an SQS message can hold. */
  readonly maxBytes?: number;
  /** The region of a Huawei project, from the configuration: a CTS trace names its project and often no region. */
  readonly regionOfProject?: (projectId: string) => string | undefined;
  /**
   * Whether an account's `types` name this one, from the configuration, which may not know the account: what it leaves out
   * need not be read to the end.
   */
  readonly namesType?: (account: string, type: ResourceType) => boolean;
}

/** What the envelope round a cloud's record says; all of it is second choice, behind the record itself. */
export interface Envelope {
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly account?: string | undefined;
  /** Whose it was before a bus of Alibaba Cloud passed it on to another account's. */
  readonly originalAccount?: string | undefined;
  readonly region?: string | undefined;
  readonly time?: string | undefined;
}

export function notACreation(eventName: string, reason: string): NoCreation {
  return { kind: "not-a-creation", eventName, reason };
}

/** What the resources of one event have in common. */
export interface Creation {
  readonly eventId: string | undefined;
  readonly eventName: string;
  readonly createdAt: string | undefined;
  readonly createdBy: Principal | undefined;
  readonly sourceIp: string | undefined;
  readonly requestTags: Tags;
  readonly record: unknown;
}

/** Who is behind a call, and how that was found. */
export interface Principal {
  readonly name: string;
  readonly basis: string;
}

/**
 * Puts the resources of one creation together. Tags of the request belong to the resources that it asked for, not
 * to what came into being beside them, unless the request has tags for those too.
 */
export function created(
  creation: Creation,
  requested: readonly ResourceRef[],
  alongside: readonly ResourceRef[] = [],
  tagsOf: (type: ResourceType) => Tags = () => NO_TAGS,
): ParsedEvent {
  const eventId = creation.eventId ?? derivedId(creation, requested);
  const event = commonEvent(creation, eventId);
  return {
    kind: "created",
    eventId,
    eventName: creation.eventName,
    resources: [
      ...requested.map((ref) => ({ ...ref, tags: undefined, event })),
      ...alongside.map((ref) => ({ ...ref, tags: undefined, event: { ...event, requestTags: tagsOf(ref.type) } })),
    ],
  };
}

function commonEvent(creation: Creation, eventId: string): CreationEvent {
  const { eventName, requestTags, record, createdBy, createdAt, sourceIp } = creation;
  return {
    eventId,
    eventName,
    requestTags,
    record,
    ...(createdBy === undefined ? {} : { createdBy: createdBy.name, createdByBasis: createdBy.basis }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(sourceIp === undefined ? {} : { sourceIp }),
  };
}

/** Events without an id get one of what they say, so that each delivery gets the same. */
function derivedId({ eventName, createdAt }: Creation, requested: readonly ResourceRef[]): string {
  const [first] = requested;
  return `derived:${eventName}:${createdAt ?? "no-time"}:${first?.account ?? ""}:${first?.id ?? ""}`;
}

/** The error of a successful call whose record lacks what a resource needs: redelivered, then dead-lettered. */
export function incomplete(eventName: string, what: string): InputError {
  return new InputError(
    `${eventName} succeeded, but its record holds no ${what}. Check that the event arrives as the cloud sent it; an input transformer or a rule may have taken parts away.`,
  );
}
