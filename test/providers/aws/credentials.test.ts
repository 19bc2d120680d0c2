import { afterEach, beforeEach, expect, test } from "vitest";
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
  const key = await fetchAwsKey(withoutCredentials, "us-east-1", { credential });
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
  expect(await fetchAwsKey(account, "us-east-1", { credential })).toEqual({
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
  await fetchAwsKey(account, "us-east-1", { credential, readOnly: true });
  await fetchAwsKey(account, "us-east-1", { credential });
  const [reading, writing] = sts.requests.map(({ body }) => new URLSearchParams(body).get("Policy"));
  const { stdout } = await runMain(["permissions", "--provider", "aws", "--read-only"]);
  expect(JSON.parse(reading ?? "")).toEqual(JSON.parse(stdout));
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  expect(reading?.length).toBeLessThanOrEqual(2_048);
  expect(writing).toBeNull();
});
