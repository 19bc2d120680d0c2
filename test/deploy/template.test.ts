import { beforeAll, describe, expect, it } from "vitest";
import { TAG_PATTERN } from "./tag-pattern.ts";
import { AWS_CREATE_EVENTS } from "../../lib/events/aws/create-events.ts";
import { MODE_TAG } from "../../lib/sinks/dynamo/deployed-mode.ts";
import { readServerlessFile } from "../../local/service/serverless-file.ts";
import { packageService, PACKAGING_MS, type PackagedService, type TemplateResource } from "./packaged.ts";

let service: PackagedService;

beforeAll(async () => {
  service = await packageService();
}, PACKAGING_MS);

type Json = Readonly<Record<string, unknown>>;

const ofType = (type: string): readonly (readonly [string, TemplateResource])[] =>
  Object.entries(service.resources).filter(([, resource]) => resource.Type === type);

/** The logical id that a reference leads to. */
function target(value: unknown): string {
  const { Ref: ref, "Fn::GetAtt": attribute } = value as { Ref?: string; "Fn::GetAtt"?: readonly string[] };
  return ref ?? attribute?.[0] ?? "";
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

function statementsOf(role: TemplateResource): readonly Statement[] {
  const policies = role.Properties["Policies"] as readonly { PolicyDocument: { Statement: readonly Statement[] } }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

const listOf = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);

/** The dead letters of what is no queue: of schedules, and of calls that Lambda makes by itself. */
const lettersOfCalls = (): ReadonlySet<string> =>
  new Set([
    ...ofType("AWS::Scheduler::Schedule").map(([, { Properties }]) => {
      return target((Properties["Target"] as { DeadLetterConfig: { Arn: unknown } }).DeadLetterConfig.Arn);
    }),
    ...ofType("AWS::Lambda::EventInvokeConfig").map(([, { Properties }]) => {
      const { OnFailure } = Properties["DestinationConfig"] as { OnFailure: { Destination: unknown } };
      return target(OnFailure.Destination);
    }),
  ]);

/** The dead letters of queues. */
const deadLetterQueues = (): ReadonlySet<string> =>
  new Set(
    ofType("AWS::SQS::Queue").flatMap(([, { Properties }]) => {
      const redrive = Properties["RedrivePolicy"] as { deadLetterTargetArn: unknown } | undefined;
      return redrive === undefined ? [] : [target(redrive.deadLetterTargetArn)];
    }),
  );

describe("the packaged service", () => {
  it("is packaged without a warning", () => {
    expect(service.output).not.toMatch(/warning|deprecat/i);
  });

  it("gives every queue a dead-letter queue that keeps messages for 14 days", () => {
    const deadLetters = deadLetterQueues();
    const queues = ofType("AWS::SQS::Queue");
    expect(deadLetters.size).toBeGreaterThanOrEqual(3);
    for (const [name, { Properties }] of queues) {
      expect(Properties["MessageRetentionPeriod"], name).toBe(1_209_600);
      const takesLetters = deadLetters.has(name) || lettersOfCalls().has(name);
      expect(takesLetters || Properties["RedrivePolicy"] !== undefined, name).toBe(true);
    }
  });

  it("lets a dead-letter queue be used by the queue that it belongs to, and by no other", () => {
    for (const name of deadLetterQueues()) {
      const allow = service.resources[name]?.Properties["RedriveAllowPolicy"] as Json | undefined;
      expect(allow?.["redrivePermission"], name).toBe("byQueue");
      const owner = `tagwarden-dev-${name.replace("DeadLetters", "Queue")}`;
      expect(JSON.stringify(allow?.["sourceQueueArns"]), name).toContain(`:${owner}"`);
    }
  });

  it("has an alarm on the dead letters and on the age of every queue, and each alarm tells the topic when it begins and when it is over", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm").map(([, { Properties }]) => Properties);
    const watched = (metric: string): ReadonlySet<string> =>
      new Set(
        alarms
          .filter(({ MetricName }) => MetricName === metric)
          .flatMap(({ Dimensions }) => (Dimensions as readonly { Value: unknown }[]).map(({ Value }) => target(Value))),
      );
    const deadLetters = new Set([...deadLetterQueues(), ...lettersOfCalls()]);
    const queues = ofType("AWS::SQS::Queue").map(([name]) => name);
    expect(watched("ApproximateNumberOfMessagesVisible")).toEqual(deadLetters);
    expect(watched("ApproximateAgeOfOldestMessage")).toEqual(new Set(queues.filter((name) => !deadLetters.has(name))));
    // Else an alert stays open, and the next of its kind is told to nobody.
    for (const alarm of alarms) {
      for (const actions of ["AlarmActions", "OKActions"]) {
        expect(alarm[actions], String(alarm["AlarmDescription"])).toEqual([{ Ref: "AlertTopic" }]);
      }
    }
  });

  it("leaves what a schedule or Lambda itself could not do in a queue, and lets nobody else take it for its dead letters", () => {
    const schedules = ofType("AWS::Scheduler::Schedule");
    expect(schedules).toHaveLength(1);
    const day = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };
    for (const [name, { Properties }] of schedules)
      expect(Properties["Target"], name).toMatchObject({ RetryPolicy: day });
    expect(lettersOfCalls()).toEqual(new Set(["ScheduleDeadLetters"]));
    for (const name of lettersOfCalls()) {
      expect(service.resources[name]?.Properties["RedriveAllowPolicy"]).toEqual({ redrivePermission: "denyAll" });
    }
    const sends = statementsOf(service.resources["StartAuditRole"] as TemplateResource).filter(
      ({ Action, Resource }) => {
        return Action === "sqs:SendMessage" && target(Resource) === "ScheduleDeadLetters";
      },
    );
    expect(sends).toHaveLength(1);
  });

  it("tells the function that a schedule starts its time, which names the run", () => {
    const targets = ofType("AWS::Scheduler::Schedule").map(([, { Properties }]) => Properties["Target"] as Json);
    expect(targets).toMatchObject([{ Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}' }]);
    expect(targets.map(({ Arn }) => target(Arn))).toEqual(["StartAuditLambdaFunction"]);
  });

  it("has an alarm on the errors of every function, and counts the throttles of each", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm").map(([, { Properties }]) => JSON.stringify(Properties));
    for (const [name, { Properties }] of ofType("AWS::Lambda::Function")) {
      const dimension = `"Value":"${String(Properties["FunctionName"])}"`;
      const about = alarms.filter((alarm) => alarm.includes(dimension));
      expect(
        about.some((alarm) => alarm.includes('"MetricName":"Errors"')),
        name,
      ).toBe(true);
      expect(
        about.some((alarm) => alarm.includes('"MetricName":"Throttles"')),
        name,
      ).toBe(true);
    }
  });

  it("keeps a message hidden for six times its function's timeout and the batch window", () => {
    const mappings = ofType("AWS::Lambda::EventSourceMapping");
    expect(mappings.length).toBeGreaterThanOrEqual(3);
    for (const [name, { Properties }] of mappings) {
      const queue = service.resources[target(Properties["EventSourceArn"])]?.Properties;
      const called = service.resources[target(Properties["FunctionName"])]?.Properties;
      const timeout = Number(called?.["Timeout"]);
      const window = Number(Properties["MaximumBatchingWindowInSeconds"] ?? 0);
      expect(Number(queue?.["VisibilityTimeout"]), name).toBeGreaterThanOrEqual(6 * timeout + window);
      expect(Properties["FunctionResponseTypes"], name).toEqual(["ReportBatchItemFailures"]);
      expect(Properties["ScalingConfig"], name).toBeDefined();
    }
  });

  it("gives every function a role of its own", () => {
    const functions = ofType("AWS::Lambda::Function");
    const roles = functions.map(([, { Properties }]) => target(Properties["Role"]));
    expect(new Set(roles).size).toBe(functions.length);
    expect(
      ofType("AWS::IAM::Role")
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(roles.toSorted());
  });

  it("lets Lambda take its roles, and EventBridge Scheduler the one that it starts audits with, for this account alone", () => {
    const trusted = ofType("AWS::IAM::Role").flatMap(([name, { Properties }]) => {
      const { Statement } = Properties["AssumeRolePolicyDocument"] as { Statement: readonly Json[] };
      return Statement.map(({ Principal, Condition }) => {
        return { name, Service: (Principal as Json)["Service"], Condition };
      });
    });
    const lambda = trusted.filter(({ Service }) => Service === "lambda.amazonaws.com");
    expect(lambda).toHaveLength(ofType("AWS::IAM::Role").length);
    expect(trusted.filter((one) => !lambda.includes(one))).toEqual([
      {
        name: "StartAuditRole",
        Service: "scheduler.amazonaws.com",
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      },
    ]);
  });

  it("writes nothing unless it is deployed with the parameter `mode`: every function is told to report, those that can write first of all", () => {
    const functions = ofType("AWS::Lambda::Function");
    const canWrite = (properties: Json): boolean => {
      const role = service.resources[target(properties["Role"])];
      return role !== undefined && statementsOf(role).some(({ Action }) => listOf(Action).includes("sts:AssumeRole"));
    };
    const writers = functions.filter(([, { Properties }]) => canWrite(Properties)).map(([name]) => name);
    expect(writers.toSorted()).toEqual(["AuditShardLambdaFunction", "EnforceLambdaFunction"]);
    for (const [name, { Properties }] of functions) {
      const { Variables } = Properties["Environment"] as { readonly Variables: Json };
      expect(Variables["TAGWARDEN_MODE"], name).toBe("report");
    }
  });

  it("says on its table how it was deployed, where `tagwarden doctor` reads it", () => {
    const { Tags } = service.resources["StateTable"]?.Properties ?? {};
    expect(Tags).toEqual([{ Key: MODE_TAG, Value: "report" }]);
  });

  it("is told to write by the parameter, all of it", () => {
    const sources = { stage: "dev", params: { mode: "enforce" }, variables: {}, options: {} };
    const { functions, resources } = readServerlessFile("serverless.yml", sources);
    const table = resources.find(({ logicalId }) => logicalId === "StateTable");
    expect(table?.properties["Tags"]).toEqual([{ Key: MODE_TAG, Value: "enforce" }]);
    expect(functions.length).toBeGreaterThan(5);
    for (const { name, environment } of functions) expect(environment["TAGWARDEN_MODE"], name).toBe("enforce");
  });

  it("lets ingest, which anybody may call, read the secrets of webhooks and no others", () => {
    const role = service.resources["IngestRole"];
    const secrets = (role === undefined ? [] : statementsOf(role)).filter(({ Action }) =>
      listOf(Action).some((action) => action.startsWith("secretsmanager:")),
    );
    expect(JSON.stringify(secrets.map(({ Resource }) => Resource))).toMatch(/^[^*]*:secret:tagwarden\/ingest\*"\}\]$/);
  });

  it("lets alerts be published to the topics that channels may name, as docs/alerts.md says", () => {
    const role = service.resources["SendAlertsRole"];
    const publish = (role === undefined ? [] : statementsOf(role)).filter(({ Action }) => Action === "sns:Publish");
    expect(publish.map(({ Resource }) => Resource)).toEqual([
      { "Fn::Sub": "arn:${AWS::Partition}:sns:*:*:tagwarden-*" },
    ]);
  });

  it("lets no function change policies and settings but by a new run, or delete a journal or a report", () => {
    const changes = ofType("AWS::IAM::Role").flatMap(([name, role]) =>
      statementsOf(role).flatMap(({ Action, Resource }) => {
        const [action] = listOf(Action).filter((one) => /^s3:(Put|Delete)Object$/.test(one));
        return action === undefined ? [] : [`${name} ${listOf(Action).join(" ")} ${JSON.stringify(Resource)}`];
      }),
    );
    const touching = (what: RegExp) => changes.filter((one) => what.test(one)).map((one) => one.replace(/ .*/, ""));
    expect(touching(/settings|Arn\}\/\*/)).toEqual([]);
    expect(touching(/policies/)).toEqual(["StartAuditRole"]);
    expect(touching(/journal/)).toEqual(["EnforceRole"]);
    expect(touching(/Delete.*(journal|outcomes|reports|policies)/)).toEqual([]);
  });

  it("allows no action by wildcard, and no resource by wildcard where the service has resources", () => {
    /** Services whose authorization reference lists no resource type for these actions. */
    const withoutResources = new Set(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
    for (const [name, role] of ofType("AWS::IAM::Role")) {
      for (const { Effect, Action, Resource } of statementsOf(role)) {
        expect(Effect, name).toBe("Allow");
        for (const action of listOf(Action)) {
          expect(action, name).not.toContain("*");
          if (Resource === "*") expect(withoutResources, `${name}: ${action}`).toContain(action);
        }
      }
    }
  });

  it("lets nobody reach queues, bucket and topic without TLS", () => {
    const documents = ["AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy"].flatMap(ofType);
    for (const [name, { Properties }] of documents) {
      const { Statement } = Properties["PolicyDocument"] as { Statement: readonly Json[] };
      const denied = Statement.filter(({ Effect, Condition }) => {
        return Effect === "Deny" && /"aws:SecureTransport":"?false"?/.test(JSON.stringify(Condition));
      });
      expect(denied, name).toHaveLength(1);
    }
    const covered = new Set(
      ofType("AWS::SQS::QueuePolicy").flatMap(([, { Properties }]) => (Properties["Queues"] as unknown[]).map(target)),
    );
    expect(covered).toEqual(new Set(ofType("AWS::SQS::Queue").map(([name]) => name)));
  });

  it("keeps what it writes encrypted, versioned and recoverable", () => {
    const [, table] = ofType("AWS::DynamoDB::Table")[0] ?? [];
    expect(table?.Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      SSESpecification: { SSEEnabled: true },
    });
    for (const [name, { Properties }] of ofType("AWS::S3::Bucket")) {
      expect(Properties["VersioningConfiguration"], name).toEqual({ Status: "Enabled" });
    }
  });

  it("takes the runtime, the architecture and the traces that were measured", () => {
    for (const [name, { Properties }] of ofType("AWS::Lambda::Function")) {
      expect(Properties, name).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        TracingConfig: { Mode: "Active" },
      });
    }
  });

  it("shows every queue and every function on the dashboard", () => {
    const [, dashboard] = ofType("AWS::CloudWatch::Dashboard")[0] ?? [];
    const body = dashboard?.Properties["DashboardBody"] as { "Fn::Sub": string } | undefined;
    const shown = JSON.stringify(JSON.parse(body?.["Fn::Sub"] ?? "{}"));
    for (const type of ["AWS::SQS::Queue", "AWS::Lambda::Function"]) {
      for (const [name, { Properties }] of ofType(type)) {
        expect(shown, name).toContain(`"${String(Properties["QueueName"] ?? Properties["FunctionName"])}"`);
      }
    }
  });
});

