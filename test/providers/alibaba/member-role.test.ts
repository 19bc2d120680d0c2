import { describe, expect, test } from "vitest";
import type { AlibabaAccountConfig } from "../../../lib/core/config/config.ts";
import type { ClientDeps } from "../../../lib/providers/client-deps.ts";
import { alibabaProvider } from "../../../lib/providers/alibaba/provider.ts";
import { alibabaAccount, deps as everyday } from "../accounts.ts";
import { readSessionPolicy, readsService } from "../../../local/emulator/alibaba/session-policy.ts";
import { allows } from "../../../local/emulator/session-policy.ts";
import { recordingServer, type Answer, type RecordedRequest } from "../recording-server.ts";

const region = "cn-hangzhou";
const type = "alibaba:apigateway:apiGroup";
const roleOf = (account: string) => `acs:ram::${account}:role/tagwarden`;

/** Of a member, whose role the key of `alibabaAccount` takes. */
const memberAccount = (account: string, origin: string): AlibabaAccountConfig => ({
  ...alibabaAccount,
  account,
  endpoints: { "*": origin },
  credentials: { ...alibabaAccount.credentials, assumeRoleArn: roleOf(account) },
});

const actionOf = ({ headers, query }: RecordedRequest) => String(headers["x-acs-action"] ?? query.get("Action"));

const taken = (expiresAt: string): Answer => ({
  body: JSON.stringify({
    RequestId: "R",
    Credentials: { AccessKeyId: "STS.1", AccessKeySecret: "s", SecurityToken: "token-of-role", Expiration: expiresAt },
  }),
});
const EMPTY: Answer = { body: '{"RequestId":"R","TagResources":{"TagResource":[]}}' };

/** A cloud whose STS answers so; what is listed is empty. */
const cloud = (sts: () => Answer) =>
  recordingServer((request) => (actionOf(request).startsWith("AssumeRole") ? sts() : EMPTY));

const HOUR_LATER = () => new Date(Date.now() + 3_600_000).toISOString();

const list = (account: AlibabaAccountConfig, deps: ClientDeps = everyday) =>
  alibabaProvider(account, deps).listTagResources({ type, region, ids: ["g1"] }, undefined);

