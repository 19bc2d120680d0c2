import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RecordingServer extends AsyncDisposable {
  readonly origin: string;
  readonly host: string;
  readonly requests: RecordedRequest[];
}

/** A server on loopback that keeps every request, and answers as it is told: with an answer, or by its own hand. */
export async function recordingServer(
  answer: Answer | ((request: RecordedRequest, response: ServerResponse) => Answer | undefined),
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => {
      const url = new URL(incoming.url ?? "/", "http://localhost");
      const request: RecordedRequest = {
        method: incoming.method ?? "",
        path: url.pathname,
        query: new Map(url.searchParams),
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      requests.push(request);
      const given = typeof answer === "function" ? answer(request, response) : answer;
      if (given === undefined) return;
      response.writeHead(given.status ?? 200, { "content-type": "application/json", ...given.headers });
      response.end(given.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
