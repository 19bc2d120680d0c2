import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { knownTypes } from "../../cli/input/known-types.ts";
import { deploymentNotes } from "../../lib/core/config/deployment-notes.ts";
import { parseConfigFile } from "../../lib/core/config/schema.ts";
import { InputError } from "../../lib/core/errors.ts";
import { loadPolicies } from "../../lib/core/policy/load/load.ts";
import { allContracts } from "../../lib/providers/index.ts";

/** What is said of each typical slip: docs/messages.md is written by this test, to be looked at as a user would. */
const POLICY = `version: 1
requiredTags:
  env: { values: [prod, dev], default: dev }
  cost-center: { pattern: "CC-[0-9]{4}" }
policies:
  - name: all
    match: { types: ["aws:ec2:*"], regions: ["us-*"] }
    require: [env, cost-center]
    mode: enforce
`;

const CONFIG = `accounts:
  - provider: aws
    account: "111122223333"
    regions: [us-east-1]
    credentials:
      roleArn: arn:aws:iam::111122223333:role/tagwarden
  - provider: alibaba
    account: "1111222233334444"
    regions: [cn-hangzhou]
    types: ["alibaba:apigateway:*"]
    credentials: { accessKeyId: LTAI1, accessKeySecret: "secret:tagwarden/alibaba#secret" }
  - provider: huawei
    account: 0f1e2d3c4b5a69788796a5b4c3d2e1f0
    regions: [cn-south-1]
    projects: { cn-south-1: 1a2b3c4d5e6f708192a3b4c5d6e7f809 }
    credentials: { accessKey: HPUA1, secretKey: "secret:tagwarden/huawei#secret" }
`;

const known = await knownTypes();
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What is said of a file, each line with what it means for the command. */
function saidOf(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.split("\n");
  }
}

const ofPolicy = (text: string): readonly string[] =>
  saidOf(() => {
    const options = { contracts: allContracts, created: known.created ?? [], hash };
    const { warnings } = loadPolicies([{ path: "policy.yaml", text }], options);
    return warnings.map((warning) => `warning: ${warning}`);
  });

const ofConfig = (text: string): readonly string[] =>
  saidOf(() => {
    const { config, warnings } = parseConfigFile("config.yaml", text, known);
    const notes = deploymentNotes(config).map((note) => `note: ${note}`);
    return [...warnings.map((warning) => `warning: ${warning}`), ...notes];
  });

type Slip = readonly [slip: string, from: string, to: string];

