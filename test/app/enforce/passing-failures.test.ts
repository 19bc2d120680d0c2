import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createRateLimiter } from "../../../lib/app/cloud/rate/limiter.ts";
import type { EnforceDeps } from "../../../lib/app/enforce/enforce-tags.ts";
import { systemClock } from "../../../lib/app/ports/system-clock.ts";
import type { AccountConfig, Config } from "../../../lib/core/config/config.ts";
import { send, type HttpRequest, type HttpResponse } from "../../../lib/providers/http.ts";
import { createProvider } from "../../../lib/providers/index.ts";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { file } from "../../fixtures/webhooks/signing.ts";
import { recordingServer } from "../../providers/recording-server.ts";
import { createdEvent, deliver } from "../deliveries.ts";
import { createWorld } from "../enforce-world.ts";

const REFS = {
  alibaba: { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou", id: "g1" },
  huawei: { type: "huawei:iam:user", account: "d0001", region: "global", id: "u1" },
  aws: {
    type: "aws:ec2:instance",
    account: "444455556666",
    region: "us-east-1",
    id: "arn:aws:ec2:us-east-1:444455556666:instance/i-1",
  },
} as const;
type Cloud = keyof typeof REFS;

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ resources: Object.values(REFS).map((ref) => ({ ...ref, tags: {} })) });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

const accountOf = (cloud: Cloud): AccountConfig => {
  const { accounts } = emulator.config() as Config;
  return accounts.find(({ provider }) => provider === cloud) ?? expect.fail("an account");
};
const tagsOf = (cloud: Cloud) => emulator.world.get(REFS[cloud])?.tags;

/** What a request meets on its way instead of its cloud. */
type Fault = Partial<HttpResponse> | ((request: HttpRequest) => Promise<HttpResponse>);

/** The machine's clock, on which nobody has to wait. */
function quickClock() {
  let ahead = 0;
  return { now: () => systemClock.now() + ahead, sleep: async (ms: number) => void (ahead += ms) };
}

interface Way {
  readonly account: AccountConfig;
  readonly fault?: Fault;
  readonly credential?: (reference: string) => Promise<string>;
  /** Told before each delivery. */
  readonly before?: (delivery: number) => void;
  /** The first delivery that meets no fault. */
  readonly healthyFrom?: number;
  readonly journal?: EnforceDeps["journal"];
}

/** Delivers the event of this cloud's resource until it is settled; the way there is bad for the first deliveries. */
async function deliverOn(cloud: Cloud, { account, fault, before, healthyFrom = 3, journal, ...way }: Way) {
  let isHealthy = false;
  const clock = quickClock();
  const provider = createProvider(account, {
    credential: way.credential ?? (async (literal) => literal),
    clock,
    send: async (request, options) => {
      if (isHealthy || fault === undefined) return send(request, options);
      return typeof fault === "function" ? fault(request) : { status: 200, headers: {}, body: "", ...fault };
    },
  });
  const deps: EnforceDeps = {
    ...createWorld().deps,
    clock,
    random: () => 0,
    limiter: createRateLimiter(clock),
    registry: createRegistry([provider]),
    accounts: [{ ...account, callsPerSecond: { read: 1_000, write: 1_000 } }],
    ...(journal !== undefined && { journal }),
  };
  return deliver([createdEvent(REFS[cloud])], deps, {
    before(delivery) {
      isHealthy = delivery >= healthyFrom;
      before?.(delivery);
    },
  });
}

type Ended = Awaited<ReturnType<typeof deliver>>;

/** Nothing was acknowledged while the way was bad, and then the resource was tagged. */
function expectTaggedAtLast({ deliveries, dead }: Ended, cloud: Cloud, code: string | RegExp) {
  expect(deliveries.map(({ acknowledged }) => acknowledged)).toEqual([0, 0, 1]);
  for (const { outcomes } of deliveries.slice(0, 2)) {
    expect(outcomes).toMatchObject([{ outcome: "redelivered", code: expect.stringMatching(code) as string }]);
  }
  expect(deliveries[2]?.outcomes).toMatchObject([{ outcome: "tagged" }]);
  expect(dead).toEqual([]);
  expect(tagsOf(cloud)).toMatchObject({ env: "dev", owner: "alice" });
}

