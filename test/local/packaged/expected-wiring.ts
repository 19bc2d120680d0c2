/** What serverless.yml gives each function. A test fails where something of it is gone, and names it. */
const EVERYWHERE = [
  "POWERTOOLS_LOG_LEVEL",
  "TAGWARDEN_METRICS",
  "TAGWARDEN_POLICIES",
  "TAGWARDEN_CONFIG",
  "TAGWARDEN_MODE",
  "TAGWARDEN_AUDIT_READS",
  "TAGWARDEN_TABLE",
  "TAGWARDEN_BUCKET",
  "TAGWARDEN_ATTEMPTS",
  "TAGWARDEN_WAIT_HOURS",
];

export const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  ingest: [...EVERYWHERE, "TAGWARDEN_ENFORCE_QUEUE_URL"],
  enforce: [
    ...EVERYWHERE,
    "TAGWARDEN_DEAD_LETTERS_URL",
    "TAGWARDEN_ENFORCE_QUEUE_URL",
    "TAGWARDEN_ENFORCE_CONCURRENCY",
    "TAGWARDEN_EXPERIMENTAL_EVENTS",
    "TAGWARDEN_ALERT_QUEUE_URL",
  ],
  startAudit: [...EVERYWHERE, "TAGWARDEN_AUDIT_QUEUE_URL", "TAGWARDEN_REPORT_QUEUE_URL"],
  auditShard: [
    ...EVERYWHERE,
    "TAGWARDEN_DEAD_LETTERS_URL",
    "TAGWARDEN_AUDIT_QUEUE_URL",
    "TAGWARDEN_REPORT_QUEUE_URL",
    "TAGWARDEN_ENFORCE_QUEUE_URL",
  ],
  publishReport: [
    ...EVERYWHERE,
    "TAGWARDEN_DEAD_LETTERS_URL",
    "TAGWARDEN_AUDIT_QUEUE_URL",
    "TAGWARDEN_REPORT_QUEUE_URL",
    "TAGWARDEN_ALERT_QUEUE_URL",
  ],
  sendAlerts: [...EVERYWHERE, "TAGWARDEN_DEAD_LETTERS_URL", "TAGWARDEN_ALERT_QUEUE_URL", "TAGWARDEN_ALERT_TOPIC_ARN"],
};

/** What brings events to each function. */
export const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ingest: [],
  enforce: ["EnforceQueue"],
  startAudit: ["cron(0 2 * * ? *)"],
  auditShard: ["AuditQueue"],
  publishReport: ["ReportQueue"],
  sendAlerts: ["AlertQueue"],
};

const SETTINGS = "policies and configuration come with the package here; in a bucket they are read from settings/";
const SECRETS = "the emulated clouds' keys stand in the configuration; Secrets Manager is not embedded";
const ACCOUNTS = "the emulated accounts have keys; roles of other accounts are taken on AWS only";
const DEAD_LETTERS = "the run leaves no dead letter of it; test/lambda/sqs/dead-letters.test.ts sends some";
const LEFT = "only an attempt that died leaves parts that outlive its shard, and none does here";

const secrets = (name: string, uses: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    uses.map((use) => [`${name}: secretsmanager:GetSecretValue on secret:tagwarden/${use}*`, SECRETS] as const),
  );

/** Permissions that no call of the recorded run needs, and why they are there all the same. */
export const UNUSED: Readonly<Record<string, string>> = {
  "ingest: s3:GetObject on settings/*": SETTINGS,
  ...secrets("ingest", ["ingest"]),
  "enforce: dynamodb:GetItem on StateTable":
    "the write cap's rest is read where a reservation is refused; none is here",
  "enforce: s3:GetObject on settings/*": SETTINGS,
  ...secrets("enforce", ["alibaba", "huawei", "aws"]),
  "enforce: sts:AssumeRole on role/tagwarden": ACCOUNTS,
  "startAudit: sqs:SendMessage on ReportQueue": "only a run without any shard is reported by its start",
  "startAudit: sqs:SendMessage on ScheduleDeadLetters":
    "EventBridge Scheduler and Lambda leave there what they give up, by this role, and here they give up nothing",
  "startAudit: dynamodb:Query on StateTable": "only asked where a run is started a second time under its name",
  "startAudit: s3:GetObject on settings/*": SETTINGS,
  "auditShard: sqs:SendMessage on AuditDeadLetters": DEAD_LETTERS,
  "auditShard: sqs:SendMessage on AuditQueue": "no shard here is so long that it has to be handed on",
  "auditShard: dynamodb:DeleteItem on StateTable":
    "only what events told of long ago, and no listing shows, is forgotten",
  ...secrets("auditShard", ["alibaba", "huawei", "aws"]),
  "auditShard: sts:AssumeRole on role/tagwarden": ACCOUNTS,
  "publishReport: sqs:SendMessage on ReportDeadLetters": DEAD_LETTERS,
  "publishReport: sqs:SendMessage on ReportQueue": "no two invocations publish the same report here",
  ...Object.fromEntries(
    ["evaluations", "findings", "known", "summaries"].map((of) => [`auditShard: s3:DeleteObject on ${of}/*`, LEFT]),
  ),
  "auditShard: s3:GetObject on settings/*": SETTINGS,
  "publishReport: s3:GetObject on settings/*": SETTINGS,
  "publishReport: s3:DeleteObject on evaluations/*": LEFT,
  "publishReport: s3:DeleteObject on findings/*": LEFT,
  "sendAlerts: sqs:SendMessage on AlertDeadLetters": DEAD_LETTERS,
  "sendAlerts: s3:GetObject on settings/*": SETTINGS,
  ...secrets("sendAlerts", ["alerts", "slack", "dingtalk", "feishu", "webhook"]),
};

const UNTAG = "only `tagwarden undo` and `tags unset` take tags off";

/** Calls that `tagwarden permissions` allows in accounts and the recorded run doesn't make, and why they are there. */
export const UNCALLED: Readonly<Record<string, string>> = {
  "alibaba:apigateway:UntagResources": UNTAG,
  "alibaba:vpcipam:UntagResources": UNTAG,
  "alibaba:tag:UntagResources": UNTAG,
  "huawei:tms:DeleteResourceTag": UNTAG,
  "huawei:iam:UntagResourceV5": UNTAG,
  "aws:tagging:UntagResources": UNTAG,
  "aws:resource-explorer-2:ListResources":
    "the account here says `inventory: config`; test/providers/permissions.test.ts lists one by Resource Explorer too",
};