const IN_POLICIES: readonly Slip[] = [
  ["a colon without its space", "mode: enforce", "mode:enforce"],
  ["the same within braces", "default: dev", "default:dev"],
  ["a dash without its space", "- name: all", "-name: all"],
  ["a dash that is missing", "  - name: all", "  - name: dev\n    require: [env]\n    mode: report\n    name: all"],
  ["the only dash of a list", "  - name: all", "    name: all"],
  ["a comment of another language", "version: 1", "// our tags\nversion: 1"],
  ["a comment without a space", "mode: enforce", "mode: enforce#at last"],
  ["a key without a colon", "name: all", "name all"],
  ["a tab", "    mode: enforce", "\tmode: enforce"],
  ["a line that is indented too little", "    mode: enforce", "   mode: enforce"],
  ["a bracket that stays open", "[env, cost-center]", "[env, cost-center"],
  ["a quote that stays open", '"CC-[0-9]{4}"', '"CC-[0-9]{4}'],
  ["a missing comma", "[prod, dev], default", "[prod, dev] default"],
  ["a pattern without quotes", '"CC-[0-9]{4}"', "[a-z]+"],
  ["one with signs of YAML in the middle", '"CC-[0-9]{4}"', "CC-[0-9]{4}"],
  ["one that is a list to YAML", '"CC-[0-9]{4}"', "[a-z]"],
  ["values without brackets", "values: [prod, dev]", "values: prod, dev"],
  ["a list without brackets", "require: [env, cost-center]", "require: env, cost-center"],
  ["a list in round brackets", "[prod, dev]", "(prod, dev)"],
  ["a list in braces", "[env, cost-center]", "{env, cost-center}"],
  ["a key that slid to the left", "    match: {", "match: {"],
  ["the last one of them", "    mode: enforce", "mode: enforce"],
  ["a definition that slid to the left", "  cost-center: {", "cost-center: {"],
  [
    "a key beside what it belongs to",
    '{ types: ["aws:ec2:*"], regions: ["us-*"] }',
    '\n    types: ["aws:ec2:*"]\n    regions: ["us-*"]',
  ],
  ["an entry whose colon has no space", "[env, cost-center]", "\n      - env\n      - key:cost-center"],
  ["a full-width colon", "version: 1", "version：1"],
  ["one within braces", "default: dev", "default：dev"],
  ["a full-width comma", "[prod, dev]", "[prod， dev]"],
  ["one behind a list", "], default", "]， default"],
  ["full-width brackets", "[env, cost-center]", "［env, cost-center］"],
  ["full-width braces", "{ values: [prod, dev], default: dev }", "｛ values: [prod, dev], default: dev ｝"],
  ["full-width quotes", '"CC-[0-9]{4}"', "＂CC-[0-9]{4}＂"],
  ["a space of full width", "mode: enforce", "mode:\u3000enforce"],
  ["a dash of print", "[env, cost-center]", "\n      - env\n      – cost-center"],
  ["a template without quotes", "default: dev", "default: {{env}}"],
  ["a pattern that is a star", '"CC-[0-9]{4}"', "*"],
  ["a star without quotes", '["us-*"]', "[*]"],
  ["quotes of a word processor", '["us-*"]', "[“us-*”]"],
  ["a key that is misspelt", "values: [prod", "vales: [prod"],
  [
    "definitions in a list",
    "env: { values: [prod, dev], default: dev }\n  cost-center",
    "- env: { values: [prod, dev], default: dev }\n  - cost-center",
  ],
  ["a number", "[prod, dev]", "[prod, 1]"],
  ["an account without quotes", 'regions: ["us-*"]', "accounts: [111122223333]"],
  ["a key that is defined nowhere", "[env, cost-center]", "[env, costcenter]"],
  ["a default that is no allowed value", "default: dev", "default: qa"],
  [
    "a day that isn't there",
    "policies:",
    'exemptions:\n  - { match: {}, reason: x, expires: "2027-02-30" }\npolicies:',
  ],
  ["a number in quotes", "version: 1", 'version: "1"'],
  ["a number with its unit", "    mode: enforce", "    mode: enforce\n    graceDays: 3d"],
  [
    "a default whose colon has no space",
    "cost-center]",
    'cost-center, { key: owner, default: "fromEvent:createdBy" }]',
  ],
  ["a space at the end of a value", "[prod, dev]", '["prod ", dev]'],
  ["a sign in a value that nobody sees", "[prod, dev]", '["prod\\u200b", dev]'],
  ["a glob for a pattern", '"CC-[0-9]{4}"', '"*-CC"'],
  ["one that is a pattern too", '"CC-[0-9]{4}"', '"CC-*"'],
  ["a star in a value", "[prod, dev]", '["prod-*", dev]'],
  ["several types in one text", '"aws:ec2:*"', '"aws:ec2:instance, aws:s3:bucket"'],
  ["a full-width sign in a glob", '"aws:ec2:*"', '"aws:ec2:＊"'],
  ["a list in a glob", '["us-*"]', '["us-*|eu-*"]'],
  ["a pattern for a glob", '["us-*"]', '["us-.*"]'],
  ["anchors in a glob", '["us-*"]', '["^us-*$"]'],
  ["a type that is misspelt", '"aws:ec2:*"', '"aws:ec2:instances"'],
  ["a type as CloudFormation writes it", "aws:ec2:*", "AWS::EC2::Instance"],
  ["a type without its end", "aws:ec2:*", "aws:ec2"],
  ["a type of no provider", '"aws:ec2:*"', '"gcp:compute:*"'],
  ["a zone for a region", '["us-*"]', '["us-east-1a"]'],
  ["a region of another cloud's spelling", '["us-*"]', '["us-east1"]'],
  ["a region that nobody knows", '["us-*"]', "[us-east-9]"],
  ["an account of 11 digits", 'regions: ["us-*"]', 'accounts: ["11112222333"]'],
  ["an account with dashes", 'regions: ["us-*"]', 'accounts: ["1111-2222-3333"]'],
  [
    "policies that contradict each other",
    "policies:",
    "policies:\n  - { name: web, require: [{ key: env, values: [dev] }] }\n  - { name: ops, require: [{ key: env, values: [prod], default: prod }] }",
  ],
  [
    "patterns that contradict each other",
    "policies:",
    'policies:\n  - { name: web, require: [{ key: team, pattern: "web-.+" }] }\n  - { name: ops, require: [{ key: team, pattern: "ops-.+" }] }',
  ],
  ["a pattern that the definition rules out", "cost-center]", '{ key: cost-center, pattern: "[0-9]+" }]'],
  ["nothing to enforce", ", default: dev", ""],
  ["look-around", '"CC-[0-9]{4}"', '"(?!XX)CC-[0-9]{4}"'],
  ["a repetition in a repetition", '"CC-[0-9]{4}"', '"(C+)+"'],
];

