import { STSClient } from "@aws-sdk/client-sts";
import { beforeAll, describe, expect, it } from "vitest";
import { deploymentNotes } from "../../lib/core/config/deployment-notes.ts";
import { parseConfig } from "../../lib/core/config/schema.ts";
import { fetchWebIdentity } from "../../lib/lambda/settings/web-identity.ts";
import { callsOf, type AwsCall } from "../../local/packaged/aws-call.ts";
import { deniedCalls, permissionsOf, type Permission } from "../local/packaged/role-permissions.ts";
import { recordingServer } from "../providers/recording-server.ts";
import { packageService, PACKAGING_MS, type PackagedService } from "./packaged.ts";

const PLACE = { region: "us-east-1", account: "000000000000" };
const AUDIENCE = "sts.aliyuncs.com";
const FUNCTIONS = ["ingest", "enforce", "startAudit", "auditShard", "publishReport", "sendAlerts"];

let plain: PackagedService;
let withToken: PackagedService;
beforeAll(async () => {
  plain = await packageService();
  const changed = { webIdentityAudience: AUDIENCE, accountRole: "tag-keeper", secrets: "tags/prod" };
  withToken = await packageService("dev", changed);
}, PACKAGING_MS);

/** The text of a template value, as far as permissions have any. */
function textOf(value: unknown): string {
  const { "Fn::Sub": template } = Object(value) as { "Fn::Sub"?: string };
  const text = template ?? (typeof value === "string" ? value : JSON.stringify(value));
  return text
    .replaceAll("${AWS::Partition}", "aws")
    .replaceAll("${AWS::Region}", PLACE.region)
    .replaceAll("${AWS::AccountId}", PLACE.account);
}

/** What a function's role allows, with the policies that stand beside it in the template. */
function permissions({ resources }: PackagedService, name: string): Permission[] {
  const role = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Role`;
  const beside = Object.values(resources).filter(
    ({ Type, Properties }) =>
      Type === "AWS::IAM::Policy" && JSON.stringify(Properties["Roles"]).includes(`{"Ref":"${role}"}`),
  );
  const own = resources[role]?.Properties["Policies"] as readonly unknown[];
  const properties = { Policies: [...own, ...beside.map(({ Properties }) => Properties)] };
  return permissionsOf([{ function: name, role, properties }], textOf);
}

const allows = async (service: PackagedService, name: string, call: AwsCall): Promise<boolean> =>
  (await deniedCalls([{ function: name, ...call }], permissions(service, name))).length === 0;

async function allowed(service: PackagedService, call: AwsCall): Promise<readonly string[]> {
  const answers = await Promise.all(FUNCTIONS.map((name) => allows(service, name, call)));
  return FUNCTIONS.filter((_, index) => answers[index]);
}

describe("a secret", () => {
  const read = (name: string): AwsCall => ({
    action: "secretsmanager:GetSecretValue",
    resource: `arn:aws:secretsmanager:${PLACE.region}:${PLACE.account}:secret:${name}-AbCdEf`,
    context: {},
  });

  it.each([
    ["tagwarden/alibaba", ["enforce", "auditShard"]],
    ["tagwarden/alibaba/prod", ["enforce", "auditShard"]],
    ["tagwarden/huawei", ["enforce", "auditShard"]],
    ["tagwarden/aws", ["enforce", "auditShard"]],
    ["tagwarden/ingest", ["ingest"]],
    ["tagwarden/alerts", ["sendAlerts"]],
    ["tagwarden/slack", ["sendAlerts"]],
    ["tagwarden/dingtalk", ["sendAlerts"]],
    ["tagwarden/feishu", ["sendAlerts"]],
    ["tagwarden/webhook", ["sendAlerts"]],
    ["tagwarden/anything", []],
    ["payroll/alibaba", []],
  ])("called %s is read by %j and by nobody else", async (name, readers) => {
    expect(await allowed(plain, read(name))).toEqual(readers);
    // A stage that has secrets of its own reads no others, and they are read by no other stage.
    expect(await allowed(withToken, read(name))).toEqual([]);
    const own = name.replace(/^tagwarden/, "tags/prod");
    if (own !== name) expect(await allowed(withToken, read(own))).toEqual(readers);
    if (own !== name) expect(await allowed(plain, read(own))).toEqual([]);
  });
});

describe("the notes of config compile", () => {
  /** What the template lets functions read: `tagwarden/alibaba*` → `tagwarden/alibaba`. */
  const beginnings = (name: string): readonly string[] =>
    permissions(plain, name).flatMap(({ action, resource }) =>
      action === "secretsmanager:GetSecretValue" ? [/:secret:([^*]+)\*$/.exec(resource)?.[1] ?? resource] : [],
    );
  const notesOn = ({ account = "file:a#b", ingest = "file:c#d", channel = "file:e#f" }): readonly string[] => {
    const roleArn = "arn:aws:iam::444455556666:role/tagwarden";
    const aws = { provider: "aws", account: "444455556666", regions: ["us-east-1"] };
    const config = {
      accounts: [{ ...aws, credentials: { roleArn, externalId: account } }],
      ingest: { signedEvents: { secrets: [ingest] } },
      alerts: { channels: [{ name: "chat", type: "slack", url: channel }], fallback: ["chat"] },
    };
    return deploymentNotes(parseConfig("config.json", JSON.stringify(config)));
  };

  it("take exactly those secrets for readable that the template lets each function read", () => {
    const all = new Set(FUNCTIONS.flatMap(beginnings));
    for (const name of all) {
      const secret = `secret:${name}#key`;
      const readers = (reader: string): boolean => beginnings(reader).includes(name);
      expect(notesOn({ account: secret }).length === 0, name).toBe(readers("enforce"));
      expect(notesOn({ ingest: secret }).length === 0, name).toBe(readers("ingest"));
      expect(notesOn({ channel: secret }).length === 0, name).toBe(readers("sendAlerts"));
    }
    expect(all.size).toBe(9);
  });
});

