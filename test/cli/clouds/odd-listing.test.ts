import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { recordingServer } from "../../providers/recording-server.ts";
import { runMain, temporaryFolder } from "../run-main.ts";

// What `tags list` does where a listing by ids shows something else than documented.

const ACCOUNT = "444455556666";
const GROUP = "aws:autoscaling:autoScalingGroup";
const arn = (name: string) =>
  `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0a:autoScalingGroupName/${name}`;

/** Lists the tags of these groups by a server that answers each call with the tag of this group, and maybe a new token. */
async function listed(names: readonly string[], shown: string, isEndless: boolean) {
  let calls = 0;
  await using server = await recordingServer(() => {
    calls += 1;
    const tag = `<member><ResourceId>${shown}</ResourceId><Key>env</Key><Value>prod</Value></member>`;
    const token = isEndless ? `<NextToken>t${calls}</NextToken>` : "";
    const result = `<DescribeTagsResult><Tags>${tag}</Tags>${token}</DescribeTagsResult>`;
    return { body: `<DescribeTagsResponse>${result}</DescribeTagsResponse>` };
  });
  const config = join(await temporaryFolder(), "config.yaml");
  const credentials = { accessKeyId: "k", secretAccessKey: "s" };
  const account = { provider: "aws", account: ACCOUNT, partition: "aws", regions: ["us-east-1"], credentials };
  writeFileSync(config, stringify({ accounts: [{ ...account, endpoints: { "*": server.origin } }] }));
  const place = ["--type", GROUP, "--account", ACCOUNT, "--region", "us-east-1", "--max-seconds", "1"];
  const ids = names.flatMap((name) => ["--id", arn(name)]);
  const ran = await runMain(["tags", "list", "--config", config, ...place, ...ids, "--format", "ndjson"]);
  return { ...ran, calls };
}

test("a page that comes again with a new token is an error at once, not after a thousand", async () => {
  const { code, stderr, calls } = await listed(["web"], "web", true);
  expect(code).toBe(1);
  expect(stderr).toContain("EndlessRead");
  expect(calls).toBeLessThan(10);
});

test("an id that nobody asked for is shown, and nothing is said to have no tags for it", async () => {
  const { code, stdout, stderr } = await listed(["web", "db"], "WEB", false);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ id: "WEB", tags: { env: "prod" } });
  expect(stderr).toContain(`${arn("web")} ${arn("db")}: UnaskedRow: `);
  expect(stderr).not.toContain("has no tags, or doesn't exist");
});
