import type { EnforceContainer, Invocation } from "./invocation.ts";
import type { SimRequest } from "./sim-request.ts";

/** A call that is on its way, and who sent it. */
export interface SentCall {
  readonly request: SimRequest;
  readonly invocation: Invocation;
  readonly container: EnforceContainer;
}
