import type { Resource } from "./resource.ts";

/**
 * What a provider error means for the resource or call that met it.
 *
 * Final about a resource, and only where a table says so, with its source. not-found: the resource isn't visible
 * (yet, or any more). resource-permanent: the provider refuses this resource for good. not-taggable: this kind of
 * resource can't carry tags at all. unreadable: nothing here shows the tags of this type.
 *
 * Everything else comes back. throttled, transient, conflict: the same call may succeed in a moment. access: our
 * credentials may not do this, which is true of the whole scope until somebody changes it. request: the request itself
 * is wrong, so the fault is ours. unknown: no table has it, so that it may be about a resource of the call, or about
 * none.
 */
export type ErrorKind =
  | "throttled"
  | "transient"
  | "conflict"
  | "not-found"
  | "resource-permanent"
  | "not-taggable"
  | "unreadable"
  | "access"
  | "request"
  | "unknown";

const RETRYABLE: ReadonlySet<ErrorKind> = new Set(["throttled", "transient", "conflict"]);
/** Kinds that say for good what becomes of a resource. */
export const FINAL: ReadonlySet<ErrorKind> = new Set(["not-found", "resource-permanent", "not-taggable", "unreadable"]);

export interface ProviderErrorDetails {
  /** The provider's own code, e.g. `Throttling.User`, or ours for what has none, e.g. `Timeout`. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** Without secrets: never a header, a signature or an event body. */
  readonly message: string;
  /** 0 where no response arrived. */
  readonly httpStatus: number;
  readonly requestId: string;
  /** The resource that the error names, where it names one. */
  readonly resourceId?: string;
  /** The provider's retry hint, in milliseconds. */
  readonly retryAfterMs?: number;
  /** True where the request may have taken effect although no answer arrived. */
  readonly ambiguous?: boolean;
  readonly cause?: unknown;
}

/** The one error that a provider client throws or returns for a resource. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly code: string;
  readonly kind: ErrorKind;
  readonly httpStatus: number;
  readonly requestId: string;
  readonly resourceId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly ambiguous: boolean;

  constructor(details: ProviderErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.kind = details.kind;
    this.httpStatus = details.httpStatus;
    this.requestId = details.requestId;
    this.resourceId = details.resourceId;
    this.retryAfterMs = details.retryAfterMs;
    this.ambiguous = details.ambiguous ?? false;
  }

  /** The same call may succeed in a moment. */
  get retryable(): boolean {
    return RETRYABLE.has(this.kind);
  }

  /** It says for good what becomes of a resource. */
  get isFinal(): boolean {
    return FINAL.has(this.kind);
  }
}

/** The code of what was thrown by our own code, where a provider should have answered. */
export const CLIENT_FAULT = "ClientFault";

/**
 * What an error is that is no ProviderError: a defect of ours, met by whatever the call was about. `ambiguous` where a
 * write may have been sent before.
 */
export function clientFault(action: string, cause: unknown, ambiguous: boolean): ProviderError {
  const message = `${action} failed in our own code: ${messageOf(cause)}`;
  return new ProviderError({
    code: CLIENT_FAULT,
    kind: "unknown",
    message,
    httpStatus: 0,
    requestId: "",
    ambiguous,
    cause,
  });
}

/** Bad usage, policy, configuration or input: the message says what, where and what to do. Exit code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** An event that tells of somebody else's resources than its sender may speak for. Nothing of it is believed. */
export class ForeignEventError extends InputError {
  readonly resources: readonly Resource[];

  constructor(message: string, resources: readonly Resource[]) {
    super(message);
    this.resources = resources;
  }
}

/** What whoever threw it said. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A provider's code and what it said, the code once: many providers begin the message with it. */
export function errorText(code: string, message: string): string {
  return message.startsWith(code) ? message : `${code}: ${message}`;
}
