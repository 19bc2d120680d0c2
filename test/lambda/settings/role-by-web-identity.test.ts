import { expect, onTestFinished, test } from "vitest";
import type { Config } from "../../../lib/core/config/config.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { openProviders } from "../../../lib/lambda/settings/settings.ts";
import { createTelemetry } from "../../../lib/lambda/telemetry.ts";
import { startEmulator } from "../../../local/emulator/start.ts";
import { alibabaAccount } from "../../providers/accounts.ts";
import { recordingServer, type RecordedRequest } from "../../providers/recording-server.ts";

/** What AWS answers: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html */
const answered = (token: string) => `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetWebIdentityTokenResult>
    <WebIdentityToken>${token}</WebIdentityToken>
    <Expiration>2026-11-22T08:05:00Z</Expiration>
  </GetWebIdentityTokenResult>
  <ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata>
</GetWebIdentityTokenResponse>`;

const refusedBy = (code: string) => `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>${code}</Code><Message>Not turned on.</Message></Error><RequestId>r1</RequestId>
</ErrorResponse>`;

/** An account that is entered from Lambda: AWS's STS, then Alibaba's, then the API, all by HTTP. */
async function enterFromLambda(
  answer: (asked: URLSearchParams, issue: (audience: string) => string) => [number, string],
) {
  const group = {
    type: "alibaba:apigateway:apiGroup",
    account: "111122223333",
    region: "cn-hangzhou",
    id: "g1",
    tags: {},
  };
  const emulator = await startEmulator({ resources: [group] });
  onTestFinished(() => emulator.close());
  const sts = await recordingServer(({ body }: RecordedRequest) => {
    const [status, text] = answer(new URLSearchParams(body), (audience) => emulator.issueToken({ audience }));
    return { status, body: text, headers: { "content-type": "text/xml" } };
  });
  onTestFinished(() => sts[Symbol.asyncDispose]());
  const { role, endpoints } = emulator.description.alibaba;
  const credentials = { ...role, oidcToken: "web-identity:sts.aliyuncs.com" };
  const config: Config = { settleSeconds: 900, accounts: [{ ...alibabaAccount, endpoints, credentials }] };
  const variables = { AWS_REGION: "us-east-1", AWS_ENDPOINT_URL_STS: sts.origin };
  const telemetry = createTelemetry("test", "tagwarden-test");
  const registry = await openProviders(config, variables, {
    aws: createAwsClients(variables),
    telemetry,
  });
  const list = () => registry.find("alibaba", "111122223333")?.listInventory("cn-hangzhou", group.type, undefined);
  return { list, sts, emulator };
}

test("a function enters an Alibaba account with nothing but its own role", async () => {
  const { list, sts, emulator } = await enterFromLambda((asked, issue) => [
    200,
    answered(issue(asked.get("Audience.member.1") ?? "")),
  ]);
  const pages = await Promise.all([list(), list()]);
  expect(pages.map((page) => page?.resources.length)).toEqual([1, 1]);
  expect(sts.requests).toHaveLength(1);
  expect(sts.requests[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 .*\/us-east-1\/sts\/aws4_request/);
  expect(emulator.calls()).toMatchObject({
    "alibaba:sts:AssumeRoleWithOIDC": 1,
    "alibaba:apigateway:DescribeApiGroups": 2,
  });
});

test.each([
  ["OutboundWebIdentityFederationDisabled", /account 111122223333.*aws iam enable-outbound-web-identity-federation/],
  ["OutboundWebIdentityFederationDisabledException", /aws iam enable-outbound-web-identity-federation/],
  ["AccessDenied", /AccessDenied: Not turned on.*parameter webIdentityAudience/],
])("an AWS account that answers %s is told what to do about it", async (code, says) => {
  const { list, emulator } = await enterFromLambda(() => [403, refusedBy(code)]);
  const failure: unknown = await list()?.catch((error: unknown) => error);
  expect(failure).toMatchObject({ kind: "access", code: "CredentialsUnavailable" });
  expect(String(failure)).toMatch(says);
  expect(emulator.calls()).toEqual({});
});
