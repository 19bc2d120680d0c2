import { clientFault, ProviderError } from "../core/errors.ts";
import type { ClientDeps } from "./client-deps.ts";
import type { CachedCredentials } from "./credentials.ts";
import { DEFAULT_TIMEOUT_MS, send as sendOverHttp, type HttpRequest, type HttpResponse } from "./http.ts";
import { observedCall } from "./observed-call.ts";

/** What any cloud's call says beside what its protocol is about. */
interface SignedCall {
  readonly region: string;
  /** Those that an error message may name. */
  readonly resourceIds: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** How one cloud's calls become requests, and its responses answers. */
interface Protocol<Call, Key, Answer> {
  readonly account: string;
  readonly credentials: CachedCredentials<Key>;
  /** As `calls` names it: `provider:service:Action`. */
  readonly action: (call: Call) => string;
  readonly sign: (call: Call, key: Key) => HttpRequest;
  /** Throws a ProviderError for anything but a success. */
  readonly read: (
    request: HttpRequest,
    response: HttpResponse,
    context: {
      readonly call: Call;
      readonly resourceIds: readonly string[];
      readonly secrets: () => readonly string[];
      readonly now: number;
    },
  ) => Answer;
}

/**
 * A client that signs each call with the account's current key. Where the provider refuses the key and another one
 * is to be had by now, the call's error is a transient one: a key may be changed while functions run.
 * Throws ProviderError and nothing else.
 */
export function signedClient<Call extends SignedCall, Key extends object, Answer>(
  { account, credentials, action, sign, read }: Protocol<Call, Key, Answer>,
  deps: ClientDeps,
): (call: Call) => Promise<Answer> {
  const { clock, timeoutMs = DEFAULT_TIMEOUT_MS, send = sendOverHttp } = deps;
  return (call) =>
    observedCall({ account, region: call.region, action: action(call) }, deps, async () => {
      const key = await credentials.get();
      const request = sign(call, key);
      const response = await send(request, { timeoutMs, signal: call.signal });
      const context = { call, resourceIds: call.resourceIds, secrets: () => secretsIn(request, key), now: clock.now() };
      try {
        return read(request, response, context);
      } catch (error) {
        // It was answered, so that a write may have taken effect, whatever our code made of the answer.
        if (!(error instanceof ProviderError)) throw clientFault(action(call), error, request.write);
        throw error.kind === "access" && (await credentials.replace(key)) ? replaced(error) : error;
      }
    });
}

/** Nothing was done, and the same call with the new key may succeed. */
function replaced(cause: ProviderError): ProviderError {
  const { code, httpStatus, requestId } = cause;
  const message = `${cause.message} (its key has been replaced since, so that it is made again)`;
  return new ProviderError({ code, kind: "transient", message, httpStatus, requestId, cause });
}

/** What a request carries that no message may repeat: the key, and the signature made with it. */
function secretsIn({ headers }: HttpRequest, key: object): string[] {
  const signature = /Signature=([^,\s]+)/.exec(headers["authorization"] ?? "")?.[1];
  return [...Object.values(key), signature].filter((value) => typeof value === "string" && value !== "");
}
