import { z } from "zod";
import type { AccountConfig, Config } from "./config.ts";
import { alertsShape, checkAlerts } from "./config-alerts.ts";
import { checkIngest, ingestShape } from "./config-ingest.ts";
import { checkCredential, checkEndpoints, isLoopback } from "./config-rules.ts";
import { InputError } from "./errors.ts";
import { collectProblems } from "./yaml/problems.ts";
import { checkShape } from "./yaml/shape-problem.ts";
import { readSource, type FileKind } from "./yaml/source-tree.ts";
import { strict } from "./yaml/strict.ts";

const text = z.string().min(1, "must not be empty");
const region = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be a region such as cn-hangzhou");
const share = z.number().positive("must be above 0");

/** What `writesPerHour: unlimited` stands for: JSON knows no infinity. */
const NO_WRITE_CAP = Number.MAX_SAFE_INTEGER;

const common = {
  account: text,
  regions: z.array(region).min(1, "must name at least one region"),
  types: z.array(text).min(1, "must name at least one type, or be left out").exactOptional(),
  endpoints: z.record(text, z.string()).exactOptional(),
  callsPerSecond: strict({ read: share.exactOptional(), write: share.exactOptional() }).exactOptional(),
  mode: z.enum(["enforce", "report"]).default("enforce"),
  writesPerHour: z
    .union([z.int().min(1, "must be at least 1; `mode: report` writes nothing"), z.literal("unlimited")], {
      error: "must be a whole number, or unlimited",
    })
    .transform((writes) => (writes === "unlimited" ? NO_WRITE_CAP : writes))
    .default(2000),
};

const account = z.discriminatedUnion(
  "provider",
  [
    strict({
      provider: z.literal("alibaba"),
      ...common,
      credentials: strict({ accessKeyId: text, accessKeySecret: text, securityToken: text.exactOptional() }),
    }),
    strict({
      provider: z.literal("huawei"),
      ...common,
      projects: z.record(text, text),
      credentials: z.union([
        strict({ accessKey: text, secretKey: text, securityToken: text.exactOptional() }),
        strict({ token: text }),
      ]),
    }),
    strict({
      provider: z.literal("aws"),
      ...common,
      partition: z.enum(["aws", "aws-cn", "aws-us-gov"]).default("aws"),
      credentials: z
        .union([
          strict({ accessKeyId: text, secretAccessKey: text, sessionToken: text.exactOptional() }),
          strict({
            roleArn: text.startsWith("arn:", "must be the ARN of a role"),
            externalId: text.exactOptional(),
          }),
        ])
        .exactOptional(),
      inventory: z.enum(["config", "resource-explorer", "none"]).default("none"),
    }),
  ],
  { error: "must be alibaba, huawei or aws" },
);

type Complain = (keys: readonly PropertyKey[], message: string) => void;

/** Fields whose values open an account; the ids beside them (accessKeyId, roleArn) only name somebody. */
const SECRETS: ReadonlySet<string> = new Set([
  "accessKeySecret",
  "secretKey",
  "secretAccessKey",
  "securityToken",
  "sessionToken",
  "token",
]);

function checkCredentials(one: AccountConfig, complain: Complain): void {
  const local = one.regions.every((region) => {
    const endpoint = one.endpoints?.[region] ?? one.endpoints?.["*"];
    return endpoint !== undefined && isLoopback(endpoint);
  });
  for (const [field, reference] of Object.entries(one.credentials ?? {})) {
    const problem = checkCredential(reference, { secret: SECRETS.has(field), local });
    if (problem !== undefined) complain(["credentials", field], problem);
  }
}

function checkTypes(one: AccountConfig, complain: Complain): void {
  for (const [index, type] of (one.types ?? []).entries()) {
    const provider = type.split(":", 1)[0] ?? "";
    if (provider !== one.provider && !provider.includes("*")) {
      complain(["types", index], `can't match a type of this account; start it with ${one.provider}:`);
    }
  }
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function checkRegions(one: AccountConfig, complain: Complain): void {
  const seen = new Set<string>();
  for (const [index, region] of one.regions.entries()) {
    if (seen.has(region)) complain(["regions", index], "stands there twice; remove one");
    seen.add(region);
    if (one.provider === "huawei" && region !== "global" && one.projects[region] === undefined) {
      complain(["projects"], `has no project id for ${region}; add ${region}: PROJECT_ID`);
    }
    const own = one.endpoints?.[region] ?? one.endpoints?.["*"];
    if (one.provider === "aws" && own === undefined && partitionOf(region) !== one.partition) {
      complain(["regions", index], `is a region of the partition ${partitionOf(region)}, not of ${one.partition}`);
    }
  }
}

const schema = strict({
  settleSeconds: z.int().min(0, "must not be negative").max(86_400, "must be at most a day (86400)").default(900),
  accounts: z.array(account).min(1, "must name at least one account"),
  ingest: ingestShape.exactOptional(),
  alerts: alertsShape.exactOptional(),
}).superRefine((config, context) => {
  for (const { keys, problem } of config.alerts === undefined ? [] : checkAlerts(config.alerts)) {
    context.addIssue({ code: "custom", path: ["alerts", ...keys], message: problem });
  }
  for (const { keys, problem } of checkIngest(config.ingest ?? {})) {
    context.addIssue({ code: "custom", path: ["ingest", ...keys], message: problem });
  }
  const seen = new Set<string>();
  for (const [index, one] of config.accounts.entries()) {
    const complain: Complain = (keys, message) =>
      context.addIssue({ code: "custom", path: ["accounts", index, ...keys], message });
    const name = `${one.provider} ${one.account}`;
    if (seen.has(name)) complain(["account"], `stands there twice for ${one.provider}; join the two entries`);
    seen.add(name);
    checkRegions(one, complain);
    checkTypes(one, complain);
    for (const { key, problem } of checkEndpoints(one)) complain(["endpoints", key], problem);
    checkCredentials(one, complain);
  }
});

const CONFIGURATION: FileKind = { name: "a configuration", start: "accounts:" };

/**
 * Reads a configuration file (YAML or JSON), checked and with its defaults filled in. Throws InputError that lists
 * every problem as `path:line:col: message`.
 */
export function parseConfig(path: string, content: string): Config {
  const problems = collectProblems();
  const root = readSource(path, content, CONFIGURATION, problems);
  const checked = root === undefined ? undefined : checkShape(schema, root, [], problems);
  problems.throwIfAny();
  if (checked === undefined) throw new InputError(`${path}:1:1: the file can't be read`);
  return checked.value;
}
