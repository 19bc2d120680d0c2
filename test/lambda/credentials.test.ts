import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { describe, expect, it } from "vitest";
import { createCredentialResolver } from "../../lib/lambda/credentials.ts";

const noSecrets = {
  secrets: async (): Promise<never> => {
    throw new Error("Secrets Manager was asked");
  },
};

function secretsManager(secretString: string | undefined) {
  const client = new SecretsManagerClient({ region: "us-east-1" });
  const mock = mockClient(client);
  mock.on(GetSecretValueCommand).resolves(secretString === undefined ? {} : { SecretString: secretString });
  return { mock, secrets: async () => client };
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

  it("secret: is fetched once, however many fields are asked for", async () => {
    const { mock, secrets } = secretsManager('{"id":"a","secret":"b"}');
    const resolve = createCredentialResolver({}, { secrets });
    expect(await Promise.all([resolve("secret:cloud#id"), resolve("secret:cloud#secret")])).toEqual(["a", "b"]);
    expect(mock.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it("secret: is fetched again after a minute, for it may have been rotated", async () => {
    const { mock, secrets } = secretsManager('{"id":"old"}');
    let now = 0;
    const resolve = createCredentialResolver({}, { secrets }, { now: () => now });
    expect(await resolve("secret:cloud#id")).toBe("old");
    mock.on(GetSecretValueCommand).resolves({ SecretString: '{"id":"new"}' });
    now = 59_999;
    expect(await resolve("secret:cloud#id")).toBe("old");
    now = 60_000;
    expect(await resolve("secret:cloud#id")).toBe("new");
  });

  it("secret: is asked for again after a failure", async () => {
    const { mock, secrets } = secretsManager('{"id":"a"}');
    mock.on(GetSecretValueCommand).rejectsOnce(new Error("down")).resolves({ SecretString: '{"id":"a"}' });
    const resolve = createCredentialResolver({}, { secrets });
    await expect(resolve("secret:cloud#id")).rejects.toThrow(/Secrets Manager answered/);
    expect(await resolve("secret:cloud#id")).toBe("a");
  });

  it("a field that isn't there is named without the others' values", async () => {
    const { secrets } = secretsManager('{"id":"hunter2"}');
    const answer = createCredentialResolver({}, { secrets })("secret:cloud#secret");
    await expect(answer).rejects.toThrow(/it has no text under the key secret/);
    await expect(answer).rejects.not.toThrow(/hunter2/);
  });

  it("a secret that is no JSON never shows its text", async () => {
    const { secrets } = secretsManager("hunter2");
    const answer = createCredentialResolver({}, { secrets })("secret:cloud#secret");
    await expect(answer).rejects.toThrow(/not JSON/);
    await expect(answer).rejects.not.toThrow(/hunter2/);
  });

  it("anything else is a literal", async () => {
    expect(await createCredentialResolver({}, noSecrets)("LTAI-local")).toBe("LTAI-local");
  });
});
