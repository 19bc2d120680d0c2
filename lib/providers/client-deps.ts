import type { Clock } from "../app/ports/invocation.ts";
import type { CallObserver } from "../app/ports/provider.ts";
import type { HttpOptions, HttpRequest, HttpResponse } from "./http.ts";

/** What every provider's client is given. */
export interface ClientDeps {
  /**
   * Resolves a credential reference (`env:NAME`, `file:PATH#key`, `secret:NAME#key`, a literal) to its value; `isFresh` =
   * to the one that it has now, whatever was read before.
   */
  readonly credential: (reference: string, isFresh?: boolean) => Promise<string>;
  readonly clock: Clock;
  readonly observe?: CallObserver | undefined;
  /** True: a role's key is taken for reading alone, whatever the role may do beyond that. */
  readonly readOnly?: boolean;
  /** For one call, from connecting to the last byte. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Carries requests; default HTTP. Throws ProviderError where no whole answer arrived. */
  readonly send?: (request: HttpRequest, options: HttpOptions) => Promise<HttpResponse>;
}
