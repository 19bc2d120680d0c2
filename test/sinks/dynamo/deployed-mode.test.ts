import { describe, expect, test } from "vitest";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { deployedMode, MODE_TAG } from "../../../lib/sinks/dynamo/deployed-mode.ts";
import { recordingServer } from "../../providers/recording-server.ts";

const ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/state";

type Tag = readonly [key: string, value?: string];

/** The mode that a table tells whose tags DynamoDB gives in these pages, and what it was asked. */
async function modeOf(...pages: readonly (readonly Tag[])[]) {
  const asked: object[] = [];
  await using server = await recordingServer(({ headers, body }) => {
    const query = JSON.parse(body) as { readonly TableName?: string; readonly NextToken?: string };
    const isAboutTags = String(headers["x-amz-target"]).endsWith(".ListTagsOfResource");
    if (isAboutTags) asked.push(query);
    const page = Number(query.NextToken ?? 0);
    const Tags = pages[page]?.map(([Key, Value]) => ({ Key, Value }));
    const NextToken = page + 1 < pages.length ? String(page + 1) : undefined;
    const answer = isAboutTags ? { Tags, NextToken } : { Table: { TableName: query.TableName, TableArn: ARN } };
    return { headers: { "content-type": "application/x-amz-json-1.0" }, body: JSON.stringify(answer) };
  });
  const { dynamodb } = createAwsClients({ AWS_ENDPOINT_URL_DYNAMODB: server.origin });
  return { mode: await deployedMode(dynamodb, "state"), asked };
}

describe("the mode of a deployment", () => {
  test("is what its table is tagged with", async () => {
    expect(
      await modeOf([
        ["env", "prod"],
        [MODE_TAG, "report"],
      ]),
    ).toMatchObject({ mode: "report" });
    expect(await modeOf([[MODE_TAG, "enforce"]])).toEqual({ mode: "enforce", asked: [{ ResourceArn: ARN }] });
  });

  test("is looked for on every page, until it is found", async () => {
    const { mode, asked } = await modeOf([["a", "1"]], [], [[MODE_TAG, "enforce"]], [[MODE_TAG, "report"]]);
    expect(mode).toBe("enforce");
    expect(asked).toMatchObject([{}, { NextToken: "1" }, { NextToken: "2" }]);
  });

  test.each<[string, readonly (readonly Tag[])[]]>([
    ["has no such tag", [[["env", "enforce"]]]],
    ["has no tags", []],
    ["has a value that is no mode", [[[MODE_TAG, "perhaps"]]]],
    ["has no value", [[[MODE_TAG]]]],
  ])("is not known where the table %s", async (_, pages) => {
    expect((await modeOf(...pages)).mode).toBeUndefined();
  });
});
