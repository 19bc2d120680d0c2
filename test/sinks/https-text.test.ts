import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { httpsText } from "../../lib/sinks/https-text.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** The pin on https is the caller's, so plain http on loopback can stand in here. */
async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/c.pem`;
}

const fetchText = httpsText({ timeoutMs: 50_000, maxBytes: 100 });

describe("a fetched text", () => {
  it("is what the server answered", async () => {
    expect(await fetchText(await serve((_, response) => response.end("PEM")))).toBe("PEM");
  });

  it("may be as long as allowed, and not a byte longer", async () => {
    let length = 100;
    const url = await serve((_, response) => response.end("x".repeat(length)));
    expect(await fetchText(url)).toHaveLength(100);
    length = 101;
    await expect(fetchText(url)).rejects.toThrow("more than 100 bytes");
  });

  it("is not looked for at another address", async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: "/elsewhere" }).end());
    await expect(fetchText(url)).rejects.toThrow(/127\.0\.0\.1:[0-9]+ gave no answer: .*redirect/);
  });

  it("is not waited for", async () => {
    const impatient = httpsText({ timeoutMs: 300, maxBytes: 100 });
    await expect(impatient(await serve(() => undefined))).rejects.toThrow(/gave no answer: .*timeout/);
  });

  it("is not the text of an error", async () => {
    const url = await serve((_, response) => response.writeHead(404).end("no such key"));
    await expect(fetchText(url)).rejects.toThrow("answered 404");
  });
});