const json = (status: number, body: object): Fault => ({ status, body: JSON.stringify(body) });
const html = (status: number): Fault => ({ status, body: "<html><h1>Proxy</h1></html>" });
const alibaba = (status: number, Code: string) => json(status, { RequestId: "r", Code, Message: "no" });
const huawei = (status: number, error_code: string, error_msg = "no") => json(status, { error_code, error_msg });
const aws = (status: number, __type: string, message = "no") => json(status, { __type, message });
/** No name has a part of more than 63 characters, and so no network is asked for it. */
const noAddress: Fault = (request) =>
  send({ ...request, origin: new URL(`https://${"a".repeat(64)}.invalid`) }, { timeoutMs: 5_000 });

describe.each(["alibaba", "huawei", "aws"] as const)("on the way to %s", (cloud) => {
  test.each<[string, Fault, string]>([
    ["no address (ENOTFOUND)", noAddress, "UnknownEndpoint"],
    ["a proxy's page with 403", html(403), "UnexpectedResponse"],
    ["a load balancer's page with 404", html(404), "UnexpectedResponse"],
    ["a proxy's page with 407", html(407), "UnexpectedResponse"],
    ["a gateway's page with 502", html(502), "UnexpectedResponse"],
    [
      "a captive portal's redirect",
      { status: 302, headers: { location: "https://portal.invalid/" } },
      "UnexpectedResponse",
    ],
    [
      "a 404 of somebody else's in JSON",
      json(404, { message: "no Route matched with those values" }),
      "UnexpectedResponse",
    ],
  ])("%s passes: nothing is acknowledged before the resource is tagged", async (_, fault, code) => {
    expectTaggedAtLast(await deliverOn(cloud, { account: accountOf(cloud), fault }), cloud, code);
  });

  test("a certificate that can't be trusted passes", async () => {
    const server = createTlsServer({ key: file("signing.key.pem"), cert: file("signing.pem") }, () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const origin = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const fault: Fault = (request) => send({ ...request, origin }, { timeoutMs: 5_000 });
    expectTaggedAtLast(await deliverOn(cloud, { account: accountOf(cloud), fault }), cloud, "TlsError");
  });
});

const CODES: readonly [cloud: Cloud, what: string, fault: Fault, code: string][] = [
  ["alibaba", "a clock that is wrong", alibaba(400, "InvalidTimeStamp.Expired"), "InvalidTimeStamp.Expired"],
  ["alibaba", "a nonce that was used", alibaba(400, "SignatureNonceUsed"), "SignatureNonceUsed"],
  ["alibaba", "a code that no table knows", alibaba(400, "Unheard.Of"), "Unheard.Of"],
  ["alibaba", "a 404 that no table knows", alibaba(404, "Unheard.Of"), "Unheard.Of"],
  ["alibaba", "an unknown code inside a 200", alibaba(200, "Unheard.Of"), "Unheard.Of"],
  ["alibaba", "denied access", alibaba(403, "Forbidden.RAM"), "Forbidden.RAM"],
  ["huawei", "a clock that is wrong", huawei(401, "APIGW.0301", "AK SK signature expired"), "APIGW.0301"],
  ["huawei", "a code that no table knows", huawei(400, "SVC.0042"), "SVC.0042"],
  ["huawei", "a 404 that no table knows", huawei(404, "SVC.0042"), "SVC.0042"],
  ["huawei", "denied access", huawei(403, "PAP5.0001"), "PAP5.0001"],
  ["aws", "a clock that is wrong (RequestExpired)", aws(400, "RequestExpired"), "RequestExpired"],
  ["aws", "a clock that is wrong (RequestTimeTooSkewed)", aws(403, "RequestTimeTooSkewed"), "RequestTimeTooSkewed"],
  [
    "aws",
    "a clock that is wrong (InvalidSignatureException)",
    aws(403, "InvalidSignatureException", "Signature expired: 20261122T002819Z is now earlier than 20261122T010000Z"),
    "InvalidSignatureException",
  ],
  ["aws", "a code that no table knows", aws(400, "UnheardOfException"), "UnheardOfException"],
  ["aws", "a key that isn't known yet", aws(400, "UnrecognizedClientException"), "UnrecognizedClientException"],
  ["aws", "denied access", aws(400, "AccessDeniedException"), "AccessDeniedException"],
];

test.each(CODES)("%s says %s: nothing is acknowledged before the resource is tagged", async (cloud, _, fault, code) => {
  expectTaggedAtLast(await deliverOn(cloud, { account: accountOf(cloud), fault }), cloud, code);
});

test("what doesn't pass ends as a dead letter with its reason after a day, and not before", async () => {
  const startedAt = systemClock.now();
  const ended = await deliverOn("aws", { account: accountOf("aws"), fault: aws(400, "Odd"), healthyFrom: Infinity });
  expect(ended.deliveries.every(({ acknowledged }) => acknowledged === 0)).toBe(true);
  const outcomes = ended.deliveries.map(({ outcomes: [first] }) => first?.outcome);
  expect(outcomes.at(-1)).toBe("failed");
  expect(outcomes.slice(0, -1).every((outcome) => outcome === "redelivered")).toBe(true);
  const [letter, ...others] = ended.dead;
  expect(others).toEqual([]);
  expect(letter).toMatchObject({ reason: "Odd: no" });
  const hours = ((letter?.at ?? 0) - startedAt) / 3_600_000;
  expect(hours).toBeGreaterThan(23.5);
  expect(hours).toBeLessThan(24.5);
});

describe("the key of a role in AWS", () => {
  const VARIABLES = {
    AWS_ACCESS_KEY_ID: "key-of-the-environment",
    AWS_SECRET_ACCESS_KEY: "secret-of-the-environment",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };

  /** STS as it answers now; later it gives the key that the emulator knows. */
  async function withSts(answer: { readonly status: number; readonly body: string } | "nobody") {
    const temporary = emulator.description.aws.accounts["444455556666"]?.temporary;
    if (temporary === undefined) throw new Error("the emulator has no such account");
    const { accessKeyId, secretAccessKey, sessionToken } = temporary;
    let isHealthy = false;
    const key = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
      <AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
      <SessionToken>${sessionToken}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
    const sts = await recordingServer((_, response) => {
      if (!isHealthy && answer === "nobody") {
        response.destroy();
        return undefined;
      }
      const given = isHealthy || answer === "nobody" ? { status: 200, body: key } : answer;
      return { ...given, headers: { "content-type": "text/xml" } };
    });
    const before = { ...process.env };
    Object.assign(process.env, VARIABLES, { AWS_ENDPOINT_URL_STS: sts.origin });
    onTestFinished(async () => {
      process.env = before;
      await sts[Symbol.asyncDispose]();
    });
    const { credentials: _, ...account } = accountOf("aws");
    return {
      account: { ...account, credentials: { roleArn: "arn:aws:iam::444455556666:role/tagwarden" } } as AccountConfig,
      before: (delivery: number) => void (isHealthy = delivery >= 3),
    };
  }

  const xml = (code: string) =>
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

  test.each([
    ["is throttled", { status: 400, body: xml("Throttling") }],
    ["is down", { status: 503, body: xml("ServiceUnavailable") }],
    ["hangs up", "nobody"],
    ["says what no table knows", { status: 400, body: xml("Unheard") }],
    ["denies it for now", { status: 403, body: xml("AccessDenied") }],
    ["is reached through a proxy that has another page", { status: 404, body: "<html>not here</html>" }],
  ] as const)("comes when STS is well again, which %s at first", async (_, answer) => {
    const way = await withSts(answer);
    expectTaggedAtLast(await deliverOn("aws", way), "aws", "CredentialsUnavailable");
  });

  test("is a lack of access only where STS says so: the others alert nobody at once", async () => {
    for (const [code, isAlerted] of [
      ["AccessDenied", true],
      ["Throttling", false],
      ["Unheard", false],
    ] as const) {
      const { account } = await withSts({ status: code === "AccessDenied" ? 403 : 400, body: xml(code) });
      const provider = createProvider(account, { credential: async (literal) => literal, clock: systemClock });
      const { type: _, account: __, id, region } = REFS.aws;
      const reading = provider.listTagResources({ region, type: "aws:*:*", ids: [id] }, undefined);
      const error: unknown = await reading.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ message: expect.stringContaining(`${code}: no`) as string });
      expect((error as { kind: string }).kind === "access").toBe(isAlerted);
    }
  });
});

