import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../lib/core/config/schema.ts";
import { InputError } from "../../../lib/core/errors.ts";

const ROLE = {
  roleArn: "acs:ram::111122223333:role/tagwarden",
  oidcProviderArn: "acs:ram::111122223333:oidc-provider/aws",
  oidcToken: "web-identity:sts.aliyuncs.com",
};

const parsed = (credentials: object) => {
  const account = { provider: "alibaba", account: "111122223333", regions: ["cn-hangzhou"], credentials };
  return parseConfig("config.json", JSON.stringify({ accounts: [account] })).accounts[0]?.credentials;
};

function problem(credentials: object): string {
  try {
    parsed(credentials);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "none";
}

describe("an Alibaba account that is entered by a role", () => {
  test.each([
    ["a token of AWS", {}],
    ["a token in a file", { oidcToken: "file:/var/run/secrets/token" }],
    ["a token in a variable", { oidcToken: "env:ID_TOKEN" }],
    ["the variables that Alibaba's cluster sets", { roleArn: "env:ALIBABA_CLOUD_ROLE_ARN", oidcProviderArn: "env:P" }],
    ["a session of its own name", { roleSessionName: "tagwarden@prod" }],
  ])("may have %s", (_, change) => expect(parsed({ ...ROLE, ...change })).toEqual({ ...ROLE, ...change }));

  test.each([
    ["no provider", { oidcProviderArn: undefined }, "credentials.oidcProviderArn is missing; add it"],
    ["no token", { oidcToken: undefined }, "credentials.oidcToken is missing; add it"],
    ["a token as it is", { oidcToken: "eyJhbGciOi" }, "credentials.oidcToken is a literal secret"],
    ["no audience", { oidcToken: "web-identity:" }, "credentials.oidcToken must be web-identity:AUDIENCE"],
    ["a role for a token", { roleArn: "web-identity:a" }, "credentials.roleArn must be acs:ram::ACCOUNT:role/NAME"],
    ["a role of AWS", { roleArn: "arn:aws:iam::1:role/a" }, "credentials.roleArn must be acs:ram::ACCOUNT:role/NAME"],
    ["a role for a provider", { oidcProviderArn: ROLE.roleArn }, "must be acs:ram::ACCOUNT:oidc-provider/NAME"],
    [
      "a role of another account",
      { roleArn: "acs:ram::9:role/a" },
      "is of the account 9, and this entry is for 111122223333",
    ],
    ["a session of one letter", { roleSessionName: "a" }, "credentials.roleSessionName must be 2 to 64 letters"],
    ["a key as well", { accessKeyId: "env:ID" }, 'unknown key "accessKeyId"'],
    ["the name that a library has for it", { oidcTokenFilePath: "/t" }, 'unknown key "oidcTokenFilePath"'],
  ])("with %s is refused", (_, change, says) => {
    expect(problem({ ...ROLE, ...change })).toContain(says);
    expect(problem({ ...ROLE, ...change })).not.toContain("eyJhbGciOi");
  });
});

describe("a role that the login takes", () => {
  const MEMBER = "acs:ram::111122223333:role/tagwarden";
  const DIRECTORY = { roleArn: "acs:ram::9:role/tagwarden", oidcProviderArn: "acs:ram::9:oidc-provider/aws" };

  test.each([
    ["a key", { accessKeyId: "env:ID", accessKeySecret: "env:SECRET" }],
    ["a role of another account", { ...ROLE, ...DIRECTORY }],
  ])("may be taken by %s", (_, login) => {
    const credentials = { ...login, assumeRoleArn: MEMBER };
    expect(parsed(credentials)).toEqual(credentials);
  });

  test("must be of the account whose resources it is to tag", () => {
    expect(problem({ ...ROLE, assumeRoleArn: "acs:ram::9:role/a" })).toContain(
      "credentials.assumeRoleArn is of the account 9, and this entry is for 111122223333",
    );
  });

  test("is an ARN of RAM", () => {
    expect(problem({ ...ROLE, assumeRoleArn: "tagwarden" })).toContain("must be acs:ram::ACCOUNT:role/NAME");
  });
});

test("a token of AWS is no key", () => {
  const key = { accessKeyId: "env:ID", accessKeySecret: "web-identity:sts.aliyuncs.com" };
  expect(problem(key)).toContain(
    "credentials.accessKeySecret must not be web-identity:AUDIENCE, which is for oidcToken",
  );
});
