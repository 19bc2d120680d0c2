import { describe, expect, onTestFinished, test } from "vitest";
import type { AlibabaAccountConfig, AlibabaOidcRole } from "../../../lib/core/config/config.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { alibabaProvider } from "../../../lib/providers/alibaba/provider.ts";
import type { ClientDeps } from "../../../lib/providers/client-deps.ts";
import { startEmulator, type EmulatorOptions } from "../../../local/emulator/start.ts";
import { runMain } from "../../cli/run-main.ts";
import { alibabaAccount, deps as everyday } from "../accounts.ts";
import { recordingServer } from "../recording-server.ts";

const type = "alibaba:apigateway:apiGroup";
const { account } = alibabaAccount;
const region = "cn-hangzhou";
const MINUTE = 60_000;

/** An emulated account, and a provider that enters it by its role; one clock for both. */
async function enter(change: Partial<AlibabaOidcRole> = {}, options: EmulatorOptions = {}) {
  let time = Date.parse("2026-11-22T08:00:00Z");
  const now = () => time;
  const resources = [{ type, account, region, id: "g1", tags: {} }];
  const emulator = await startEmulator({ resources, now, ...options });
  onTestFinished(() => emulator.close());
  const { role, endpoints } = emulator.description.alibaba;
  const tokens = { next: emulator.issueToken() };
  const credentials = { ...role, oidcToken: "token", ...change };
  const deps: ClientDeps = {
    credential: async (reference) => (reference === "token" ? tokens.next : reference),
    clock: { ...everyday.clock, now },
  };
  const provider = alibabaProvider({ ...alibabaAccount, endpoints, credentials }, deps);
  const list = () => provider.listTagResources({ type, region, ids: ["g1"] }, undefined);
  const failure = async () => {
    const error: unknown = await list().catch((reason: unknown) => reason);
    if (!(error instanceof ProviderError)) throw new Error("the call must fail");
    return error;
  };
  return { emulator, provider, list, failure, tokens, pass: (ms: number) => (time += ms) };
}

const EXCHANGE = "alibaba:sts:AssumeRoleWithOIDC";