describe("the role of an Alibaba account", () => {
  const EXCHANGE = "alibaba:sts:AssumeRoleWithOIDC";

  test.each([
    ["Throttling.User", 400],
    ["ServiceUnavailable", 503],
    ["Unheard.Of", 400],
    ["AuthenticationFail.OIDCToken.Expired", 401],
  ])("comes when STS is well again, which says %s at first", async (code, httpStatus) => {
    const { role, endpoints } = emulator.description.alibaba;
    const credentials = { ...role, oidcToken: "token" };
    const account = { ...accountOf("alibaba"), endpoints, credentials } as AccountConfig;
    const ended = await deliverOn("alibaba", {
      account,
      credential: async (reference) => (reference === "token" ? emulator.issueToken() : reference),
      before(delivery) {
        const fault = { match: { action: EXCHANGE }, effect: "error", code, httpStatus } as const;
        emulator.setFaults(delivery < 3 ? [fault] : []);
      },
    });
    expectTaggedAtLast(ended, "alibaba", code);
  });
});

test("a secret that can't be had for now keeps its account's resources waiting, and loses none", async () => {
  let isHealthy = false;
  const account = accountOf("huawei");
  const ended = await deliverOn("huawei", {
    account,
    credential: async (literal) => (isHealthy ? literal : Promise.reject(new Error("Secrets Manager hung up"))),
    before: (delivery) => void (isHealthy = delivery >= 3),
  });
  expectTaggedAtLast(ended, "huawei", "CredentialsUnavailable");
});