describe("a role in an account", () => {
  const take = (name: string): AwsCall => ({
    action: "sts:AssumeRole",
    resource: `arn:aws:iam::444455556666:role/${name}`,
    context: {},
  });

  it("is taken by those who read and write tags, if it is called as the parameter accountRole says", async () => {
    expect(await allowed(plain, take("tagwarden"))).toEqual(["enforce", "auditShard"]);
    expect(await allowed(withToken, take("tag-keeper"))).toEqual(["enforce", "auditShard"]);
    expect(await allowed(withToken, take("tagwarden"))).toEqual([]);
  });
});

describe("a token with which AWS vouches for a function", () => {
  /** The call as the function makes it, as IAM sees it. */
  async function request(audience: string): Promise<AwsCall> {
    await using server = await recordingServer({ status: 403, body: "<ErrorResponse/>" });
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new STSClient({ region: PLACE.region, endpoint: server.origin, credentials });
    await fetchWebIdentity(audience, async () => client);
    const [sent] = server.requests;
    if (sent === undefined) throw new Error("STS must be asked");
    const [call] = callsOf("sts", { ...sent, url: sent.path }, PLACE);
    if (call === undefined) throw new Error("the call must be known");
    return call;
  }

  it("is given to those who read and write tags, for the audience of the parameter and for no other", async () => {
    expect(await allowed(withToken, await request(AUDIENCE))).toEqual(["enforce", "auditShard"]);
    expect(await allowed(withToken, await request("somebody.example.com"))).toEqual([]);
  });

  it("is not given for longer than five minutes, nor for nobody in particular", async () => {
    const call = await request(AUDIENCE);
    const { "sts:IdentityTokenAudience": _, ...nobody } = call.context;
    expect(await allowed(withToken, { ...call, context: { ...call.context, "sts:DurationSeconds": "301" } })).toEqual(
      [],
    );
    expect(await allowed(withToken, { ...call, context: nobody })).toEqual([]);
  });

  it("is allowed only where the parameter names an audience", () => {
    expect(plain.resources["WebIdentityPolicy"]?.Condition).toBe("HasWebIdentity");
    expect(plain.conditions["HasWebIdentity"]).toEqual({ "Fn::Not": [{ "Fn::Equals": ["none", "none"] }] });
    expect(withToken.conditions["HasWebIdentity"]).toEqual({ "Fn::Not": [{ "Fn::Equals": [AUDIENCE, "none"] }] });
  });
});
