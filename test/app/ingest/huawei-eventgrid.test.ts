import { describe, expect, it } from "vitest";
import { huaweiEventGrid } from "../../../lib/app/ingest/huawei-eventgrid.ts";
import type { Admission, WebhookRequest } from "../../../lib/app/ingest/webhook.ts";
import { changed, CREATED, NOW } from "../../fixtures/webhooks/signing.ts";

const genuine: WebhookRequest = {
  method: "POST",
  path: "/huawei/eventgrid",
  url: "https://hooks.example.com/huawei/eventgrid",
  receivedAt: NOW,
  body: Buffer.from(CREATED),
  headers: new Map([["x-tagwarden-secret", "s3cret"]]),
};

async function examine(request: WebhookRequest, secrets: readonly string[] = ["s3cret"]): Promise<Admission> {
  return huaweiEventGrid({ header: "X-Tagwarden-Secret", secrets: async () => secrets }).verify(request);
}

describe("a request of Huawei Cloud EventGrid", () => {
  it("is accepted with the secret header", async () => {
    expect(await examine(genuine)).toMatchObject({ kind: "events", events: [CREATED] });
  });

  it("is accepted under either secret while it is being changed", async () => {
    expect(await examine(genuine, ["new", "s3cret"])).toMatchObject({ kind: "events" });
  });

  it.each([
    ["without the header", changed(genuine, { headers: { "x-tagwarden-secret": undefined } }), "secret-missing"],
    ["with an empty header", changed(genuine, { headers: { "x-tagwarden-secret": "" } }), "secret-missing"],
    ["with another secret", changed(genuine, { headers: { "x-tagwarden-secret": "s3creT" } }), "secret-wrong"],
    ["with the secret's beginning", changed(genuine, { headers: { "x-tagwarden-secret": "s3cre" } }), "secret-wrong"],
    ["with the secret and more", changed(genuine, { headers: { "x-tagwarden-secret": "s3cret, x" } }), "secret-wrong"],
    ["whose body is no JSON", changed(genuine, { body: "hello" }), "no-event"],
  ])("%s is refused", async (_, request, reason) => {
    expect(await examine(request)).toMatchObject({ kind: "refused", reason });
  });

  it("is the same only where its body is the same", async () => {
    const nonceOf = (admission: Admission): string => (admission.kind === "events" ? admission.nonce : "");
    const first = nonceOf(await examine(genuine));
    expect(nonceOf(await examine(genuine))).toBe(first);
    expect(nonceOf(await examine(changed(genuine, { body: `${CREATED} ` })))).not.toBe(first);
  });
});
