import { describe, expect, onTestFinished, test } from "vitest";
import { ProviderError } from "../../lib/core/errors.ts";
import { send, type HttpRequest } from "../../lib/providers/http.ts";
import { recordingServer } from "./recording-server.ts";

function requestTo(origin: string, write = true): HttpRequest {
  return {
    method: "POST",
    origin: new URL(origin),
    path: "/path?a=b",
    headers: { "x-test": "1" },
    body: "body",
    region: "r1",
    write,
  };
}

async function errorOf(request: HttpRequest, options: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const result: unknown = await send(request, { timeoutMs: 50_000, ...options }).catch((error: unknown) => error);
  if (result instanceof ProviderError) return result;
  throw new Error("the request should have failed");
}

test("status, headers and body come back whatever the status", async () => {
  await using server = await recordingServer({ status: 418, headers: { "x-answer": "2" }, body: "π" });
  const response = await send(requestTo(server.origin), { timeoutMs: 50_000 });
  expect(response).toMatchObject({ status: 418, body: "π" });
  expect(response.headers["x-answer"]).toBe("2");
  expect(server.requests[0]).toMatchObject({ method: "POST", path: "/path", body: "body" });
});

test("a connection is kept and used again", async () => {
  const sockets = new Set<number | undefined>();
  await using server = await recordingServer((_request, response) => {
    sockets.add(response.req.socket.remotePort);
    return { body: "{}" };
  });
  for (let n = 0; n < 5; n += 1) await send(requestTo(server.origin), { timeoutMs: 50_000 });
  expect(sockets.size).toBe(1);
});

test("a redirect is not followed", async () => {
  await using other = await recordingServer({ body: "secrets" });
  await using server = await recordingServer({ status: 307, headers: { location: other.origin } });
  const response = await send(requestTo(server.origin), { timeoutMs: 50_000 });
  expect(response.status).toBe(307);
  expect(other.requests).toEqual([]);
});

describe("answers that don't come", () => {
  test("a refused connection is transient and certainly without effect", async () => {
    const error = await errorOf(requestTo("http://127.0.0.1:9"));
    expect(error).toMatchObject({ code: "ConnectionRefused", kind: "transient", ambiguous: false, httpStatus: 0 });
    expect(error.message).toContain("127.0.0.1:9 (region r1)");
  });

  test("a host without an address is named with its region, and may have one in a moment", async () => {
    // No name has a part of more than 63 characters, and so no network is asked for it.
    const host = `${"a".repeat(64)}.invalid`;
    const error = await errorOf(requestTo(`http://${host}`));
    expect(error).toMatchObject({ code: "UnknownEndpoint", kind: "transient", ambiguous: false });
    expect(error.message).toContain(`${host} (region r1)`);
  });

  test("a name that can't be resolved just now passes, and certainly had no effect", async () => {
    // The system's resolver, which no test may depend on, answers that it can't tell.
    const dns = process.getBuiltinModule("node:dns");
    const { lookup } = dns;
    const fail = (host: string, ...rest: readonly unknown[]) => {
      const answer = rest.at(-1) as (error: Error) => void;
      const error = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${host}`), { code: "EAI_AGAIN" });
      setImmediate(() => answer(error));
    };
    Object.assign(dns, { lookup: fail });
    onTestFinished(() => void Object.assign(dns, { lookup }));
    const error = await errorOf(requestTo("http://cloud.example"));
    expect(error).toMatchObject({ code: "NameResolution", kind: "transient", ambiguous: false });
    expect(error.message).toContain("cloud.example (region r1) can't be resolved just now");
  });

  test("a connection that is cut is ambiguous for a write", async () => {
    await using server = await recordingServer((_request, response) => void response.socket?.destroy());
    const error = await errorOf(requestTo(server.origin));
    expect(error).toMatchObject({ code: "ConnectionLost", kind: "transient", ambiguous: true });
  });

  test("a connection that is cut is not ambiguous for a read", async () => {
    await using server = await recordingServer((_request, response) => void response.socket?.destroy());
    expect((await errorOf(requestTo(server.origin, false))).ambiguous).toBe(false);
  });

  test("an answer that breaks off in the middle is lost, not short", async () => {
    await using server = await recordingServer((_request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("half", () => response.socket?.destroy());
      return undefined;
    });
    expect(await errorOf(requestTo(server.origin))).toMatchObject({ code: "ConnectionLost", ambiguous: true });
  });

  test("an answer that trickles is left when the time is up", async () => {
    await using server = await recordingServer((_request, response) => {
      response.writeHead(200);
      const trickle = setInterval(() => response.write("."), 20);
      response.once("close", () => clearInterval(trickle));
      return undefined;
    });
    const error = await errorOf(requestTo(server.origin), { timeoutMs: 1_000 });
    expect(error).toMatchObject({ code: "Timeout", kind: "transient", ambiguous: true });
  });

  test("an answer without end is cut off", async () => {
    await using server = await recordingServer((_request, response) => {
      response.writeHead(200);
      const pour = () => void (response.writable && response.write(Buffer.alloc(1024 * 1024), pour));
      pour();
      return undefined;
    });
    const error = await errorOf(requestTo(server.origin), { timeoutMs: 50_000 });
    expect(error).toMatchObject({ code: "ResponseTooLarge", kind: "transient", ambiguous: true });
  });

  test("a call that the caller gives up is transient, and says whether it was under way", async () => {
    const caller = new AbortController();
    await using server = await recordingServer(() => {
      caller.abort();
      return undefined;
    });
    const error = await errorOf(requestTo(server.origin), { signal: caller.signal });
    expect(error).toMatchObject({ code: "Aborted", kind: "transient", ambiguous: true });
    const early = await errorOf(requestTo(server.origin), { signal: AbortSignal.abort() });
    expect(early).toMatchObject({ code: "Aborted", ambiguous: false });
  });
});
