import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetWebIdentityTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { mockClient } from "aws-sdk-client-mock";
import { describe, expect, it } from "vitest";
import { createCredentialResolver } from "../../../lib/lambda/settings/credentials.ts";

const noSecrets = {
  secrets: async (): Promise<never> => {
    throw new Error("Secrets Manager was asked");
  },
  sts: async (): Promise<never> => {
    throw new Error("STS was asked");
  },
};

function secretsManager(secretString: string | undefined) {
  const client = new SecretsManagerClient({ region: "us-east-1" });
  const mock = mockClient(client);
  mock.on(GetSecretValueCommand).resolves(secretString === undefined ? {} : { SecretString: secretString });
  return { ...noSecrets, mock, secrets: async () => client };
}

function tokenService() {
  const client = new STSClient({ region: "us-east-1" });
  const mock = mockClient(client);
  mock.on(GetWebIdentityTokenCommand).resolves({ WebIdentityToken: "a.signed.token" });
  return { ...noSecrets, mock, sts: async () => client };
}

const fileWith = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), "tagwarden-")), "credentials.json");
  writeFileSync(path, text);
  return path;
};

describe("a credential reference", () => {
  it("env: is the variable's value", async () => {
    expect(await createCredentialResolver({ KEY: "k" }, noSecrets)("env:KEY")).toBe("k");
  });

  it("env: that is not set names the variable", async () => {
    await expect(createCredentialResolver({}, noSecrets)("env:KEY")).rejects.toThrow(
      /credential "env:KEY": the environment variable KEY is not set/,
    );
  });

  it("file: without a key is the whole text, trimmed", async () => {
    expect(await createCredentialResolver({}, noSecrets)(`file:${fileWith("s3cret\n")}`)).toBe("s3cret");
  });

  it("file: with a key is that field", async () => {
    const path = fileWith('{"id":"a","secret":"b"}');
    expect(await createCredentialResolver({}, noSecrets)(`file:${path}#secret`)).toBe("b");
  });

  it("file: that isn't there says so", async () => {
    await expect(createCredentialResolver({}, noSecrets)("file:/nowhere#x")).rejects.toThrow(/ENOENT/);
  });

  it.runIf(process.platform === "linux")("file: that can't be read for what passes is no lack of access", async () => {
    await expect(createCredentialResolver({}, noSecrets)("file:/proc/self/mem")).rejects.toMatchObject({
      kind: "transient",
      message: expect.stringContaining("can't be read just now (EIO") as string,
    });
  });

  it("secret: is fetched once, however many fields are asked for", async () => {
    const { mock, ...aws } = secretsManager('{"id":"a","secret":"b"}');
    const resolve = createCredentialResolver({}, aws);
    expect(await Promise.all([resolve("secret:cloud#id"), resolve("secret:cloud#secret")])).toEqual(["a", "b"]);
    expect(mock.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it("secret: is fetched again after a minute, for it may have been rotated", async () => {
    const { mock, ...aws } = secretsManager('{"id":"old"}');
    let now = 0;
    const resolve = createCredentialResolver({}, aws, { now: () => now });
    expect(await resolve("secret:cloud#id")).toBe("old");
    mock.on(GetSecretValueCommand).resolves({ SecretString: '{"id":"new"}' });
    now = 59_999;
    expect(await resolve("secret:cloud#id")).toBe("old");
    now = 60_000;
    expect(await resolve("secret:cloud#id")).toBe("new");
  });

  it("secret: is fetched again at once for whoever was refused with what it was, one fetch for all of its fields", async () => {
    const { mock, ...aws } = secretsManager('{"id":"a","secret":"old"}');
    let now = 0;
    const resolve = createCredentialResolver({}, aws, { now: () => now });
    await resolve("secret:cloud#secret");
    mock.on(GetSecretValueCommand).resolves({ SecretString: '{"id":"b","secret":"new"}' });
    now = 5_000;
    expect(await Promise.all([resolve("secret:cloud#id", true), resolve("secret:cloud#secret", true)])).toEqual([
      "b",
      "new",
    ]);
    expect(await resolve("secret:cloud#secret")).toBe("new");
    expect(mock.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  it("secret: is asked for again after a failure", async () => {
    const { mock, ...aws } = secretsManager('{"id":"a"}');
    mock.on(GetSecretValueCommand).rejectsOnce(new Error("down")).resolves({ SecretString: '{"id":"a"}' });
    const resolve = createCredentialResolver({}, aws);
    await expect(resolve("secret:cloud#id")).rejects.toThrow(/AWS can't answer just now \(Error: down\)/);
    expect(await resolve("secret:cloud#id")).toBe("a");
  });

  it("secret: that isn't there is told by the code of the answer", async () => {
    const { mock, ...aws } = secretsManager(undefined);
    const error = Object.assign(new Error("not found"), { name: "ResourceNotFoundException", $fault: "client" });
    mock.on(GetSecretValueCommand).rejects(error);
    const answer = createCredentialResolver({}, aws)("secret:cloud#id");
    await expect(answer).rejects.toThrow(/Secrets Manager answered ResourceNotFoundException\. Check/);
  });

  it("a field that isn't there is named without the others' values", async () => {
    const aws = secretsManager('{"id":"hunter2"}');
    const answer = createCredentialResolver({}, aws)("secret:cloud#secret");
    await expect(answer).rejects.toThrow(/it has no text under the key secret/);
    await expect(answer).rejects.not.toThrow(/hunter2/);
  });

  it("a secret that is no JSON never shows its text", async () => {
    const aws = secretsManager("hunter2");
    const answer = createCredentialResolver({}, aws)("secret:cloud#secret");
    await expect(answer).rejects.toThrow(/not JSON/);
    await expect(answer).rejects.not.toThrow(/hunter2/);
  });

  it("web-identity: is a token of AWS for that audience, which is asked for once a minute", async () => {
    const { mock, ...aws } = tokenService();
    let now = 0;
    const resolve = createCredentialResolver({}, aws, { now: () => now });
    const both = [resolve("web-identity:sts.example.com"), resolve("web-identity:sts.example.com")];
    expect(await Promise.all(both)).toEqual(["a.signed.token", "a.signed.token"]);
    now = 60_000;
    await resolve("web-identity:sts.example.com");
    const asked = mock.commandCalls(GetWebIdentityTokenCommand).map(({ args: [{ input }] }) => input);
    const one = { Audience: ["sts.example.com"], SigningAlgorithm: "RS256", DurationSeconds: 300 };
    expect(asked).toEqual([one, one]);
  });

  it.each([
    ["OutboundWebIdentityFederationDisabledException", /aws iam enable-outbound-web-identity-federation/],
    ["AccessDenied", /by the parameter webIdentityAudience/],
    ["AccessDeniedException", /by the parameter webIdentityAudience/],
    ["ExpiredTokenException", /"web-identity:a": STS answered ExpiredTokenException: no\. Check/],
  ])("web-identity: that STS refuses with %s says what to do", async (name, says) => {
    const { mock, ...aws } = tokenService();
    mock.on(GetWebIdentityTokenCommand).rejects(Object.assign(new Error("no"), { name }));
    await expect(createCredentialResolver({}, aws)("web-identity:a")).rejects.toThrow(says);
  });

  it.each([
    ["is throttled", { name: "ThrottlingException", $fault: "client" }],
    ["fails", { name: "InternalServiceError", $fault: "server" }],
    ["can't be reached", { code: "ECONNREFUSED" }],
    ["says nothing", { name: "TimeoutError" }],
    ["says what no table knows", { name: "Unheard", $fault: "client", $metadata: { httpStatusCode: 400 } }],
    ["can't be trusted just now", { code: "CERT_HAS_EXPIRED" }],
  ])("secret: and web-identity: may be asked for again where AWS %s", async (_, what) => {
    const secrets = secretsManager("");
    secrets.mock.on(GetSecretValueCommand).rejects(Object.assign(new Error("no"), what));
    const again = { retryable: true };
    await expect(createCredentialResolver({}, secrets)("secret:a#b")).rejects.toMatchObject(again);
    const tokens = tokenService();
    tokens.mock.on(GetWebIdentityTokenCommand).rejects(Object.assign(new Error("no"), what));
    await expect(createCredentialResolver({}, tokens)("web-identity:a")).rejects.toMatchObject(again);
  });

  it("anything else is a literal", async () => {
    expect(await createCredentialResolver({}, noSecrets)("LTAI-local")).toBe("LTAI-local");
  });
});
