import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ResourceOutcome } from "../../lib/core/outcome.ts";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { objectJournal } from "../../lib/sinks/objects/journal.ts";
import { objectOutcomes } from "../../lib/sinks/objects/outcomes.ts";
import { s3Objects } from "../../lib/sinks/objects/s3.ts";
import { composeCreatedEvent } from "../../local/compose-events/compose.ts";
import { startEmulator, type Emulator } from "../../local/emulator/start.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../local/service/embedded-aws.ts";
import { type LocalFunction } from "../../local/service/function-runtime.ts";
import {
  ENV_POLICY,
  functionVariables,
  makeResources,
  settingsOf,
  startDeployed,
} from "../fixtures/deployed-function.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";

const group = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };

let aws: EmbeddedAws;
let emulator: Emulator;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  emulator = await startEmulator({ accounts: ["alibaba:111122223333"] });
  await makeResources(aws, ["enforce"]);
});

afterAll(async () => {
  await emulator.close();
  await aws.close();
});

interface Change {
  /** Undefined = the variable isn't there. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly emulatorConfig?: unknown;
  readonly timeoutSeconds?: number;
}

function startEnforce({ environment, emulatorConfig, timeoutSeconds }: Change = {}): Promise<LocalFunction> {
  const settings = settingsOf(ENV_POLICY, emulatorConfig ?? emulator.config());
  const own = { TAGWARDEN_ENFORCE_QUEUE_URL: aws.queueUrl("enforce"), ...environment };
  return startDeployed("enforce", functionVariables(aws, settings, own), timeoutSeconds);
}

const created = (id: string): string => composeCreatedEvent({ ...group, id }, { at: Date.now() - 60_000 });

const api = { ...group, type: "alibaba:apigateway:api" };

/** One event that tells of several resources. */
function apisImported(ids: readonly string[]): string {
  const event = JSON.parse(composeCreatedEvent({ ...api, id: "x" }, { at: Date.now() - 60_000 })) as { data: object };
  const responseElements = { SuccessApis: { SuccessApi: ids.map((ApiId) => ({ ApiId })) } };
  return JSON.stringify({ ...event, data: { ...event.data, eventName: "ImportOAS", responseElements } });
}

const records = (bodies: readonly string[]) => bodies.map((body, index) => sqsRecord(`m${index}`, body));

async function failuresOf(enforce: LocalFunction, bodies: readonly string[]): Promise<string[]> {
  const answer = (await enforce.invoke({ Records: records(bodies) })) as SQSBatchResponse;
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

async function delayedMessages(): Promise<number> {
  const sqs = await createAwsClients(aws.variables).sqs();
  const name = "ApproximateNumberOfMessagesDelayed";
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: aws.queueUrl("enforce"), AttributeNames: [name] }),
  );
  return Number(Attributes?.[name]);
}

/** What was recorded of a resource from then on. */
function outcomesSince(time: number): (id: string) => Promise<readonly ResourceOutcome[]> {
  const store = objectOutcomes(s3Objects({ client: createAwsClients(aws.variables).s3, bucket: "reports" }));
  return async (id) => {
    const found: ResourceOutcome[] = [];
    for await (const { at, resources } of store.read()) {
      if (at >= time) found.push(...resources.filter((resource) => resource.id === id));
    }
    return found;
  };
}

const tagsOf = (id: string): unknown => emulator.world.get({ ...group, id })?.tags;

