import { ConfigServiceClient, SelectResourceConfigCommand } from "@aws-sdk/client-config-service";
import { ListResourcesCommand, ResourceExplorer2Client } from "@aws-sdk/client-resource-explorer-2";
import { describe, expect, it } from "vitest";
import { AWS_ACCOUNT, emulate, ids, instance, instanceArn } from "./emulate.ts";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import type { EmulatorOptions } from "../../local/emulator/start.ts";

const ROLE: EmulatedResource = {
  type: "aws:iam:role",
  account: AWS_ACCOUNT,
  region: "global",
  id: `arn:aws:iam::${AWS_ACCOUNT}:role/r1`,
  tags: {},
};
const HERE = "SELECT arn, resourceType WHERE awsRegion = 'us-east-1'";

async function clients(resources: readonly EmulatedResource[], options: EmulatorOptions = {}) {
  const { description } = await emulate(resources, options);
  const { endpoint, region, accessKeyId, secretAccessKey } = description.aws;
  const settings = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  const config = new ConfigServiceClient(settings);
  const explorer = new ResourceExplorer2Client(settings);
  return {
    select: (Expression: string, more: { Limit?: number; NextToken?: string } = {}) =>
      config.send(new SelectResourceConfigCommand({ Expression, ...more })),
    list: (input: { FilterString?: string; MaxResults?: number; NextToken?: string } = {}) => {
      const { FilterString, ...page } = input;
      return explorer.send(
        new ListResourcesCommand({ ...page, ...(FilterString === undefined ? {} : { Filters: { FilterString } }) }),
      );
    },
  };
}

const arnsIn = (results: readonly string[] = []) => results.map((row) => (JSON.parse(row) as { arn: string }).arn);

describe("@aws-sdk/client-config-service against the emulator", () => {
  it("lists what never carried a tag, as JSON in text, page by page", async () => {
    const { select } = await clients(ids("i-", 230).map((id) => instance(id)));
    const arns: string[] = [];
    const sizes: number[] = [];
    let token: string | undefined;
    do {
      const page = await select(HERE, { Limit: 100, ...(token === undefined ? {} : { NextToken: token }) });
      arns.push(...arnsIn(page.Results));
      sizes.push(page.Results?.length ?? 0);
      token = page.NextToken;
    } while (token !== undefined);
    expect(sizes).toEqual([100, 100, 30]);
    expect(new Set(arns)).toEqual(new Set(ids("i-", 230).map(instanceArn)));
  });

  it("lists 25 rows where nobody says how many, and what has no region by itself", async () => {
    const { select } = await clients([...ids("i-", 30).map((id) => instance(id)), ROLE]);
    expect((await select(HERE)).Results).toHaveLength(25);
    const { Results, QueryInfo } = await select("SELECT arn, resourceType WHERE awsRegion = 'global'");
    expect(Results).toEqual([JSON.stringify({ arn: ROLE.id, resourceType: "AWS::IAM::Role" })]);
    expect(QueryInfo?.SelectFields?.map(({ Name }) => Name)).toEqual(["arn", "resourceType"]);
  });

  it.each([
    ["a limit above 100", HERE, { Limit: 101 }, "InvalidLimitException"],
    ["an expression of another language", "select everything", {}, "InvalidExpressionException"],
    ["an unknown property", "SELECT secrets WHERE awsRegion = 'us-east-1'", {}, "InvalidExpressionException"],
    ["a token that it never gave", HERE, { NextToken: "x" }, "InvalidNextTokenException"],
  ])("refuses %s", async (_, expression, more, name) => {
    const { select } = await clients([instance("i-1")]);
    await expect(select(expression, more)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  it("refuses a token of another query", async () => {
    const { select } = await clients([instance("i-1"), instance("i-2")]);
    const { NextToken = "" } = await select(HERE, { Limit: 1 });
    const other = "SELECT arn WHERE awsRegion = 'us-east-1'";
    await expect(select(other, { Limit: 1, NextToken })).rejects.toMatchObject({ name: "InvalidNextTokenException" });
  });
});

describe("@aws-sdk/client-resource-explorer-2 against the emulator", () => {
  it("lists what never carried a tag, page by page", async () => {
    const { list } = await clients([...ids("i-", 5).map((id) => instance(id)), ROLE]);
    const first = await list({ FilterString: "region:us-east-1", MaxResults: 3 });
    const second = await list({ FilterString: "region:us-east-1", MaxResults: 3, NextToken: first.NextToken ?? "" });
    const all = [...(first.Resources ?? []), ...(second.Resources ?? [])];
    expect(all.map(({ Arn }) => Arn)).toEqual(ids("i-", 5).map(instanceArn));
    expect(second.NextToken).toBeUndefined();
    expect(all[0]).toMatchObject({ OwningAccountId: AWS_ACCOUNT, Service: "ec2", ResourceType: "ec2:instance" });
  });

  it("lists what has no region under the region global", async () => {
    const { list } = await clients([instance("i-1"), ROLE]);
    expect((await list({ FilterString: "region:global" })).Resources?.map(({ Arn }) => Arn)).toEqual([ROLE.id]);
    expect((await list()).Resources).toHaveLength(2);
  });

  it.each([
    ["a page of more than 1,000", { MaxResults: 1001 }],
    ["no row a page", { MaxResults: 0 }],
    ["another filter", { FilterString: "tag:none" }],
    ["a token that it never gave", { NextToken: "x" }],
  ])("refuses %s", async (_, input) => {
    const { list } = await clients([instance("i-1")]);
    await expect(list(input)).rejects.toMatchObject({ name: "ValidationException" });
  });

  it("throttles and fails as it is told to", async () => {
    const faults = [{ match: { action: "aws:resource-explorer-2:*" }, effect: "throttle" as const }];
    const { list } = await clients([instance("i-1")], { faults });
    await expect(list()).rejects.toMatchObject({ name: "ThrottledException" });
  });
});