const IN_CONFIGURATIONS: readonly Slip[] = [
  ["a colon without its space", "provider: aws", "provider:aws"],
  ["a full-width colon", "accounts:", "accounts："],
  ["a full-width comma", "[us-east-1]", "[us-east-1，us-west-2]"],
  ["regions without brackets", "[us-east-1]", "us-east-1, us-west-2"],
  ["several regions in one text", "[us-east-1]", '["us-east-1, us-west-2"]'],
  ["a key that slid to the left", "    regions: [us-east-1]", "regions: [us-east-1]"],
  ["a section that did", "    credentials:", "credentials:"],
  ["a key beside what it belongs to", "      roleArn", "    roleArn"],
  ["an account without quotes", '"111122223333"', "111122223333"],
  ["an account of 11 digits", '"111122223333"', '"11112222333"'],
  ["an account with dashes", '"111122223333"', '"1111-2222-3333"'],
  ["an account of Alibaba Cloud with dashes", '"1111222233334444"', '"1111-2222-3333-4444"'],
  ["one of 15 digits", '"1111222233334444"', '"111122223333444"'],
  ["a name for the account of Alibaba Cloud", '"1111222233334444"', "platform-team"],
  ["a domain id in capitals", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0F1E2D3C4B5A69788796A5B4C3D2E1F0"],
  ["one that is cut off", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0f1e2d3c4b5a69788796a5b4c3d2e1"],
  ["a name for the domain id", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "platform-team"],
  ["a zone for a region", "[us-east-1]", "[us-east-1a]"],
  ["a region of another cloud's spelling", "[us-east-1]", "[us-east1]"],
  ["a region that is misspelt", "[us-east-1]", "[us-esat-1]"],
  ["a region that nobody knows", "[us-east-1]", "[us-east-9]"],
  ["a region of Alibaba Cloud that is misspelt", "[cn-hangzhou]", "[cn-hangzou]"],
  ["a region of Alibaba Cloud that nobody knows", "[cn-hangzhou]", "[us-east-9]"],
  ["a region of another cloud", "[cn-hangzhou]", "[cn-north-4]"],
  [
    "a region of Huawei Cloud that nobody knows",
    "[cn-south-1]\n    projects: { cn-south-1",
    "[cn-south-11]\n    projects: { cn-south-11",
  ],
  ["a region of another partition", "[us-east-1]", "[cn-north-1]"],
  ["a dash that is missing", "  - provider: alibaba", "    provider: alibaba"],
  ["the first dash of a list", "  - provider: aws", "    provider: aws"],
  ["a list in a glob", '"alibaba:apigateway:*"', '"alibaba:apigateway:*|alibaba:vpcipam:*"'],
  ["a role of another partition", "arn:aws:iam", "arn:aws-cn:iam"],
  ["a role of another account", "iam::111122223333", "iam::444455556666"],
  ["a type that is misspelt", "alibaba:apigateway:*", "alibaba:apigateway:apigroup"],
  ["a type of another cloud", "alibaba:apigateway:*", "huawei:apig:*"],
  ["a secret in the file", '"secret:tagwarden/alibaba#secret"', "hunter2"],
  ["a variable that no function has", '"secret:tagwarden/alibaba#secret"', '"env:ALIBABA_SECRET"'],
];

function cell(text: string): string {
  const line = text
    .replace(/^ +/, (spaces) => "␣".repeat(spaces.length))
    .replaceAll(/ *\n */g, " ⏎ ")
    .replaceAll("\t", "⇥")
    .replaceAll("\u3000", "␣")
    .replaceAll("|", "\\|");
  return line.includes("`") ? `\`\` ${line} \`\`` : `\`${line}\``;
}

function table(slips: readonly Slip[], base: string, said: (text: string) => readonly string[]): string {
  const rows = slips.map(([slip, from, to]) => {
    expect(base).toContain(from);
    const lines = said(base.replace(from, () => to));
    expect(lines, slip).toHaveLength(1);
    return `| ${slip} | ${to === "" ? `no ${cell(from)}` : cell(to)} | ${lines.map(cell).join("")} |`;
  });
  return `| slip | written | said |\n|---|---|---|\n${rows.join("\n")}\n`;
}

test("docs/messages.md says what is said of each typical slip", async () => {
  expect([ofPolicy(POLICY), ofConfig(CONFIG)]).toEqual([[], []]);
  const page = `# What is said of typical slips

A file with one of these slips gets one message, which says what to write. All of a file is checked at once: slips that
leave no doubt are read as if they were mended. \`tagwarden policy check\` and \`tagwarden config check\` say what is below
and nothing else; every command that reads the files says it too.

- A line without a word in front is an error: the command ends with exit 2.
- \`warning:\` is legal, and seldom what was meant: it goes to stderr, and the exit code is what it would be without.
- \`note:\` is what \`tagwarden config compile\` says of a configuration that is right, and doesn't fit the deployment.

Each row differs in one place from the file above it. This page is written by \`test/docs/messages.test.ts\`.

## Policies

\`\`\`yaml
${POLICY}\`\`\`

${table(IN_POLICIES, POLICY, ofPolicy)}
## Configurations

\`\`\`yaml
${CONFIG}\`\`\`

${table(IN_CONFIGURATIONS, CONFIG, ofConfig)}`;
  await expect(page).toMatchFileSnapshot("../../docs/messages.md");
});
