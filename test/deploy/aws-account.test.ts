import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { AWS_CREATE_EVENTS } from "../../lib/events/aws/create-events.ts";
import { runMain } from "../cli/run-main.ts";
import { TAG_PATTERN } from "./tag-pattern.ts";
import { deniedCalls, permissionsOf } from "../local/packaged/role-permissions.ts";

type Json = Readonly<Record<string, unknown>>;

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Json;
}

/** CloudFormation's short forms, as what they stand on. */
const TAGS = ["Ref", "GetAtt", "Sub", "Equals", "And", "Not", "If", "Condition"].flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [name]: text }) },
  {
    tag: `!${name}`,
    collection: "seq" as const,
    resolve: (list: { toJSON(): unknown }) => ({ [name]: list.toJSON() }),
  },
]);
const document = parseDocument(readFileSync("templates/aws-account.yml", "utf8"), { customTags: TAGS });
const template = document.toJS() as { Resources: Record<string, Resource>; Parameters: Json; Conditions: Json };
const resources = Object.values(template.Resources);

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

/** `sqs:TagQueue on *`; what a template says of partitions is what a policy has a wildcard for. */
function rightsOf({ Action, Resource }: Statement): readonly string[] {
  const { Sub: text = Resource } = Object(Resource) as { readonly Sub?: string };
  return Action.map((action) => `${action} on ${String(text).replace("${AWS::Partition}", "*")}`);
}

async function permissions(...line: string[]): Promise<readonly string[]> {
  const { stdout } = await runMain(["permissions", "--provider", "aws", ...line]);
  return (JSON.parse(stdout) as { Statement: readonly Statement[] }).Statement.flatMap(rightsOf).toSorted();
}

/** What these policies of the template allow together. */
function allowed(...names: readonly string[]): readonly string[] {
  const statements = names.flatMap((name) => {
    const document = template.Resources[name]?.Properties["PolicyDocument"];
    return (document as { readonly Statement: readonly Statement[] }).Statement;
  });
  const rights = statements.flatMap((statement) => (statement.Effect === "Allow" ? rightsOf(statement) : []));
  return [...new Set(rights)].toSorted();
}

const isTagRule = ({ EventPattern }: Json): boolean => Object.hasOwn(Object(EventPattern), "$or");

