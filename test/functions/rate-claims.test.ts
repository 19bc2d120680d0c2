import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
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
import { recordingServer } from "../providers/recording-server.ts";

const GROUP = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
/** A call takes the ids of 50. */
const TWO_CALLS = 51;
/** A claim holds for 20 seconds and some, and is renewed when half of that is over. */
const UNTIL_RENEWAL_MS = 14_000;
/** Longer than all else that an invocation does, and shorter than a store is waited for. */
const SLOW_MS = 800;

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

/** DynamoDB, which takes its time for claims of rates when `isSlow` is set. */
async function claimsStore() {
  const state = { isSlow: false, claims: 0, underWay: 0 };
  const server = await recordingServer(({ headers, body }, response) => {
    const isClaim = body.includes('"rate#');
    state.claims += Number(isClaim);
    state.underWay += 1;
    response.once("close", () => (state.underWay -= 1));
    const { host: _host, connection: _connection, "content-length": _length, ...rest } = headers;
    void (async () => {
      if (isClaim && state.isSlow) await setTimeout(SLOW_MS);
      const answer = await fetch(aws.dynamodbEndpoint, {
        method: "POST",
        headers: rest as Record<string, string>,
        body,
      });
      response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" });
      response.end(await answer.text());
    })();
    return undefined;
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { state, origin: server.origin };
}

function startEnforce(dynamodb: string): Promise<LocalFunction> {
  const own = { AWS_ENDPOINT_URL_DYNAMODB: dynamodb, TAGWARDEN_ENFORCE_QUEUE_URL: aws.queueUrl("enforce") };
  return startDeployed("enforce", functionVariables(aws, settingsOf(ENV_POLICY, emulator.config()), own), 60);
}

function create(count: number, name: string) {
  return Array.from({ length: count }, (_, index) => {
    const resource = { ...GROUP, id: `${name}-${index}` };
    emulator.world.create(resource);
    return sqsRecord(`${name}-${index}`, composeCreatedEvent(resource, { at: Date.now() - 60_000 }));
  });
}

it("a claim that is being renewed when an invocation ends is answered by then", async () => {
  vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  const { state, origin } = await claimsStore();
  const enforce = await startEnforce(origin);
  expect(await enforce.invoke({ Records: create(TWO_CALLS, "first") })).toEqual({ batchItemFailures: [] });
  expect(state).toMatchObject({ claims: 1, underWay: 0 });

  vi.setSystemTime(Date.now() + UNTIL_RENEWAL_MS);
  state.isSlow = true;
  expect(await enforce.invoke({ Records: create(1, "second") })).toEqual({ batchItemFailures: [] });
  expect(state).toMatchObject({ claims: 2, underWay: 0 });
});