describe("the enforce function", () => {
  it("tags a new resource over the cloud's own protocol", async () => {
    emulator.world.create({ ...group, id: "g-new" });
    expect(await failuresOf(await startEnforce(), [created("g-new")])).toEqual([]);
    expect(tagsOf("g-new")).toEqual({ env: "dev" });
  });

  it("keeps a journal of what it wrote in the bucket", async () => {
    emulator.world.create({ ...group, id: "g-journal" });
    const client = createAwsClients(aws.variables).s3;
    const journal = objectJournal(s3Objects({ client, bucket: "reports", prefix: "journal/" }));
    const before = new Set(await journal.runs());
    await failuresOf(await startEnforce(), [created("g-journal")]);
    const [run = "", ...others] = (await journal.runs()).filter((one) => !before.has(one));
    expect(others).toEqual([]);
    expect(await journal.read(run)).toMatchObject([{ id: "g-journal", key: "env", value: "dev" }]);
  });

  it("writes nothing when the event is delivered again", async () => {
    emulator.world.create({ ...group, id: "g-twice" });
    const enforce = await startEnforce();
    await failuresOf(enforce, [created("g-twice")]);
    const writes = () => emulator.calls()["alibaba:apigateway:TagResources"];
    const before = writes();
    expect(await failuresOf(enforce, [created("g-twice")])).toEqual([]);
    expect(writes()).toBe(before);
  });

  it("hands back a megabyte of malformed body and tags the rest of the batch", async () => {
    emulator.world.create({ ...group, id: "g-beside" });
    const malformed = `{"detail":${"[".repeat(1_000_000)}`;
    expect(await failuresOf(await startEnforce(), [malformed, created("g-beside")])).toEqual(["m0"]);
    expect(tagsOf("g-beside")).toEqual({ env: "dev" });
  });

  it.each([
    ["in report mode", "report"],
    ["where nobody said that it may", undefined],
  ])("writes nothing %s, and says of each resource what it would lack", async (_, mode) => {
    const id = `g-mode-${mode ?? "unset"}`;
    emulator.world.create({ ...group, id });
    const writes = () => emulator.calls()["alibaba:apigateway:TagResources"];
    const before = writes();
    const outcomes = outcomesSince(Date.now());
    const enforce = await startEnforce({ environment: { TAGWARDEN_MODE: mode } });
    expect(await failuresOf(enforce, [created(id)])).toEqual([]);
    expect(tagsOf(id)).toEqual({});
    expect(writes()).toBe(before);
    expect(await outcomes(id)).toMatchObject([{ outcome: "report-only", code: "report-mode" }]);
  });

  it.each(["", "off", "Enforce"])("doesn't start with a mode that nobody knows: %j", async (mode) => {
    await expect(startEnforce({ environment: { TAGWARDEN_MODE: mode } })).rejects.toThrow(
      /TAGWARDEN_MODE is invalid: must be one of enforce, report/,
    );
  });

  it("sends an event again whose resource isn't visible yet", async () => {
    const before = await delayedMessages();
    const young = composeCreatedEvent({ ...group, id: "g-invisible" }, { at: Date.now() });
    expect(await failuresOf(await startEnforce(), [young])).toEqual([]);
    expect(await delayedMessages()).toBe(before + 1);
  });

  it("says failed of what it could not do when its time is up, and not before", async () => {
    const client = createAwsClients(aws.variables).s3;
    const outcomesSaid = async () => {
      const said: string[] = [];
      for await (const { resources } of objectOutcomes(s3Objects({ client, bucket: "reports" })).read()) {
        said.push(...resources.flatMap(({ id, outcome, code }) => (id === "g-denied" ? [`${outcome} ${code}`] : [])));
      }
      return said;
    };
    emulator.world.create({ ...group, id: "g-denied" });
    const denied = { effect: "error", code: "Forbidden.RAM", httpStatus: 403 } as const;
    emulator.setFaults([{ match: { action: "alibaba:apigateway:*" }, ...denied }]);
    onTestFinished(() => emulator.setFaults([]));
    const enforce = await startEnforce({ environment: { TAGWARDEN_WAIT_HOURS: "2" } });
    const sentAgo = async (hours: number, receiveCount = 1) =>
      enforce.invoke({
        Records: [sqsRecord("m0", created("g-denied"), { receiveCount, sentAt: Date.now() - hours * 3_600_000 })],
      });
    const before = await delayedMessages();
    for (const receiveCount of [1, 5]) expect(await sentAgo(1, receiveCount)).toEqual({ batchItemFailures: [] });
    expect(await delayedMessages()).toBe(before + 2);
    // The dead-letter queue can't be reached here, so that the message goes back, and SQS itself moves it.
    expect(await sentAgo(2)).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    expect(await outcomesSaid()).toEqual([
      "redelivered Forbidden.RAM",
      "redelivered Forbidden.RAM",
      "failed Forbidden.RAM",
    ]);
  });

  const WHOLE = ["dev", "dev", "dev", "dev"];
  const PART = [undefined, "dev", "dev", undefined];

  it.each([
    ["is about the part of a large event that a message names", "1-3/4", PART],
    ["is about the part that an earlier version named", "1-3", PART],
    ["is about all of an event that was parted where it named other resources", "1-3/5", WHOLE],
  ])("%s: %s", async (_, stringValue, written) => {
    const ids = [0, 1, 2, 3].map((n) => `g-p${n}-${stringValue.replace("/", "-of-")}`);
    for (const id of ids) emulator.world.create({ ...api, id });
    const enforce = await startEnforce();
    const place = { messageAttributes: { part: { dataType: "String" as const, stringValue } } };
    const body = apisImported(ids);
    expect(await enforce.invoke({ Records: [{ ...sqsRecord("m0", body), ...place }] })).toEqual({
      batchItemFailures: [],
    });
    expect(ids.map((id) => emulator.world.get({ ...api, id })?.tags?.["env"])).toEqual(written);
  });

  it("starts no call that could not end and be recorded before its time is over", async () => {
    emulator.world.create({ ...group, id: "g-late" });
    const before = emulator.calls();
    const waiting = await delayedMessages();
    // Five seconds for a call, six for recording, and two that a call is given to end.
    expect(await failuresOf(await startEnforce({ timeoutSeconds: 12 }), [created("g-late")])).toEqual([]);
    expect(emulator.calls()).toEqual(before);
    expect(await delayedMessages()).toBe(waiting + 1);
    expect(await failuresOf(await startEnforce({ timeoutSeconds: 15 }), [created("g-late")])).toEqual([]);
    expect(tagsOf("g-late")).toEqual({ env: "dev" });
  });

  it("names every missing variable at its cold start", async () => {
    const empty = { TAGWARDEN_TABLE: "", TAGWARDEN_POLICIES: "", TAGWARDEN_ENFORCE_QUEUE_URL: "nowhere" };
    await expect(startEnforce({ environment: empty })).rejects.toThrow(
      /TAGWARDEN_POLICIES.*TAGWARDEN_TABLE.*TAGWARDEN_ENFORCE_QUEUE_URL/,
    );
  });

  it("says at its cold start which policies it can't use", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "tagwarden-enforce-")), "policies.json");
    writeFileSync(path, "{}");
    await expect(startEnforce({ environment: { TAGWARDEN_POLICIES: path } })).rejects.toThrow(
      /TAGWARDEN_POLICIES: .*policies\.json holds no compiled policies/,
    );
    await expect(startEnforce({ environment: { TAGWARDEN_POLICIES: "/nowhere.json" } })).rejects.toThrow(
      /TAGWARDEN_POLICIES: \/nowhere\.json isn't there, or can't be read/,
    );
  });

  it("is a sentence of wiring", () => {
    expect(readFileSync("functions/enforce.ts", "utf8").split("\n").length).toBeLessThan(25);
  });
});

describe("an endpoint that hangs", () => {
  let hanging: Server;
  let endpoint: string;

  beforeAll(async () => {
    hanging = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      hanging.listen(0, "127.0.0.1", () => resolve());
    });
    endpoint = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    hanging.closeAllConnections();
    hanging.close();
  });

  it("loses no message and doesn't outlast the function's timeout", async () => {
    const config = emulator.config() as { accounts: { provider: string }[] };
    const accounts = config.accounts.map((account) =>
      account.provider === "alibaba" ? { ...account, endpoints: { "cn-hangzhou": endpoint } } : account,
    );
    const enforce = await startEnforce({ emulatorConfig: { ...config, accounts }, timeoutSeconds: 12 });
    const before = await delayedMessages();
    const failures = await failuresOf(enforce, [created("g-hangs")]);
    expect(failures.length + (await delayedMessages()) - before).toBe(1);
  });
});
