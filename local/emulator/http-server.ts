import { messageOf } from "../../lib/core/errors.ts";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A request, read to its end. */
export interface HttpRequest {
  readonly method: string;
  /** As it came, still encoded. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A header's value, by its lower-case name. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or its pieces where it is large. */
  readonly body: string | Iterable<string>;
  /** Wait so long before answering. */
  readonly delayMs?: number;
  /** Cut the connection instead of answering. */
  readonly cut?: boolean;
}

export interface HttpService {
  readonly maxBodyBytes: number;
  handle(request: HttpRequest): HttpReply | Promise<HttpReply>;
  /** For a body over the limit, and for a fault of our own. */
  refuse(status: 413 | 500): HttpReply;
}

export interface RunningServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Reads the body, or undefined where it is larger than allowed. */
async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > limit ? undefined : Buffer.concat(chunks);
}

async function send(outgoing: ServerResponse, reply: HttpReply): Promise<void> {
  if (reply.delayMs !== undefined && reply.delayMs > 0) await sleep(reply.delayMs);
  if (reply.cut === true) {
    outgoing.destroy();
    return;
  }
  if (typeof reply.body === "string") {
    const bytes = Buffer.from(reply.body);
    outgoing.writeHead(reply.status, { ...reply.headers, "content-length": String(bytes.length) });
    outgoing.end(bytes);
    return;
  }
  outgoing.writeHead(reply.status, reply.headers);
  for (const piece of reply.body) {
    if (!outgoing.write(piece)) await new Promise((resolve) => outgoing.once("drain", resolve).once("close", resolve));
    if (outgoing.destroyed) return;
  }
  outgoing.end();
}

function split(url: string): { path: string; query: string } {
  const mark = url.indexOf("?");
  return mark === -1 ? { path: url, query: "" } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

async function answer(service: HttpService, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  let reply: HttpReply;
  try {
    const body = await readBody(incoming, service.maxBodyBytes);
    if (body === undefined) {
      reply = service.refuse(413);
    } else {
      const { path, query } = split(incoming.url ?? "/");
      reply = await service.handle({ method: incoming.method ?? "GET", path, query, headers: incoming.headers, body });
    }
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) return; // The caller went away in mid-request.
    process.stderr.write(`emulator: ${messageOf(error)}\n`);
    reply = service.refuse(500);
  }
  await send(outgoing, reply);
}

/** Serves on loopback, on a port of the system's choice. */
export async function listen(service: HttpService): Promise<RunningServer> {
  const server = createServer((incoming, outgoing) => {
    outgoing.on("error", () => outgoing.destroy()); // The caller closed first: nobody is left to tell.
    void answer(service, incoming, outgoing);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
