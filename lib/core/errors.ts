/**
 * What a provider error means for the resource or call that met it.
 *
 * throttled, transient, conflict: retryable. not-found: the resource isn't visible (yet, or any more).
 * resource-permanent: the provider refuses this resource for good. not-taggable: this kind of resource can't
 * carry tags at all. unreadable: nothing here shows the tags of this type. access: our credentials may not do this; it
 * fails the whole scope. request: the request itself is wrong, so the fault is ours.
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
  | "request";

const RETRYABLE: ReadonlySet<ErrorKind> = new Set(["throttled", "transient", "conflict"]);

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

  get retryable(): boolean {
    return RETRYABLE.has(this.kind);
  }
}

/** Bad usage, policy, configuration or input: the message says what, where and what to do. Exit code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}
