import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ALIBABA_CREATE_EVENTS } from "../../lib/events/alibaba/create-events.ts";
import { HUAWEI_CREATE_EVENTS } from "../../lib/events/huawei/create-events.ts";
import { parseCloudFormationYaml } from "../../local/service/cloudformation-yaml.ts";
import { runMain } from "../cli/run-main.ts";
import { packageService, PACKAGING_MS } from "./packaged.ts";
import { beyondTags, rightsIn, type Right } from "./tag-rights.ts";
import { readTerraform } from "./terraform-file.ts";

/** A right of ours that is to more than tags, on something of our own. */
interface Exception {
  readonly actions: RegExp;
  readonly resources: RegExp;
  readonly why: string;
}

/** What the deployed service does with its own things. Names are those of the stage dev. */
const OWN: readonly Exception[] = [
  {
    actions: /^sqs:(SendMessage|DeleteMessage)$/,
    resources: /^((Enforce|Audit|Report|Alert)(Queue|DeadLetters)|ScheduleDeadLetters)\.Arn$/,
    why: "messages of its own queues",
  },
  {
    actions: /^dynamodb:(PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/,
    resources: /^StateTable\.Arn$/,
    why: "items of its own table",
  },
  {
    actions: /^s3:PutObject$/,
    resources:
      /^\$\{ReportBucket\.Arn\}\/(evaluations|findings|journal|known|outcomes|policies|repairs|reports|summaries|work)\/\*$/,
    why: "objects of its own bucket",
  },
  {
    actions: /^s3:DeleteObject$/,
    resources: /^\$\{ReportBucket\.Arn\}\/(evaluations|findings|known|repairs|summaries|work)\/\*$/,
    why: "what audits have left in its own bucket, and no journal, outcome, report or policy",
  },
  {
    actions: /^logs:(CreateLogStream|PutLogEvents)$/,
    resources: /^arn:\*:logs:\*:\*:log-group:\/aws\/lambda\/tagwarden-dev-\w+:\*$/,
    why: "the logs of its own functions",
  },
  { actions: /^xray:Put(TraceSegments|TelemetryRecords)$/, resources: /^\*$/, why: "traces, which are no resources" },
  {
    actions: /^sns:Publish$/,
    resources: /^arn:\*:sns:\*:\*:tagwarden-\*$/,
    why: "alerts to topics that are called after it",
  },
  {
    actions: /^lambda:InvokeFunction$/,
    resources: /^arn:\*:lambda:\*:\*:function:tagwarden-dev-startAudit$/,
    why: "its schedule starts its own function",
  },
  {
    actions: /^sts:AssumeRole$/,
    resources: /^arn:\*:iam::\*:role\/tagwarden$/,
    why: "how accounts are entered; what it may do there is what templates/aws-account.yml allows",
  },
  {
    actions: /^sts:GetWebIdentityToken$/,
    resources: /^\*$/,
    why: "says to another cloud who it is; permissions.test.ts holds it to its audience",
  },
];

/** What templates/aws-account.yml allows beyond reading and tags. */
const FORWARDING: readonly Exception[] = [
  {
    actions: /^events:PutEvents$/,
    resources: /^arn:\*:events:\$\{CentralRegion\}:\$\{CentralAccount\}:event-bus\/\$\{Service\}-\$\{Stage\}$/,
    why: "events of creations, to the bus of tagwarden alone",
  },
  {
    actions: /^sqs:(DeleteMessage|ChangeMessageVisibility)$/,
    resources: /^arn:\*:sqs:\*:\*:\$\{Service\}-\$\{Stage\}-ForwardDeadLetters$/,
    why: "`dlq redrive` takes what could not be forwarded off the template's own queue",
  },
];

const isExcepted = ({ action, resource }: Right, { actions, resources }: Exception): boolean =>
  actions.test(action) && resources.test(resource);

/** Rights to more than tags that no exception explains, and exceptions that explain none, in sentences. */
async function excesses(rights: readonly Right[], exceptions: readonly Exception[]): Promise<string[]> {
  const told = await Promise.all(rights.map(async (right) => ({ right, why: await beyondTags(right) })));
  const beyond = told.filter(({ why }) => why !== undefined);
  const unexplained = beyond
    .filter(({ right }) => !exceptions.some((exception) => isExcepted(right, exception)))
    .map(({ right: { action, resource }, why }) => `${action} on ${resource} ${why}`);
  const idle = exceptions
    .filter((exception) => !beyond.some(({ right }) => isExcepted(right, exception)))
    .map(({ why }) => `nothing needs the exception for ${why}`);
  return [...new Set(unexplained), ...idle];
}

async function printed(provider: string, ...line: string[]): Promise<readonly Right[]> {
  const { code, stdout } = await runMain(["permissions", "--provider", provider, ...line]);
  expect(code).toBe(0);
  const rights = rightsIn(JSON.parse(stdout));
  expect(rights.length).toBeGreaterThan(2);
  return rights;
}

const nameOf = ({ action, resource }: Right): string => `${action} on ${resource}`;

/** Rights to take tags off, by their names. */
const UNTAGS = /:(Untag\w*|RemoveTags\w*|DeleteTags|DELETE|untag\w*|batchCreateOrDeleteTag)$/;

const VARIANTS = [
  ["for audits", ["--read-only"]],
  ["for enforcement", []],
  ["for undo", ["--undo"]],
] as const;

describe("what `tagwarden permissions` prints for AWS", () => {
  it.each(VARIANTS)("%s changes and deletes nothing but tags", async (_, line) => {
    expect(await excesses(await printed("aws", ...line), [])).toEqual([]);
  });

  it("for audits changes nothing at all", async () => {
    for (const { action } of await printed("aws", "--read-only"))
      expect(action).toMatch(/:(Describe|Get|List|Search|Select)/);
  });
});

/**
 * No table of access levels is published for these clouds, so the names have to tell: of what they mean the tables of
 * create events are a part.
 */
describe.each([
  ["alibaba", /:(List|Describe)\w+$/, /^(apigateway|vpc):(Tag|Untag)Resources$/, ALIBABA_CREATE_EVENTS],
  [
    "huawei",
    /:(list\w*|get)$/,
    /^(iam::(tag|untag)ForResourceV5|apig:instance:batchCreateOrDeleteTag)$/,
    HUAWEI_CREATE_EVENTS,
  ],
] as const)("what `tagwarden permissions` prints for %s", (provider, reads, tags, created) => {
  it.each(VARIANTS)("%s changes nothing but tags, by the names of its actions", async (_, line) => {
    const actions = (await printed(provider, ...line)).map(({ action }) => action);
    expect(actions.filter((action) => !reads.test(action) && !tags.test(action))).toEqual([]);
    const creating = new Set(created.map(({ eventName }) => eventName.toLowerCase()));
    const creates = (action: string): boolean => creating.has(action.split(":").at(-1)?.toLowerCase() ?? "");
    expect(actions.filter(creates)).toEqual([]);
    if (line[0] === "--read-only") expect(actions.filter((action) => tags.test(action))).toEqual([]);
  });
});

/** Rights to take tags off without which none can be added, since one API does both by one right. */
const INSEPARABLE: ReadonlySet<string> = new Set(["apig:instance:batchCreateOrDeleteTag"]);

describe.each(["alibaba", "huawei", "aws"])("the rights to take tags off, of %s,", (provider) => {
  it("stand apart: nobody has them who doesn't ask for undo", async () => {
    const [usual, undo] = [await printed(provider), await printed(provider, "--undo")];
    const early = usual.map(({ action }) => action).filter((action) => UNTAGS.test(action));
    expect(early.filter((action) => !INSEPARABLE.has(action))).toEqual([]);
    const known = new Set(usual.map(nameOf));
    const added = undo.filter((right) => !known.has(nameOf(right))).map(({ action }) => action);
    expect(added.length).toBeGreaterThan(0);
    expect(added.filter((action) => !UNTAGS.test(action))).toEqual([]);
    expect(undo.map(nameOf)).toEqual(expect.arrayContaining(usual.map(nameOf)));
  });

  it("are not to be had for an account that is only read", async () => {
    expect(await runMain(["permissions", "--provider", provider, "--read-only", "--undo"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--read-only and --undo exclude each other"),
    });
  });
});

describe("templates", () => {
  const files = readdirSync("templates", { recursive: true, encoding: "utf8" }).filter((name) => extname(name) !== "");

  it("are of kinds whose rights this test can read", () => {
    expect(new Set(files.map((name) => extname(name)))).toEqual(new Set([".yml", ".tf"]));
  });

  const isOfAlibaba = (name: string): boolean => name.startsWith("alibaba");

  // Whose every right alibaba-member.test.ts holds to `tagwarden permissions`.
  it.each(files.filter((name) => name.endsWith(".yml") && isOfAlibaba(name)))(
    "%s lets nobody change or delete anything but tags, by the names of its actions",
    (name) => {
      const path = join("templates", name);
      const actions = rightsIn(parseCloudFormationYaml(readFileSync(path, "utf8"), path)).map(({ action }) => action);
      expect(actions.length).toBeGreaterThan(50);
      const harmless = /^\w+:(?:(?:Describe|Get|List|Search)\w+|(?:Tag|Untag)Resources)$/;
      expect(actions.filter((action) => !harmless.test(action))).toEqual([]);
    },
  );

  it.each(files.filter((name) => name.endsWith(".yml") && !isOfAlibaba(name)))(
    "%s lets nobody change or delete anything but tags",
    async (name) => {
      const path = join("templates", name);
      const rights = rightsIn(parseCloudFormationYaml(readFileSync(path, "utf8"), path));
      expect(rights.length).toBeGreaterThan(50);
      expect(await excesses(rights, FORWARDING)).toEqual([]);
    },
  );

  it.each(files.filter((name) => name.endsWith(".tf")))(
    "%s gives nobody a right of AWS, nor one by a policy that terraform.test.ts doesn't hold to `tagwarden permissions`",
    async (name) => {
      const { resources } = await readTerraform(join("templates", name));
      const policies = [...resources.keys()].filter((one) => /polic/.test(one) && !/attach/.test(one));
      expect(policies).toHaveLength(1);
      expect([...resources.keys()].filter((one) => one.startsWith("aws_"))).toEqual([]);
    },
  );
});

describe("the roles of serverless.yml", () => {
  let rights: readonly Right[];
  beforeAll(async () => {
    rights = rightsIn(JSON.parse(readFileSync((await packageService()).templatePath, "utf8")));
  }, PACKAGING_MS);

  it("change and delete nothing but what is the service's own, each for a reason", async () => {
    expect(rights.length).toBeGreaterThan(80);
    expect(await excesses(rights, OWN)).toEqual([]);
  });

  it("have no right on tags, by which nobody could untag: functions read and tag as the role of each account", () => {
    expect(rights.map(({ action }) => action).filter((action) => /:.*tag/i.test(action))).toEqual([]);
  });
});

describe("a right to more than tags", () => {
  const allow = (action: unknown, resource: unknown = "*") => ({
    Statement: [{ Effect: "Allow", Action: action, Resource: resource }],
  });

  it.each([
    ["of a method of API Gateway on everything", allow("apigateway:DELETE"), "apigateway:DELETE on * is Write"],
    [
      "of a method of API Gateway on all that has tags",
      allow("apigateway:PUT", "arn:*:apigateway:*::/restapis/*"),
      "apigateway:PUT on arn:*:apigateway:*::/restapis/* is Write",
    ],
    [
      "beside a harmless resource",
      allow(["apigateway:PUT"], ["arn:*:apigateway:*::/tags/*", "arn:*:apigateway:*::/*"]),
      "apigateway:PUT on arn:*:apigateway:*::/* is Write",
    ],
    [
      "of another service on a resource that looks like tags",
      allow("sqs:DeleteQueue", "arn:*:apigateway:*::/tags/*"),
      "sqs:DeleteQueue on arn:*:apigateway:*::/tags/* is Write",
    ],
    ["beside a harmless action", allow(["sqs:TagQueue", "sqs:DeleteQueue"]), "sqs:DeleteQueue on * is Write"],
    ["over who may do what", allow("s3:PutBucketPolicy"), "s3:PutBucketPolicy on * is Permissions management, Write"],
    ["that AWS's data calls tagging", allow("kinesis:CreateChannel"), "kinesis:CreateChannel on * is Tagging, Write"],
    ["by a wildcard that looks like tagging", allow("sqs:Tag*"), "sqs:Tag* on * names actions by wildcard"],
    ["of every service", allow("*"), "* on * names actions by wildcard"],
    ["that nobody knows", allow("sqs:TagEverything"), "sqs:TagEverything on * is no action that IAM knows"],
    [
      "that is said by what it is not",
      { Statement: [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }] },
      "* on * names actions by wildcard",
    ],
    [
      "on all resources but one",
      { Statement: [{ Effect: "Allow", Action: "apigateway:PUT", NotResource: "arn:*:apigateway:*::/tags/*" }] },
      "apigateway:PUT on * is Write",
    ],
    [
      "by a policy of AWS's",
      { Type: "AWS::IAM::Role", Properties: { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] } },
      "arn:aws:iam::aws:policy/AdministratorAccess on * is no action that IAM knows",
    ],
  ])("%s is found and named", async (_, policy, says) => {
    expect(await excesses(rightsIn(policy), [])).toEqual([says]);
  });

  it("is found where a template of ours loses what confines it", async () => {
    const path = "templates/aws-account.yml";
    const text = readFileSync(path, "utf8").replaceAll('!Sub "arn:${AWS::Partition}:apigateway:*::/tags/*"', '"*"');
    expect(await excesses(rightsIn(parseCloudFormationYaml(text, path)), FORWARDING)).toEqual([
      "apigateway:POST on * is Write",
      "apigateway:PUT on * is Write",
      "apigateway:DELETE on * is Write",
    ]);
  });

  it("isn't one to read, to tag, or to refuse", async () => {
    const deny = { Statement: [{ Effect: "Deny", Action: "sqs:*", Resource: "*" }] };
    const policies = [allow("s3:GetBucketTagging"), allow("sqs:TagQueue"), deny];
    expect(await excesses(policies.flatMap(rightsIn), [])).toEqual([]);
  });
});