describe("an account that is entered by a role", () => {
  test("is read and tagged without a stored key, with one exchange for calls side by side", async () => {
    const { emulator, provider, list } = await enter();
    await Promise.all([list(), list(), list()]);
    await provider.tagResources({ type, account, region, resourceIds: ["g1"], tags: new Map([["env", "dev"]]) });
    expect((await list()).rows).toEqual([{ type, id: "g1", tags: new Map([["env", "dev"]]) }]);
    expect(emulator.calls()[EXCHANGE]).toBe(1);
  });

  test("gets a new key minutes before the old one expires, with the token of then", async () => {
    const { emulator, list, tokens, pass } = await enter();
    await list();
    pass(54 * MINUTE);
    await list();
    expect(emulator.calls()[EXCHANGE]).toBe(1);
    pass(2 * MINUTE);
    tokens.next = emulator.issueToken();
    await Promise.all([list(), list()]);
    expect(emulator.calls()[EXCHANGE]).toBe(2);
  });

  test("is left alone once its key has expired and there is no token for a new one", async () => {
    const { emulator, list, pass, failure, tokens } = await enter();
    await list();
    tokens.next = "not.a.token";
    pass(61 * MINUTE);
    expect(await failure()).toMatchObject({ kind: "access", code: "AuthenticationFail.OIDCToken.Invalid" });
    expect(emulator.calls()["alibaba:apigateway:ListTagResources"]).toBe(1);
  });

  test.each([
    ["for somebody else", { audience: "sts.amazonaws.com" }, 0, "AuthenticationFail.OIDCToken.AudienceNotMatch"],
    ["that has expired", { seconds: 60 }, MINUTE, "AuthenticationFail.OIDCToken.Expired"],
  ])("a token %s gets one access error that says whose refusal it is", async (_, request, later, code) => {
    const { emulator, failure, tokens, pass } = await enter();
    tokens.next = emulator.issueToken(request);
    pass(later);
    const error = await failure();
    expect(error).toMatchObject({ kind: "access", code, httpStatus: 401 });
    const by = `acs:ram::${account}:oidc-provider/tagwarden`;
    const role = `acs:ram::${account}:role/tagwarden`;
    expect(error.message).toContain(`${code}: the role ${role} can't be taken by way of ${by}: `);
    expect(JSON.stringify(error) + error.message).not.toContain(tokens.next);
  });

  test("a token whose claims were changed afterwards is refused", async () => {
    const { failure, tokens } = await enter();
    const [header = "", claims = "", signature = ""] = tokens.next.split(".");
    const text = Buffer.from(claims, "base64url").toString("utf8").replace("tagwarden", "somebody!");
    tokens.next = [header, Buffer.from(text).toString("base64url"), signature].join(".");
    expect(await failure()).toMatchObject({ kind: "access", code: "AuthenticationFail.OIDCToken.InvalidSignature" });
  });

  test("a token that is signed by no key at all is refused", async () => {
    const { failure, tokens } = await enter();
    const [, claims = ""] = tokens.next.split(".");
    tokens.next = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`;
    expect(await failure()).toMatchObject({ kind: "access", code: "AuthenticationFail.OIDCToken.Invalid" });
  });

  test.each([
    ["role", { roleArn: `acs:ram::${account}:role/other` }, "EntityNotExist.Role"],
    ["provider", { oidcProviderArn: `acs:ram::${account}:oidc-provider/other` }, "AuthenticationFail.NoPermission"],
  ])("a %s that isn't there is a lack of access, and no resource's fault", async (_, change, code) => {
    const { failure } = await enter(change);
    expect(await failure()).toMatchObject({ kind: "access", code });
  });

  test.each([
    ["throttle", "throttled"],
    ["drop-response", "transient"],
  ] as const)("STS that can't answer (%s) makes the call worth repeating", async (effect, kind) => {
    const { failure, list } = await enter({}, { faults: [{ match: { action: EXCHANGE }, effect, times: 1 }] });
    expect(await failure()).toMatchObject({ kind, retryable: true });
    await expect(list()).resolves.toMatchObject({ rowCount: 0 });
  });
});

describe("the exchange", () => {
  const role = {
    roleArn: "acs:ram::111122223333:role/r",
    oidcProviderArn: "acs:ram::111122223333:oidc-provider/p",
    oidcToken: "a.b+c.d",
  };
  const clock = { ...everyday.clock, now: () => Date.parse("2026-11-22T08:00:00.123Z") };
  const at = (origin: string): AlibabaAccountConfig => ({
    ...alibabaAccount,
    endpoints: { "*": origin },
    credentials: role,
  });
  const call = (origin: string, more: Partial<ClientDeps> = {}) =>
    alibabaProvider(at(origin), { ...everyday, clock, ...more }).listInventory(region, type, undefined);

  test("is what @alicloud/credentials sends: not signed, the token in the form", async () => {
    await using server = await recordingServer({ body: '{"RequestId":"R"}' });
    await expect(call(server.origin)).rejects.toMatchObject({ code: "UnexpectedResponse", retryable: true });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", path: "/" });
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      Action: "AssumeRoleWithOIDC",
      Format: "JSON",
      Timestamp: "2026-11-22T08:00:00Z",
      Version: "2015-04-01",
    });
    expect(request?.headers).not.toHaveProperty("authorization");
    expect(request?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      DurationSeconds: "3600",
      OIDCProviderArn: role.oidcProviderArn,
      OIDCToken: role.oidcToken,
      RoleArn: role.roleArn,
      RoleSessionName: "tagwarden",
    });
  });

  test("of whoever only reads asks for a key that can't write, whatever the role may do", async () => {
    await using server = await recordingServer({ body: '{"RequestId":"R"}' });
    await expect(call(server.origin, { readOnly: true })).rejects.toMatchObject({ code: "UnexpectedResponse" });
    const policy = new URLSearchParams(server.requests[0]?.body).get("Policy") ?? "";
    const { stdout } = await runMain([
      "permissions",
      "--provider",
      "alibaba",
      "--read-only",
      "--account",
      alibabaAccount.account,
    ]);
    expect(JSON.parse(policy)).toEqual(JSON.parse(stdout));
    expect(policy.length).toBeLessThanOrEqual(2_048);
  });

  test("never repeats a token that STS quotes", async () => {
    const body = `{"RequestId":"R","Code":"AuthenticationFail.OIDCToken.Invalid","Message":"bad: ${role.oidcToken}"}`;
    await using server = await recordingServer({ body, status: 401 });
    await expect(call(server.origin)).rejects.toThrow(
      /^AuthenticationFail\.OIDCToken\.Invalid: the role .* by way of .*: bad: \*\*\*$/,
    );
  });
});