describe("the rules for CloudTrail's events", () => {
  const rules = () =>
    ofType("AWS::Events::Rule").map(([name, { Properties }]) => ({
      name,
      bus: Properties["EventBusName"] === undefined ? "default" : target(Properties["EventBusName"]),
      pattern: Properties["EventPattern"] as {
        readonly source: unknown;
        readonly detail: {
          readonly eventSource: readonly string[];
          readonly eventName: readonly string[];
          readonly errorCode: unknown;
        };
      },
      targets: Properties["Targets"] as readonly {
        Arn: unknown;
        RetryPolicy: unknown;
        DeadLetterConfig: { Arn: unknown };
      }[],
    }));

  const isTagRule = ({ pattern }: { readonly pattern: object }): boolean => Object.hasOwn(pattern, "$or");

  it.each(["default", "AccountEvents"])("match every call in the table on the bus %s, and no other", (bus) => {
    const wanted = AWS_CREATE_EVENTS.filter(
      ({ experimental, notTaggable }) => !experimental && notTaggable === undefined,
    );
    const patterns = rules().filter((rule) => rule.bus === bus && !isTagRule(rule));
    const unmatched = wanted.filter(
      ({ source, eventName }) =>
        !patterns.some(
          ({ pattern: { detail } }) => detail.eventSource.includes(source) && detail.eventName.includes(eventName),
        ),
    );
    expect(unmatched.map(({ source, eventName }) => `${source} ${eventName}`)).toEqual([]);
    const names = new Set(patterns.flatMap(({ pattern: { detail } }) => [...detail.eventSource, ...detail.eventName]));
    for (const { source, eventName } of wanted) {
      names.delete(source);
      names.delete(eventName);
    }
    expect([...names]).toEqual([]);
  });

  it.each(["default", "AccountEvents"])("match changed tags on the bus %s by AWS's own event and the table", (bus) => {
    const patterns = rules().filter((rule) => rule.bus === bus && isTagRule(rule));
    expect(patterns.map(({ pattern }) => pattern)).toEqual([TAG_PATTERN]);
  });

  it("believe nobody but AWS, whose sources no caller of PutEvents can write", () => {
    for (const { name, pattern } of rules()) expect(pattern.source, name).toEqual([{ prefix: "aws." }]);
  });

  it("let failed calls pass by, and stay below EventBridge's 2,048 characters", () => {
    for (const { name, pattern } of rules()) expect(JSON.stringify(pattern).length, name).toBeLessThanOrEqual(2048);
    for (const { name, pattern } of rules().filter((rule) => !isTagRule(rule))) {
      expect(pattern.detail.errorCode, name).toEqual([{ exists: false }]);
    }
  });

  it("are each watched: what they could not deliver, and what not even the dead letters took", () => {
    const alarms = ofType("AWS::CloudWatch::Alarm").map(([, { Properties }]) => JSON.stringify(Properties["Metrics"]));
    for (const metric of ["FailedInvocations", "InvocationsFailedToBeSentToDlq"]) {
      const about = alarms.filter((alarm) => alarm?.includes(`"MetricName":"${metric}"`)).join("\n");
      for (const [name, { Properties }] of ofType("AWS::Events::Rule")) {
        const ofBus =
          Properties["EventBusName"] === undefined ? "" : '{"Name":"EventBusName","Value":{"Ref":"AccountEvents"}},';
        const rule = `{"Name":"RuleName","Value":"${String(Properties["Name"])}"}`;
        expect(about, name).toContain(`"Dimensions":[${ofBus}${rule}]`);
      }
    }
  });

  it("send to the enforce queue for a day, and what can't be delivered to its dead letters", () => {
    expect(rules().length).toBeGreaterThanOrEqual(4);
    for (const { name, targets } of rules()) {
      for (const { RetryPolicy } of targets) {
        expect(RetryPolicy, name).toEqual({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 });
      }
      expect(
        targets.map(({ Arn }) => target(Arn)),
        name,
      ).toEqual(["EnforceQueue"]);
      expect(
        targets.map(({ DeadLetterConfig }) => target(DeadLetterConfig.Arn)),
        name,
      ).toEqual(["EnforceDeadLetters"]);
    }
  });
});
