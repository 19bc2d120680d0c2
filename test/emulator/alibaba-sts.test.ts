import { describe, expect, it } from "vitest";
import { alibabaProvider } from "../../lib/providers/alibaba/provider.ts";
import { alibabaAccount, deps } from "../providers/accounts.ts";
import { ALIBABA_ACCOUNT, apiGroup, emulate } from "./emulate.ts";

/** An emulated STS whose clock can be turned, and one exchange with some fields changed. */
async function tokenService() {
  let time = Date.now();
  const now = () => time;
  const emulator = await emulate([apiGroup("g1")], { now });
  const { endpoint, role } = emulator.description.alibaba;
  const exchange = async (change: Readonly<Record<string, string>> = {}) => {
    const fields = {
      RoleArn: role.roleArn,
      OIDCProviderArn: role.oidcProviderArn,
      OIDCToken: emulator.issueToken(),
      RoleSessionName: "s1",
      ...change,
    };
    const url = `${endpoint}/?Action=AssumeRoleWithOIDC&Version=2015-04-01&Format=JSON`;
    const response = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  };
  return { emulator, exchange, now, pass: (ms: number) => (time += ms) };
}

describe("the emulated STS", () => {
  it("gives a key that is good with its token until it expires, and another one each time", async () => {
    const { emulator, exchange, now, pass } = await tokenService();
    const { body } = await exchange({ DurationSeconds: "900" });
    expect((await exchange()).body["Credentials"]).not.toEqual(body["Credentials"]);
    const {
      AccessKeyId = "",
      AccessKeySecret = "",
      SecurityToken = "",
    } = body["Credentials"] as Record<string, string>;
    const { endpoints } = emulator.description.alibaba;
    const credentials = { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken };
    const list = (key: typeof credentials | Omit<typeof credentials, "securityToken">) =>
      alibabaProvider(
        { ...alibabaAccount, endpoints, credentials: key },
        { ...deps, clock: { ...deps.clock, now } },
      ).listInventory("cn-hangzhou", "alibaba:apigateway:apiGroup", undefined);
    const { securityToken: _, ...withoutToken } = credentials;
    await expect(list(withoutToken)).rejects.toMatchObject({ code: "InvalidSecurityToken.Expired" });
    pass(899_000);
    expect((await list(credentials)).resources).toHaveLength(1);
    pass(2_000);
    await expect(list(credentials)).rejects.toMatchObject({ code: "InvalidSecurityToken.Expired", kind: "access" });
  });

  it.each([
    [{ RoleArn: "" }, 400, "MissingRoleArn"],
    [{ OIDCToken: "" }, 400, "MissingOIDCToken"],
    [{ RoleSessionName: "" }, 400, "MissingRoleSessionName"],
    [{ RoleSessionName: "a b" }, 400, "InvalidParameter.RoleSessionName"],
    [{ DurationSeconds: "899" }, 400, "InvalidParameter.DurationSeconds"],
    [{ DurationSeconds: "3601" }, 400, "InvalidParameter.DurationSeconds"],
    [{ OIDCToken: "a.b" }, 401, "AuthenticationFail.OIDCToken.Invalid"],
    [{ OIDCToken: "a.b.c" }, 401, "AuthenticationFail.OIDCToken.Invalid"],
    [{ OIDCToken: "é.é.é" }, 401, "AuthenticationFail.OIDCToken.Invalid"],
    [{ OIDCProviderArn: "acs:ram::9:oidc-provider/tagwarden" }, 401, "AuthenticationFail.NoPermission"],
    [{ RoleArn: "acs:ram::9:role/tagwarden" }, 401, "AuthenticationFail.NoPermission"],
    [{ RoleArn: `acs:ram::${ALIBABA_ACCOUNT}:role/other` }, 404, "EntityNotExist.Role"],
  ])("refuses %j with %i %s", async (change, status, Code) => {
    const { exchange } = await tokenService();
    const answer = await exchange(change);
    expect(answer).toMatchObject({ status, body: { Code } });
  });
});
