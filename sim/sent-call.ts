import type { Container } from "./container.ts";
import type { Invocation } from "./invocation.ts";
import type { SimRequest } from "./sim-request.ts";

/** A call that is on its way, and who sent it. */
export interface SentCall {
  readonly request: SimRequest;
  readonly invocation: Invocation;
  readonly container: Container;
}
