import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AwsAccountConfig } from "../../../lib/core/config/config.ts";
import { fetchAwsKey } from "../../../lib/providers/aws/credentials.ts";
import { runMain } from "../../cli/run-main.ts";
import { awsAccount } from "../accounts.ts";
import { recordingServer } from "../recording-server.ts";

const VARIABLES = {
  AWS_ACCESS_KEY_ID: "key-of-the-environment",
  AWS_SECRET_ACCESS_KEY: "secret-of-the-environment",
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_ENDPOINT_URL_STS: undefined as string | undefined,
  AWS_REGION: undefined,
};
let before: NodeJS.ProcessEnv;

function set(variables: Readonly<Record<string, string | undefined>>) {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

beforeEach(() => {
  before = { ...process.env };
  set(VARIABLES);
});
afterEach(() => {
  process.env = before;
});

const { credentials: _literal, ...withoutCredentials } = awsAccount;
const credential = async (reference: string) => `value of ${reference}`;

test("without credentials in the configuration, the SDK's chain finds the environment's", async () => {
  const key = await fetchAwsKey(withoutCredentials, { credential });
  expect(key).toEqual({ accessKeyId: "key-of-the-environment", secretAccessKey: "secret-of-the-environment" });
});

const startSts = () =>
  recordingServer({
    headers: { "content-type": "text/xml" },
    body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
      <AccessKeyId>key-of-role</AccessKeyId><SecretAccessKey>secret-of-role</SecretAccessKey>
      <SessionToken>token-of-role</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  });

test("a role is assumed with its external id, and the key says when it ends", async () => {
  await using sts = await startSts();
  set({ AWS_ENDPOINT_URL_STS: sts.origin });
  const roleArn = "arn:aws:iam::444455556666:role/tagwarden";
  const account = { ...awsAccount, credentials: { roleArn, externalId: "env:EXTERNAL_ID" } };
  expect(await fetchAwsKey(account, { credential })).toEqual({
    accessKeyId: "key-of-role",
    secretAccessKey: "secret-of-role",
    sessionToken: "token-of-role",
    expiresAt: Date.UTC(2030, 0, 1),
  });
  const asked = new URLSearchParams(sts.requests[0]?.body);
  expect(asked.get("RoleArn")).toBe(roleArn);
  expect(asked.get("ExternalId")).toBe("value of env:EXTERNAL_ID");
});

test("a role that is taken for reading has a key that can't write, whatever the role may do", async () => {
  await using sts = await startSts();
  set({ AWS_ENDPOINT_URL_STS: sts.origin });
  const account = { ...awsAccount, credentials: { roleArn: "arn:aws:iam::444455556666:role/tagwarden" } };
  await fetchAwsKey(account, { credential, readOnly: true });
  await fetchAwsKey(account, { credential });
  const [reading, writing] = sts.requests.map(({ body }) => new URLSearchParams(body).get("Policy"));
  const { stdout } = await runMain(["permissions", "--provider", "aws", "--read-only"]);
  expect(JSON.parse(reading ?? "")).toEqual(JSON.parse(stdout));
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  expect(reading?.length).toBeLessThanOrEqual(2_048);
  expect(writing).toBeNull();
});

describe("the STS that is asked for a role", () => {
  const KEY = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>key-of-role</AccessKeyId><SecretAccessKey>secret-of-role</SecretAccessKey>
    <SessionToken>token-of-role</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>
    </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const refusal = (code: string) =>
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
  type Refusal = { readonly status: number; readonly body: string } | "hangs up";

  /** Asks for the key of a role; says which regions were asked for it. STS refuses in the regions that `refusals` names. */
  async function askFor(
    { partition = "aws", region, profile }: Partial<Pick<AwsAccountConfig, "partition">> & Place,
    refusals: Readonly<Record<string, Refusal>> = {},
  ) {
    await using sts = await recordingServer(({ headers: { authorization = "" } }, response) => {
      const asked = refusals[authorization.split("/")[2] ?? ""];
      if (asked === "hangs up") return void response.socket?.destroy();
      return { headers: { "content-type": "text/xml" }, ...(asked ?? { body: KEY }) };
    });
    set({ AWS_ENDPOINT_URL_STS: sts.origin, AWS_REGION: region });
    if (profile !== undefined) {
      const path = join(mkdtempSync(join(tmpdir(), "tagwarden-")), "config");
      writeFileSync(path, profile);
      set({ AWS_CONFIG_FILE: path });
    }
    const credentials = { roleArn: `arn:${partition}:iam::444455556666:role/tagwarden` };
    const account = { ...awsAccount, partition, regions: ["eu-central-1"], credentials };
    const got: unknown = await fetchAwsKey(account, { credential }).catch((error: unknown) => error);
    return { got, asked: sts.requests.map(({ headers }) => headers.authorization?.split("/")[2]) };
  }
  interface Place {
    readonly region?: string;
    readonly profile?: string;
  }

  test.each<[string, Parameters<typeof askFor>[0], string]>([
    ["that of the region that we run in", { region: "eu-central-1" }, "eu-central-1"],
    ["that of the profile's region", { profile: "[default]\nregion = eu-west-3\n" }, "eu-west-3"],
    [
      "the environment's before the profile's",
      { region: "sa-east-1", profile: "[default]\nregion = eu-west-3\n" },
      "sa-east-1",
    ],
    ["the partition's usual one, where nobody names a region", {}, "us-east-1"],
    ["the other partition's, where we run elsewhere", { partition: "aws-cn", region: "eu-central-1" }, "cn-north-1"],
    ["our own in China", { partition: "aws-cn", region: "cn-northwest-1" }, "cn-northwest-1"],
    ["our own of the government's", { partition: "aws-us-gov", region: "us-gov-east-1" }, "us-gov-east-1"],
  ])("is %s", async (_, place, region) => {
    const { got, asked } = await askFor(place);
    expect(got).toMatchObject({ accessKeyId: "key-of-role" });
    expect(asked).toEqual([region]);
  });

  test.each<[string, Refusal]>([
    ["is down", { status: 503, body: refusal("ServiceUnavailable") }],
    ["can't be reached", "hangs up"],
    ["is switched off", { status: 403, body: refusal("RegionDisabledException") }],
    ["is hidden behind a page", { status: 502, body: "<html>bad gateway</html>" }],
  ])("is another region's where that %s", async (_, answer) => {
    const { got, asked } = await askFor({ region: "eu-central-1" }, { "eu-central-1": answer });
    expect(got).toMatchObject({ accessKeyId: "key-of-role" });
    expect(asked).toEqual(["eu-central-1", "us-east-1"]);
    const usual = await askFor({ region: "us-east-1" }, { "us-east-1": answer });
    expect(usual.got).toMatchObject({ accessKeyId: "key-of-role" });
    expect(usual.asked).toEqual(["us-east-1", "us-west-2"]);
  });

  test("is no other one's where it denies us, or is asked too often", async () => {
    for (const [code, kind] of [
      ["AccessDenied", "access"],
      ["Throttling", "throttled"],
    ]) {
      const { got, asked } = await askFor(
        { region: "eu-central-1" },
        { "eu-central-1": { status: 400, body: refusal(code ?? "") } },
      );
      expect(got).toMatchObject({ code: "CredentialsUnavailable", kind, isFinal: false });
      expect(asked).toEqual(["eu-central-1"]);
    }
  });

  test("that is down passes, whatever the other one says against us", async () => {
    const { got } = await askFor(
      { region: "eu-central-1" },
      {
        "eu-central-1": { status: 503, body: refusal("ServiceUnavailable") },
        "us-east-1": { status: 403, body: refusal("AccessDenied") },
      },
    );
    expect(got).toMatchObject({ kind: "transient", message: expect.stringContaining("ServiceUnavailable") as string });
  });
});
