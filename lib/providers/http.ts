import type { Agent, IncomingHttpHeaders } from "node:http";
import { ProviderError } from "../core/errors.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Scheme, host and port. */
  readonly origin: URL;
  /** Path and query, encoded. */
  readonly path: string;
  /** Without `host`, `content-length` and `connection`, which are set here. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For messages: an endpoint belongs to a region. */
  readonly region: string;
  /** A lost response to a write is ambiguous: it may have taken effect. */
  readonly write: boolean;
}

export interface HttpOptions {
  /** From the start to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

/** Larger than any page of these APIs by a factor of ten; beyond it something else is answering. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** Idle connections are dropped before the clouds' load balancers do it, so that no request runs into a closing one. */
const KEEP_ALIVE = { keepAlive: true, keepAliveMsecs: 10_000, timeout: 50_000, maxSockets: 64 };

/** One agent a protocol, for all endpoints. */
const agents = new Map<"node:http" | "node:https", Agent>();

/**
 * Node's client for a protocol, loaded at the first call. It isn't imported, because an import reads all that a module
 * exports: of `node:http` that is `fetch` and WebSocket too, a client that isn't used here and takes 30 ms of a cold
 * start to load. https://nodejs.org/docs/latest-v24.x/api/process.html#processgetbuiltinmoduleid
 */
function clientFor(isSecure: boolean) {
  const name = isSecure ? "node:https" : "node:http";
  const { Agent: AgentOf, request } = isSecure
    ? process.getBuiltinModule("node:https")
    : process.getBuiltinModule("node:http");
  const agent = agents.get(name) ?? new AgentOf(KEEP_ALIVE);
  agents.set(name, agent);
  return { agent, request };
}

/** What a failed connection is called, by the system's code. All of them pass: nobody answered. */
const CONNECTION_FAILURES: ReadonlyMap<string, { code: string; says: string }> = new Map([
  ["ENOTFOUND", { code: "UnknownEndpoint", says: "has no address: check the region, `endpoints` and the network" }],
  ["EAI_AGAIN", { code: "NameResolution", says: "can't be resolved just now: check the network" }],
  ["ECONNREFUSED", { code: "ConnectionRefused", says: "refuses connections" }],
]);

const isTlsFailure = (code: string) =>
  code.startsWith("ERR_TLS") || code.startsWith("CERT_") || code.includes("SELF_SIGNED") || code.includes("VERIFY");

/**
 * Sends one request and reads its whole answer, whatever the status. Redirects are not followed: a signature is for one
 * host. Connections are kept alive.
 * @throws ProviderError where no whole answer arrived: refused, unknown host, lost, timed out, cut short or too large.
 */
export function send(request: HttpRequest, { timeoutMs, signal }: HttpOptions): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const isSecure = request.origin.protocol === "https:";
    let connected = false;
    let status = 0;

    const fail = (code: string, says: string, cause?: unknown) => {
      clearTimeout(timer);
      const where = `${request.origin.host} (region ${request.region})`;
      const details = { code, message: `${where} ${says}`, httpStatus: status, requestId: "" };
      reject(
        new ProviderError({
          ...details,
          kind: "transient",
          ambiguous: request.write && connected,
          ...(cause ? { cause } : {}),
        }),
      );
      sent.destroy();
    };

    const client = clientFor(isSecure);
    const sent = client.request({
      agent: client.agent,
      hostname: request.origin.hostname.replace(/^\[|\]$/g, ""),
      port: request.origin.port,
      method: request.method,
      path: request.path,
      headers: { ...request.headers, "content-length": Buffer.byteLength(request.body) },
      ...(signal === undefined ? {} : { signal }),
    });
    // A timer of the whole call, and not of the socket's silence: an endpoint that trickles must not hold a function.
    const timer = setTimeout(() => {
      const says = connected
        ? `sent no whole answer within ${timeoutMs} ms`
        : `can't be reached within ${timeoutMs} ms`;
      fail(connected ? "Timeout" : "ConnectTimeout", says);
    }, timeoutMs);

    sent.once("socket", (socket) => {
      if (!socket.connecting) connected = true;
      else socket.once(isSecure ? "secureConnect" : "connect", () => (connected = true));
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      const known = CONNECTION_FAILURES.get(error.code ?? "");
      if (known !== undefined) fail(known.code, known.says, error);
      else if (signal?.aborted === true) fail("Aborted", "was left before it answered");
      else if (isTlsFailure(error.code ?? "")) fail("TlsError", `can't be trusted (${error.code})`, error);
      else fail("ConnectionLost", `closed the connection before it answered (${error.code})`, error);
    });
    sent.once("response", (response) => {
      status = response.statusCode ?? 0;
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_RESPONSE_BYTES) fail("ResponseTooLarge", `answered with over ${MAX_RESPONSE_BYTES} bytes`);
        else chunks.push(chunk);
      });
      response.on("error", (error) => fail("ConnectionLost", "closed the connection while it answered", error));
      response.once("end", () => {
        clearTimeout(timer);
        resolve({ status, headers: response.headers, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    sent.end(request.body);
  });
}