describe("templates/aws-account.yml", () => {
  test("is YAML without errors", () => {
    expect([...document.errors, ...document.warnings].map(({ message }) => message)).toEqual([]);
  });

  test("allows exactly what `tagwarden permissions` prints, and reading alone where nothing is to be written", async () => {
    expect(allowed("ReadTags")).toEqual(await permissions("--read-only"));
    expect(allowed("ReadTags", "WriteTags")).toEqual(await permissions());
    expect(template.Resources["WriteTags"]?.Condition).toBe("MakesWriter");
  });

  test("allows tags to be taken off where somebody asks for it who may write, and nowhere else", async () => {
    expect(allowed("ReadTags", "WriteTags", "UntagTags")).toEqual(await permissions("--undo"));
    expect(template.Resources["UntagTags"]?.Condition).toBe("MakesUndo");
    expect(template.Conditions["MakesUndo"]).toEqual({
      And: [{ Condition: "MakesWriter" }, { Equals: [{ Ref: "Undo" }, "yes"] }],
    });
    expect(template.Parameters["Undo"]).toMatchObject({ Default: "no", AllowedValues: ["yes", "no"] });
  });

  test.each([
    ["tag:GetResources", "*"],
    ["config:SelectResourceConfig", "*"],
    // Resource Explorer asks for the view that it answers from.
    ["resource-explorer-2:Search", "arn:aws:resource-explorer-2:us-east-1:444455556666:view/all/1"],
  ])("lets an account that is only audited be read by IAM's own rules: %s on %s", async (action, resource) => {
    const { PolicyDocument } = template.Resources["ReadTags"]?.Properties ?? {};
    const role = { function: "the account", role: "TagwardenRole", properties: { Policies: [{ PolicyDocument }] } };
    const call = { function: "the account", action, resource, context: {} };
    expect(await deniedCalls([call], permissionsOf([role], String))).toEqual([]);
    const write = { ...call, action: "tag:TagResources", resource: "*" };
    expect(await deniedCalls([write], permissionsOf([role], String))).toHaveLength(1);
  });

  test("makes something in every account and region, since no stack may be empty", () => {
    const always = resources.filter(({ Condition }) => Condition === undefined);
    expect(always).toEqual([{ Type: "AWS::CloudFormation::WaitConditionHandle" }]);
  });

  test("lets in the functions of one service with the external id, and nobody else", () => {
    const trust = JSON.stringify(template.Resources["TagwardenRole"]?.Properties["AssumeRolePolicyDocument"]);
    expect(trust).toContain('"sts:ExternalId":{"Ref":"ExternalId"}');
    expect(trust).toMatch(/"aws:PrincipalArn":\[[^\]]*role\/\$\{Service\}-\$\{Stage\}-\*"\},\{"If":/);
  });

  test("lets in an operator where one is named, and no wildcard that would stand for everybody", () => {
    const trust = JSON.stringify(template.Resources["TagwardenRole"]?.Properties["AssumeRolePolicyDocument"]);
    expect(trust).toContain('{"If":["HasOperator",{"Ref":"Operator"},{"Ref":"AWS::NoValue"}]}');
    const { Default: standard, AllowedPattern: pattern } = template.Parameters["Operator"] as Record<string, string>;
    const allowed = new RegExp(`^(?:${pattern})$`);
    const arn = "arn:aws:iam::111122223333:";
    expect([standard, `${arn}role/platform-*`, `${arn}user/ada`].filter((one) => !allowed.test(one ?? ""))).toEqual([]);
    expect(
      ["*", `${arn}*`, `${arn}role/*`, "arn:aws:iam::*:role/platform-*", ""].filter((one) => allowed.test(one)),
    ).toEqual([]);
  });

  test("makes the role under the name that functions take, unless both are told another one", () => {
    expect(template.Resources["TagwardenRole"]?.Properties["RoleName"]).toEqual({ Ref: "RoleName" });
    const deployed = /^ {4}accountRole: (\w+)$/m.exec(readFileSync("serverless.yml", "utf8"))?.[1];
    expect(template.Parameters["RoleName"]).toMatchObject({ Default: deployed });
  });

  test("forwards every call that the table of create events names, and no other", () => {
    const patterns = resources
      .filter(({ Type, Properties }) => Type === "AWS::Events::Rule" && !isTagRule(Properties))
      .map(
        ({ Properties }) =>
          Properties["EventPattern"] as { source: unknown; detail: { eventSource: string[]; eventName: string[] } },
      );
    for (const { source } of patterns) expect(source).toEqual([{ prefix: "aws." }]);
    const details = patterns.map(({ detail }) => detail);
    const wanted = AWS_CREATE_EVENTS.filter((row) => !row.experimental && row.notTaggable === undefined);
    const missed = wanted.filter(
      ({ source, eventName }) =>
        !details.some((detail) => detail.eventSource.includes(source) && detail.eventName.includes(eventName)),
    );
    expect(missed).toEqual([]);
    const known = new Set(wanted.flatMap(({ source, eventName }) => [source, eventName]));
    const named = details.flatMap(({ eventSource, eventName }) => [...eventSource, ...eventName]);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    for (const detail of details) expect(detail).toMatchObject({ errorCode: [{ exists: false }] });
  });

  test("forwards the changes of tags that AWS tells of, and the calls in the table that take tags off, and no other", () => {
    const rules = resources.filter(({ Type, Properties }) => Type === "AWS::Events::Rule" && isTagRule(Properties));
    expect(rules.map(({ Properties }) => Properties["EventPattern"])).toEqual([TAG_PATTERN]);
  });

  test("forwards nothing from where tagwarden runs, whose own rules see the same events", () => {
    expect(template.Conditions["Forwards"]).toEqual({
      Not: [
        {
          And: [
            { Equals: [{ Ref: "AWS::AccountId" }, { Ref: "CentralAccount" }] },
            { Equals: [{ Ref: "AWS::Region" }, { Ref: "CentralRegion" }] },
          ],
        },
      ],
    });
    const forwarding = Object.entries(template.Resources).filter(([, { Condition }]) => Condition === "Forwards");
    expect(forwarding.map(([name]) => name)).toEqual([
      "ForwardRole",
      "ForwardDeadLetters",
      "ForwardDeadLettersPolicy",
      "ForwardFailures",
      "ForwardTagFailures",
      "CreatedInEc2",
      "CreatedInDataServices",
      "CreatedInCompute",
      "CreatedElsewhere",
      "TagsChanged",
    ]);
  });

  describe("what can't be forwarded", () => {
    const rules = Object.entries(template.Resources).filter(([, { Type }]) => Type === "AWS::Events::Rule");
    const getAtt = (name: string) => ({ GetAtt: `${name}.Arn` });

    test("lies for 14 days in a queue of the rule's own account, after a day of attempts", () => {
      const { Properties } = template.Resources["ForwardDeadLetters"] ?? {};
      expect(Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
      expect(rules).toHaveLength(5);
      for (const [name, rule] of rules) {
        const RetryPolicy = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };
        const DeadLetterConfig = { Arn: getAtt("ForwardDeadLetters") };
        expect(rule.Properties["Targets"], name).toMatchObject([{ RetryPolicy, DeadLetterConfig }]);
      }
    });

    test("comes from these rules alone, and over TLS", () => {
      const { PolicyDocument } = template.Resources["ForwardDeadLettersPolicy"]?.Properties ?? {};
      const { Statement } = PolicyDocument as { readonly Statement: readonly Json[] };
      expect(Statement).toMatchObject([
        { Effect: "Deny", Action: "sqs:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: getAtt("ForwardDeadLetters"),
          Condition: { ArnEquals: { "aws:SourceArn": rules.map(([name]) => getAtt(name)) } },
        },
      ]);
    });

    test("rings an alarm, as does what the queue didn't take, and the topic that somebody names", () => {
      const { Metrics, ...alarm } = template.Resources["ForwardFailures"]?.Properties ?? {};
      const { Metrics: ofTags, ...tagAlarm } = template.Resources["ForwardTagFailures"]?.Properties ?? {};
      const text = JSON.stringify([Metrics, ofTags]);
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
      for (const metrics of [Metrics, ofTags]) expect((metrics as readonly unknown[]).length).toBeLessThanOrEqual(10);
      for (const [name] of rules) {
        const watched = text.split(`{"Name":"RuleName","Value":{"Ref":"${name}"}}`).length - 1;
        expect(watched, name).toBe(2);
      }
      for (const metric of [
        "FailedInvocations",
        "InvocationsFailedToBeSentToDlq",
        "ApproximateNumberOfMessagesVisible",
      ]) {
        expect(text).toContain(`"MetricName":"${metric}"`);
      }
      const told = { If: ["HasAlarmTopic", [{ Ref: "AlarmTopic" }], { Ref: "AWS::NoValue" }] };
      for (const one of [alarm, tagAlarm]) {
        expect(one).toMatchObject({ AlarmActions: told, OKActions: told, Threshold: 1 });
      }
    });

    test.each(["sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"])(
      "is found and sent on by whoever takes the role: %s on that queue, and on no other",
      async (action) => {
        const { PolicyDocument } = template.Resources["ReadDeadLetters"]?.Properties ?? {};
        const role = { function: "the account", role: "TagwardenRole", properties: { Policies: [{ PolicyDocument }] } };
        const textOf = (value: unknown): string => {
          const { Sub: text = String(value) } = Object(value) as { readonly Sub?: string };
          const values: Readonly<Record<string, string>> = {
            "AWS::Partition": "aws",
            "AWS::AccountId": "444455556666",
            Service: "tagwarden",
            Stage: "dev",
          };
          return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => values[name] ?? "?");
        };
        const on = (name: string) => {
          const resource = `arn:aws:sqs:eu-west-1:444455556666:${name}`;
          return deniedCalls(
            [{ function: "the account", action, resource, context: {} }],
            permissionsOf([role], textOf),
          );
        };
        expect(await on("tagwarden-dev-ForwardDeadLetters")).toEqual([]);
        expect(await on("orders")).toHaveLength(1);
        expect(template.Resources["ReadDeadLetters"]?.Condition).toBe("MakesRole");
      },
    );
  });

  test("refers to nothing that it doesn't have", () => {
    const known = new Set([...Object.keys(template.Resources), ...Object.keys(template.Parameters)]);
    const text = JSON.stringify(template);
    const refs = [...text.matchAll(/"Ref":"([^"]+)"/g), ...text.matchAll(/\$\{([^}]+)\}/g)].map(
      ([, name = ""]) => name,
    );
    expect(refs.filter((name) => !name.startsWith("AWS::") && !known.has(name))).toEqual([]);
    const conditions = resources.flatMap(({ Condition }) => Condition ?? []);
    expect(conditions.filter((name) => !(name in template.Conditions))).toEqual([]);
  });
});
