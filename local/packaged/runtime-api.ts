import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One event for the function, and who waits for its answer. */
export interface Invocation {
  readonly event: unknown;
  /** Milliseconds since the epoch at which Lambda ends the function. */
  readonly deadline: number;
  readonly functionArn: string;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The Runtime API of one execution environment, on loopback. */
export interface RuntimeApi {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Resolves when the function asks for its first event; rejects with the error of its initialisation. */
  readonly ready: Promise<void>;
  /** Hands over an event as soon as the function asks for one. */
  give(invocation: Invocation): void;
  close(): Promise<void>;
}

const PREFIX = "/2018-06-01/runtime";
const INVOCATION = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;

/** Serves `next`, `response`, `error` and `init/error` (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). */
export async function startRuntimeApi(functionName: string): Promise<RuntimeApi> {
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined); // Whoever starts the function looks at it; nobody has to.
  const running = new Map<string, Invocation>();
  let asking: ServerResponse | undefined;
  let waiting: Invocation | undefined;

  const handOver = (): void => {
    if (asking === undefined || waiting === undefined) return;
    const id = randomUUID();
    running.set(id, waiting);
    asking.writeHead(200, {
      "content-type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": id,
      "Lambda-Runtime-Deadline-Ms": String(waiting.deadline),
      "Lambda-Runtime-Invoked-Function-Arn": waiting.functionArn,
      "Lambda-Runtime-Trace-Id": `Root=1-00000000-${id.replaceAll("-", "").slice(0, 24)};Sampled=0`,
    });
    asking.end(JSON.stringify(waiting.event));
    asking = undefined;
    waiting = undefined;
  };

  const endInvocation = (id: string, kind: string, body: string): number => {
    const invocation = running.get(id);
    if (invocation === undefined) return 400;
    running.delete(id);
    if (kind === "error") invocation.reject(errorFrom(functionName, body));
    else invocation.resolve(body === "" ? undefined : (JSON.parse(body) as unknown));
    return 202;
  };

  const server = createServer((incoming, outgoing) => {
    if (incoming.url === `${PREFIX}/invocation/next`) {
      asking = outgoing;
      ready.resolve();
      handOver();
      return;
    }
    void readText(incoming).then((body) => {
      const [, id = "", kind = ""] = INVOCATION.exec(incoming.url ?? "") ?? [];
      if (incoming.url === `${PREFIX}/init/error`) ready.reject(errorFrom(functionName, body));
      outgoing.writeHead(id === "" ? 202 : endInvocation(id, kind, body)).end();
      return undefined;
    });
  });
  server.keepAliveTimeout = 0;
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready: ready.promise,
    give(invocation) {
      waiting = invocation;
      handOver();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An error in the shape in which the runtime client reports it: errorType and errorMessage. */
function errorFrom(functionName: string, body: string): Error {
  try {
    const { errorMessage } = JSON.parse(body) as { readonly errorMessage?: string };
    return new Error(`${functionName}: ${errorMessage ?? body}`);
  } catch {
    return new Error(`${functionName}: ${body}`);
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