describe("a member's role", () => {
  test("is taken with the key of another account, as the official client takes it, and then calls", async () => {
    await using server = await cloud(() => taken(HOUR_LATER()));
    await list(memberAccount("222233334444", server.origin));
    const [exchange, call] = server.requests;
    expect(exchange).toMatchObject({ method: "POST", path: "/", body: "" });
    expect(Object.fromEntries(exchange?.query ?? [])).toEqual({
      DurationSeconds: "3600",
      RoleArn: roleOf("222233334444"),
      RoleSessionName: "tagwarden",
    });
    expect(exchange?.headers).toMatchObject({
      "x-acs-action": "AssumeRole",
      "x-acs-version": "2015-04-01",
      "x-acs-credentials-provider": "static_ak",
    });
    expect(exchange?.headers.authorization).toContain(`Credential=${alibabaAccount.credentials.accessKeyId},`);
    expect(call?.headers).toMatchObject({
      "x-acs-security-token": "token-of-role",
      "x-acs-accesskey-id": "STS.1",
    });
  });

  test("that is taken for reading can't write, while the key that takes it is not cut down", async () => {
    await using server = await cloud(() => taken(HOUR_LATER()));
    const login = {
      roleArn: roleOf("111122223333"),
      oidcProviderArn: "acs:ram::111122223333:oidc-provider/p",
      oidcToken: "t",
      roleSessionName: "night",
    };
    const member = memberAccount("222233334444", server.origin);
    const credentials = { ...login, assumeRoleArn: roleOf(member.account) };
    await list({ ...member, credentials }, { ...everyday, readOnly: true });
    const [byToken, exchange] = server.requests;
    expect(new URLSearchParams(byToken?.body).has("Policy")).toBe(false);
    expect(exchange?.query.get("RoleSessionName")).toBe("night");
    const policy = exchange?.query.get("Policy") ?? "";
    expect(policy).toContain("ListTagResources");
    expect(policy).not.toContain(":TagResources");
  });

  test("that is taken for reading may still read everything where all of an account is looked at, but not write", async () => {
    await using server = await cloud(() => taken(HOUR_LATER()));
    const member = { ...memberAccount("222233334444", server.origin), types: ["alibaba:*"] };
    await list(member, { ...everyday, readOnly: true });
    const policy = readSessionPolicy(server.requests.at(0)?.query.get("Policy"));
    if (policy === undefined) throw new Error("the role was taken as it is");
    expect(readsService(policy, "ecs")).toBe(true);
    for (const action of ["tag:TagResources", "tag:UntagResources", "apigateway:TagResources", "vpc:UntagResources"]) {
      expect(allows(policy, action), action).toBe(false);
    }
  });

  test("is taken once for calls side by side; the login behind the roles of many members is made once", async () => {
    await using server = await cloud(() => taken(HOUR_LATER()));
    const login = {
      roleArn: roleOf("111122223333"),
      oidcProviderArn: "acs:ram::111122223333:oidc-provider/p",
      oidcToken: "t",
    };
    const deps = { ...everyday, credential: async (reference: string) => reference };
    const members = ["1", "2", "3"].map((account) => ({
      ...memberAccount(account, server.origin),
      credentials: { ...login, assumeRoleArn: roleOf(account) },
    }));
    await Promise.all(
      members.map(async (member) => {
        const provider = alibabaProvider(member, deps);
        const query = { type, region, ids: ["g1"] };
        await Promise.all([provider.listTagResources(query, undefined), provider.listTagResources(query, undefined)]);
      }),
    );
    const actions = server.requests.map(actionOf);
    expect(actions.filter((action) => action === "AssumeRoleWithOIDC")).toHaveLength(1);
    expect(actions.filter((action) => action === "AssumeRole")).toHaveLength(3);
  });

  test.each([
    ["isn't there", 404, "EntityNotExist.Role", "access"],
    ["doesn't trust the key", 403, "NoPermission", "access"],
    ["can't be had now", 503, "ServiceUnavailable", "transient"],
  ])("that %s is named, and no resource's fault", async (_, status, Code, kind) => {
    await using server = await cloud(() => ({ status, body: JSON.stringify({ RequestId: "R", Code, Message: "no" }) }));
    const failure = list(memberAccount("222233334444", server.origin));
    await expect(failure).rejects.toMatchObject({ code: Code, kind });
    if (kind === "access") {
      await expect(failure).rejects.toThrow(`${Code}: the role ${roleOf("222233334444")} can't be taken: no`);
    }
    expect(server.requests.map(actionOf)).toEqual(["AssumeRole"]);
  });

  test("whose login was changed where it is kept is taken with the new one", async () => {
    await using server = await recordingServer((request) =>
      String(request.headers.authorization).includes("Credential=old,")
        ? { status: 403, body: '{"RequestId":"R","Code":"InvalidAccessKeyId.NotFound","Message":"no"}' }
        : actionOf(request) === "AssumeRole"
          ? taken(HOUR_LATER())
          : EMPTY,
    );
    const credential = async (reference: string, isFresh?: boolean) =>
      reference === "id" ? (isFresh === true ? "new" : "old") : reference;
    const member = memberAccount("222233334444", server.origin);
    const credentials = { accessKeyId: "id", accessKeySecret: "s", assumeRoleArn: roleOf(member.account) };
    const provider = alibabaProvider({ ...member, credentials }, { ...everyday, credential });
    const query = { type, region, ids: ["g1"] };
    await expect(provider.listTagResources(query, undefined)).rejects.toMatchObject({ kind: "transient" });
    await expect(provider.listTagResources(query, undefined)).resolves.toMatchObject({ rows: [] });
  });
});
