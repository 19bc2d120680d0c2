import { describe, expect, it } from "vitest";
import { eventsOf } from "../../../lib/app/ingest/event-texts.ts";
import { ingest, type IngestDeps } from "../../../lib/app/ingest/ingest.ts";
import { refuse, type Admission } from "../../../lib/app/ingest/webhook.ts";
import { changed, NOW, signedRequest } from "../../fixtures/webhooks/signing.ts";

const request = signedRequest();
const accepted: Admission = { kind: "events", events: ["{}"], nonce: "n1", freshMs: 1000 };

function setUp(change: Partial<IngestDeps> & { readonly admission?: Admission } = {}) {
  const seen = { steps: [] as string[], counts: new Map<string, number>(), logged: [] as string[] };
  const nonces = new Map<string, number>();
  const { admission = accepted, ...rest } = change;
  const write = (message: string, fields = {}): void => {
    seen.logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const deps: IngestDeps = {
    sources: [{ sender: "signedEvents", path: "/events", verify: async () => admission }],
    queue: { send: async (events) => void seen.steps.push(`queue ${events.length}`) },
    nonces: {
      has: async (nonce) => nonces.has(nonce),
      remember: async (nonce, until) => {
        seen.steps.push(`remember ${nonce}`);
        nonces.set(nonce, until);
      },
    },
    confirm: async (url) => {
      seen.steps.push(`confirm ${url}`);
      return "";
    },
    clock: { now: () => NOW },
    log: { isDebug: () => false, debug: write, info: write, warn: write, error: write },
    count: (metric, value) => seen.counts.set(metric, (seen.counts.get(metric) ?? 0) + value),
    ...rest,
  };
  return { deps, nonces, ...seen };
}

const fail = (message: string) => async (): Promise<never> => {
  throw new Error(message);
};

describe("ingest", () => {
  it("answers 202 when the queue has taken the events, and remembers the request after that", async () => {
    const { deps, steps, nonces } = setUp();
    expect(await ingest(request, deps)).toEqual({ status: 202, body: { accepted: 1 } });
    expect(steps).toEqual(["queue 1", "remember n1"]);
    expect(nonces.get("n1")).toBe(NOW + 1000);
  });

  it("refuses the same request a second time, without another copy on the queue", async () => {
    const { deps, steps } = setUp();
    await ingest(request, deps);
    expect(await ingest(request, deps)).toMatchObject({ status: 409, body: { reason: "replayed" } });
    expect(steps.filter((step) => step.startsWith("queue"))).toHaveLength(1);
  });

  it("throws where the queue takes nothing, and lets the same request in later", async () => {
    const { deps } = setUp();
    const full = { ...deps, queue: { send: fail("queue is full") } };
    await expect(ingest(request, full)).rejects.toThrow("queue is full");
    expect(await ingest(request, deps)).toMatchObject({ status: 202 });
  });

  it("accepts events while the memory of requests can't be read, and counts it", async () => {
    const { deps, counts } = setUp({ nonces: { has: fail("down"), remember: fail("down") } });
    expect(await ingest(request, deps)).toMatchObject({ status: 202 });
    expect(counts.get("webhookNoncesUnknown")).toBe(2);
  });

  it("refuses an event that is too long for the queue only once it is written for it", async () => {
    const { deps, steps } = setUp({ admission: { ...accepted, events: ["{}", `"${"é".repeat(524_288)}"`] } });
    expect(await ingest(request, deps)).toMatchObject({ status: 413, body: { reason: "too-large" } });
    expect(steps).toEqual([]);
  });

  it("refuses an event whose characters the queue takes as escapes alone, and so is too long for it", async () => {
    const text = JSON.stringify({ note: "😀".repeat(100_000) });
    expect(Buffer.byteLength(text)).toBeLessThan(500_000);
    const { deps, steps } = setUp({ admission: { ...accepted, events: eventsOf(text) ?? [] } });
    expect(await ingest(request, deps)).toMatchObject({ status: 413, body: { reason: "too-large" } });
    expect(steps).toEqual([]);
  });

  it("confirms a subscription and queues nothing", async () => {
    const { deps, steps } = setUp({ admission: { kind: "confirm", url: "https://x/confirm" } });
    expect(await ingest(request, deps)).toEqual({ status: 200, body: { accepted: 0 } });
    expect(steps).toEqual(["confirm https://x/confirm"]);
  });

  it("throws where a subscription can't be confirmed, so that the sender asks again", async () => {
    const { deps } = setUp({ admission: { kind: "confirm", url: "https://x" }, confirm: fail("refused") });
    await expect(ingest(request, deps)).rejects.toThrow("refused");
  });

  it.each([
    ["a GET", changed(request, { method: "GET" }), 405, "method"],
    ["a path without a source", changed(request, { path: "/other" }), 404, "path-unknown"],
    ["a path with more behind it", changed(request, { path: "/events/" }), 404, "path-unknown"],
    ["more than SQS takes", changed(request, { body: Buffer.alloc(1_048_577) }), 413, "too-large"],
    ["a compressed body", changed(request, { headers: { "content-encoding": "gzip" } }), 415, "encoded"],
    ["a body shorter than it says", changed(request, { headers: { "content-length": "9999" } }), 400, "truncated"],
  ])("refuses %s before anything of it is looked at", async (_, bad, status, reason) => {
    const { deps, counts, steps } = setUp({
      sources: [{ sender: "signedEvents", path: "/events", verify: fail("looked at") }],
    });
    expect(await ingest(bad, deps)).toMatchObject({ status, body: { reason } });
    expect(counts.get("webhooksRefused")).toBe(1);
    expect(steps).toEqual([]);
  });

  it.each<[string, number | undefined, Partial<IngestDeps> & { readonly admission?: Admission }, typeof request?]>([
    ["taken, where its events are on the queue", 1, {}],
    ["taken, where it confirms a subscription", 1, { admission: { kind: "confirm", url: "https://x" } }],
    ["taken, where it ends one", 1, { admission: { kind: "ignored", why: "over" } }],
    ["not taken, where its signature is wrong", 0, { admission: refuse(401, "signature-wrong", "") }],
    ["not taken, where no certificate is to be had", 0, { admission: refuse(503, "certificate-unavailable", "") }],
    ["not taken, where it is cut off", 0, {}, changed(request, { headers: { "content-length": "9999" } })],
    ["none at all, where somebody only looks", undefined, {}, changed(request, { method: "GET" })],
    ["none of any sender's, on a path without one", undefined, {}, changed(request, { path: "/other" })],
    ["neither, where the queue takes nothing", undefined, { queue: { send: fail("full") } }],
  ])("counts a webhook as %s", async (_, taken, change, sent = request) => {
    const { deps, counts } = setUp(change);
    await ingest(sent, deps).catch(() => undefined);
    expect(counts.get("webhooksTaken-events")).toBe(taken);
  });

  it("counts nothing of a sender who sends again what was taken", async () => {
    const { deps, counts } = setUp();
    await ingest(request, deps);
    await ingest(request, deps);
    expect(counts.get("webhooksTaken-events")).toBe(1);
  });

  it("logs no body, no header and no nonce", async () => {
    const { deps, logged } = setUp();
    await ingest(request, deps);
    await ingest(request, deps);
    expect(logged).toHaveLength(2);
    for (const line of logged) expect(line).not.toMatch(/n1|whsec|v1,|g1/);
  });
});
