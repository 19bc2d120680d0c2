import { messageOf } from "../../lib/core/errors.ts";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { partitionedLayout } from "../../lib/app/audit/layout.ts";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";

/** What a browser may see of the bucket: reports, and the parts to which they link. */
const SHOWN = /^(reports|findings)\//u;

const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ["html", "text/html; charset=utf-8"],
  ["json", "application/json"],
  ["md", "text/plain; charset=utf-8"],
  ["gz", "application/gzip"],
]);

export interface ServedReport {
  /** Address of the page of the latest run. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves the reports in a bucket on 127.0.0.1, so that the page is always that of the latest audit. */
export async function serveReport(bucket: Pick<ObjectStore, "get">): Promise<ServedReport> {
  const server = createServer((request, response) => {
    answer(request, response, bucket).catch((error: unknown) => {
      end(response, 500, messageOf(error));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/${partitionedLayout.latest?.("report.html") ?? ""}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, bucket: Pick<ObjectStore, "get">) {
  const { method, url = "/", headers } = request;
  // A page from elsewhere whose name has come to mean this machine is no reader of ours.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/u.test(headers.host ?? "")) return end(response, 403, "Ask by 127.0.0.1.");
  if (method !== "GET" && method !== "HEAD") return end(response, 405, "Only GET and HEAD.");
  const name = nameIn(url);
  const body = name !== undefined && SHOWN.test(name) ? await bucket.get(name) : undefined;
  if (name === undefined || body === undefined) return end(response, 404, "There is nothing here.");
  response.writeHead(200, {
    "content-type": MEDIA_TYPES.get(name.slice(name.lastIndexOf(".") + 1)) ?? "application/octet-stream",
    "content-length": body.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(method === "HEAD" ? undefined : body);
}

/** The object that an address names; undefined where it can name none. */
function nameIn(url: string): string | undefined {
  try {
    return decodeURIComponent(new URL(url, "http://127.0.0.1").pathname.slice(1));
  } catch {
    // Half an escape, or no address at all.
    return undefined;
  }
}

function end(response: ServerResponse, code: number, text: string): void {
  if (!response.headersSent) response.writeHead(code, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}
