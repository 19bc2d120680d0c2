import { request } from "node:http";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { serveReport, type ServedReport } from "../../../local/run/serve-report.ts";

let served: ServedReport;
let at: (path: string) => string;
beforeEach(async () => {
  const objects = memoryObjects();
  for (const [name, text] of [
    ["reports/latest/report.html", "<p>page</p>"],
    ["findings/run=r1/shard=s/1.ndjson.gz", "part"],
    ["work/run=r1/shard=s/tokens.json", "secret"],
  ] as const) {
    await objects.put(name, new TextEncoder().encode(text));
  }
  served = await serveReport(objects);
  at = (path) => new URL(path, served.address).href;
});
afterEach(() => served.close());

/** The status of a request that a browser would not send by itself. */
async function statusOf(options: { readonly path?: string; readonly host?: string; readonly method?: string }) {
  const { port } = new URL(served.address);
  const { path = "/reports/latest/report.html", host = `127.0.0.1:${port}`, method = "GET" } = options;
  const asked = request({ port, path, method, headers: { host }, agent: false }).end();
  const [response] = (await once(asked, "response")) as [{ statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

describe("serveReport", () => {
  it("serves the page of the latest run at its address, which is on this machine", async () => {
    const answer = await fetch(served.address);
    expect(new URL(served.address).hostname).toBe("127.0.0.1");
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await answer.text()).toBe("<p>page</p>");
  });

  it("serves the parts to which the page links", async () => {
    const answer = await fetch(at("../../findings/run%3Dr1/shard%3Ds/1.ndjson.gz"));
    expect(answer.headers.get("content-type")).toBe("application/gzip");
    expect(await answer.text()).toBe("part");
  });

  it.each([
    ["another run's page that isn't there", "/reports/none/report.html"],
    ["what else is in the bucket", "/work/run=r1/shard=s/tokens.json"],
    ["a way out of what is shown", "/reports/%2e%2e/work/run=r1/shard=s/tokens.json"],
    ["half an escape", "/reports/%e0%a4%a"],
    ["no path", "//"],
  ])("has nothing for %s", async (_, path) => {
    expect(await statusOf({ path })).toBe(404);
  });

  it("answers no page that reaches it under another name", async () => {
    expect(await statusOf({ host: "attacker.example" })).toBe(403);
  });

  it("takes nothing in", async () => {
    expect(await statusOf({ method: "POST" })).toBe(405);
  });

  it("answers HEAD without a body", async () => {
    const answer = await fetch(served.address, { method: "HEAD" });
    expect([answer.headers.get("content-length"), await answer.text()]).toEqual(["11", ""]);
  });

  it("says what went wrong where the bucket fails", async () => {
    const failing = await serveReport({ get: () => Promise.reject(new Error("the bucket is gone")) });
    const answer = await fetch(failing.address);
    expect([answer.status, await answer.text()]).toEqual([500, "the bucket is gone\n"]);
    await failing.close();
  });
});