describe("a write that took effect, whatever its answer says, is in the journal", () => {
  const failed = { [REFS.aws.id]: { StatusCode: 500, ErrorCode: "InternalServiceException", ErrorMessage: "no" } };

  test.each([
    ["alibaba", "500 InternalError", alibaba(500, "InternalError")],
    ["huawei", "500 of IAM", huawei(500, "PAP5.9999")],
    ["aws", "500 InternalServiceException", aws(500, "InternalServiceException")],
    ["aws", "500 of one ARN", json(200, { FailedResourcesMap: failed })],
  ] as const)("%s: %s", async (cloud, _, answer) => {
    const journal: string[] = [];
    const { deliveries, dead } = await deliverOn(cloud, {
      account: accountOf(cloud),
      async fault(request) {
        const answered = await send(request, { timeoutMs: 5_000 });
        return request.write ? { ...answered, ...answer } : answered;
      },
      journal: async (entries) => void journal.push(...entries.map(({ key, value }) => `${key}=${value}`)),
    });
    expect(deliveries.map(({ acknowledged }) => acknowledged)).toEqual([1]);
    expect(dead).toEqual([]);
    expect(tagsOf(cloud)).toMatchObject({ env: "dev", owner: "alice" });
    expect(journal.toSorted()).toEqual(["env=dev", "owner=alice"]);
  });
});
