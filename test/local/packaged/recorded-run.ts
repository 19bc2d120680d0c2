import { createHmac } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { composeCreatedEvent } from "../../../local/compose-events/compose.ts";
import type { Emulator } from "../../../local/emulator/start.ts";
import type { RecordedCall } from "../../../local/packaged/aws-recorder.ts";
import { isPackaged, type PackagedService } from "../../../local/packaged/read-package.ts";
import type { LocalResult } from "../../../local/run/result.ts";
import { runLocal } from "../../../local/run/run.ts";
import { sendEvents } from "../../../local/run/send-events.ts";
import type { LocalService } from "../../../local/service/service.ts";
import { permissionsOf, type Permission } from "./role-permissions.ts";

/** What the packaged functions did on the laptop, and what the template allows them. */
export interface RecordedRun {
  readonly result: LocalResult;
  readonly calls: readonly RecordedCall[];
  readonly service: PackagedService;
  readonly permissions: readonly Permission[];
  /** The text that a template value stands for. */
  readonly resolve: (value: unknown) => string;
}

/** How often a webhook that fails is sent again. */
const SENT_AGAIN = 10;
const SECRET = "a secret that nobody guesses";

/** Runs the local scenario, a webhook and alerts through the packaged functions. */
export async function recordRun(): Promise<RecordedRun> {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-test-"));
  writeFileSync(join(folder, "secret"), SECRET);
  let seen: Omit<RecordedRun, "result"> | undefined;
  const result = await runLocal({
    resources: 120,
    mode: "enforce",
    out: join(folder, "out"),
    config: {
      ingest: { signedEvents: { secrets: [`file:${join(folder, "secret")}`] } },
      alerts: { channels: [{ name: "topic", type: "sns" }], fallback: ["topic"] },
    },
    serve: async ({ service, emulator }) => {
      await sendWebhook(service);
      await service.untilIdle();
      await enforceTooEarly(service, emulator);
      seen = look(service);
    },
  });
  if (seen === undefined) throw new Error("the run was never served");
  return { result, ...seen };
}

function look(service: LocalService): Omit<RecordedRun, "result"> {
  const { description, resources } = service;
  if (!isPackaged(description)) throw new Error("the functions ran in this process");
  const roles = description.functions.map(({ name, role }) => {
    const found = description.resources.find(({ logicalId }) => logicalId === role);
    return { function: name, role, properties: found?.properties ?? {} };
  });
  const resolve = (value: unknown): string => resources.resolve(value as string);
  return { calls: service.calls(), service: description, permissions: permissionsOf(roles, resolve), resolve };
}

/**
 * A message whose resource can't be seen when enforcement gets it, and so is sent again. On a slow machine the local
 * run's own resources can all be seen by then.
 */
async function enforceTooEarly(service: LocalService, emulator: Emulator): Promise<void> {
  const isSentAgain = () => service.calls().some((call) => call.function === "enforce" && isToItsQueue(call));
  if (isSentAgain()) return;
  const ref = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou", id: "too-early" };
  // An hour from now it will still be new.
  const body = composeCreatedEvent({ ...ref, tags: new Map() }, { at: Date.now() + 3_600_000 });
  await sendEvents(service.sqs, service.resources.ref("EnforceQueue"), [body]);
  while (!isSentAgain()) await sleep(100);
  emulator.world.create({ ...ref, tags: {} });
  await service.untilIdle();
}

const isToItsQueue = ({ action, resource }: RecordedCall): boolean =>
  action === "sqs:SendMessage" && resource.endsWith("-EnforceQueue");

/** A CloudEvent to the function's URL, signed as docs/webhooks.md says. */
async function sendWebhook(service: LocalService): Promise<void> {
  const ref = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou", id: "by-webhook" };
  const body = composeCreatedEvent(ref, { at: Date.now() - 3_600_000 });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", SECRET).update(`one.${timestamp}.${body}`).digest("base64");
  const event = {
    version: "2.0",
    rawPath: "/events",
    rawQueryString: "",
    headers: { "webhook-id": "one", "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` },
    requestContext: { http: { method: "POST", path: "/events" }, domainName: "local", timeEpoch: Date.now() },
    body,
    isBase64Encoded: false,
  };
  const answer = await sentAgain(() => service.invoke("ingest", event));
  const { statusCode } = answer as { readonly statusCode?: number };
  // 409: the time that was over was that of the answer; the event had been taken.
  if (statusCode !== 202 && statusCode !== 200 && statusCode !== 409)
    throw new Error(`the webhook was answered ${JSON.stringify(answer)}`);
}

/** As senders do: a function that gets too little of a busy machine gives up after a second. */
async function sentAgain(send: () => Promise<unknown>): Promise<unknown> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await send();
    } catch (error) {
      if (failures === SENT_AGAIN) throw error;
    }
  }
}
