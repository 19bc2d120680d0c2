import { z } from "zod";
import { partitionOfRegion } from "../aws-arn.ts";
import { strict } from "../yaml/strict.ts";
import { projectsIn, type AlibabaLogin } from "./config.ts";
import { severalIn } from "../slips/names.ts";
import { checkCredential, checkEndpoints, isLoopback } from "./rules.ts";

const text = z.string().min(1, "must not be empty");
const region = z.string().regex(/^[a-z0-9-]{1,64}$/, {
  error: ({ input }) => severalIn(String(input)) ?? "must be a region such as cn-hangzhou",
});
const share = z.number().positive("must be above 0");

/** What `writesPerHour: unlimited` stands for: JSON knows no infinity. */
const NO_WRITE_CAP = Number.MAX_SAFE_INTEGER;

/** An ARN of Alibaba Cloud's RAM, or the variable that holds it, as its own services set them. */
const ramArn = (kind: string) =>
  text.regex(
    new RegExp(`^(env:.+|acs:ram::[0-9]+:${kind}/[^/]+)$`),
    `must be acs:ram::ACCOUNT:${kind}/NAME, or env:NAME of a variable that holds it`,
  );

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

const alibabaKey = { accessKeyId: text, accessKeySecret: text, securityToken: text.exactOptional() };
const alibabaOidcRole = {
  roleArn: ramArn("role"),
  oidcProviderArn: ramArn("oidc-provider"),
  oidcToken: text,
  roleSessionName: text.regex(/^[\w.@-]{2,64}$/, "must be 2 to 64 letters, digits, . @ - and _").exactOptional(),
};
const assumeRoleArn = ramArn("role").exactOptional();
const site = z.enum(["china", "international"]).exactOptional();

/** A trust agency of Huawei Cloud, as STS takes it: https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgency.html */
const agencyUrn = text.regex(
  /^(env:.+|iam::[^:]+:agency:[\w+=,.@-]{1,64})$/,
  "must be iam::ACCOUNT:agency:NAME, or env:NAME of a variable that holds it",
);
const huaweiKey = { accessKey: text, secretKey: text, securityToken: text.exactOptional() };

/** What TMS' pages leave open, or say in different ways. */
const tms = strict({
  mixTypes: z.boolean().exactOptional(),
  resourcesPerCall: z.int().min(1, "must be at least 1").max(50, "must be at most 50").exactOptional(),
  typeNames: z.record(text, text).exactOptional(),
  taggedAfterSeconds: z.int().min(1, "must be at least 1").max(900, "must be at most 900").exactOptional(),
}).exactOptional();

const account = z.discriminatedUnion(
  "provider",
  [
    strict({
      provider: z.literal("alibaba"),
      ...common,
      site,
      credentials: z.union([strict({ ...alibabaKey, assumeRoleArn }), strict({ ...alibabaOidcRole, assumeRoleArn })]),
    }),
    strict({
      provider: z.literal("huawei"),
      ...common,
      projects: z.record(
        text,
        z.union([text, z.array(text).min(1, "must name at least one project")], {
          error: "must be a project id, or a list of them",
        }),
      ),
      notEntered: text.exactOptional(),
      tms,
      credentials: z.union([
        strict({ ...huaweiKey, assumeAgencyUrn: agencyUrn.exactOptional() }),
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

const { account: _, ...commonOfOrganization } = common;
const unit = text.regex(/^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/, "must be ou-… or the root r-…");
const huaweiUnit = text.regex(/^(ou|r)-[0-9a-z]+$/, "must be ou-… or the root r-…");
const folder = text.regex(/^(fd|r)-[0-9A-Za-z]+$/, "must be fd-… or the root r-…");

const organization = z.discriminatedUnion(
  "provider",
  [
    strict({
      provider: z.literal("aws"),
      ...commonOfOrganization,
      partition: z.enum(["aws", "aws-cn", "aws-us-gov"]).default("aws"),
      fromOrganization: z.union([z.literal("all"), z.array(unit).min(1, "must name a unit, or be all")], {
        error: "must be all, or a list of organizational units",
      }),
      role: text.regex(/^[\w+=,.@-]{1,64}$/, "must be the name of a role").default("tagwarden"),
      externalId: text.exactOptional(),
      exclude: z.array(text.regex(/^[0-9]{12}$/, "must be the 12 digits of an account, in quotes")).default([]),
      inventory: z.enum(["config", "resource-explorer", "none"]).default("none"),
    }),
    strict({
      provider: z.literal("alibaba"),
      ...commonOfOrganization,
      site,
      credentials: z.union([strict(alibabaKey), strict(alibabaOidcRole)]),
      fromOrganization: z.union([z.literal("all"), z.array(folder).min(1, "must name a folder, or be all")], {
        error: "must be all, or a list of folders of the resource directory",
      }),
      // https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createrole
      role: text.regex(/^[\w.-]{1,64}$/, "must be the name of a role").default("tagwarden"),
      exclude: z.array(text.regex(/^[0-9]+$/, "must be the digits of an account, in quotes")).default([]),
    }),
    strict({
      provider: z.literal("huawei"),
      ...common,
      tms,
      credentials: strict(huaweiKey),
      fromOrganization: z.union([z.literal("all"), z.array(huaweiUnit).min(1, "must name a unit, or be all")], {
        error: "must be all, or a list of organizational units",
      }),
      // https://support.huaweicloud.com/intl/en-us/api-iam5/CreateAgencyV5.html
      agency: text.regex(/^[\w+=,.@-]{1,64}$/, "must be the name of an agency").default("tagwarden"),
      exclude: z.array(text).default([]),
    }),
  ],
  { error: "must be aws, alibaba or huawei" },
);

type Entry = z.output<typeof account> | z.output<typeof organization>;

type Complain = (keys: readonly PropertyKey[], message: string) => void;

/** Fields whose values open an account; the ids beside them (accessKeyId, roleArn) only name somebody. */
const SECRETS: ReadonlySet<string> = new Set([
  "accessKeySecret",
  "secretKey",
  "secretAccessKey",
  "securityToken",
  "sessionToken",
  "token",
  "oidcToken",
]);

function checkCredentials(one: Entry, complain: Complain): void {
  if (!("credentials" in one)) return;
  const local = one.regions.every((region) => {
    const endpoint = one.endpoints?.[region] ?? one.endpoints?.["*"];
    return endpoint !== undefined && isLoopback(endpoint);
  });
  for (const [field, reference] of Object.entries(one.credentials ?? {})) {
    const problem = checkCredential(reference, { secret: SECRETS.has(field), local, identity: field === "oidcToken" });
    if (problem !== undefined) complain(["credentials", field], problem);
  }
  if (one.provider === "alibaba" && "account" in one) checkRamAccount(one.account, one.credentials, complain);
  if (one.provider === "huawei" && "assumeAgencyUrn" in one.credentials) {
    const [, owner] = /^iam::([^:]+):/.exec(one.credentials.assumeAgencyUrn ?? "") ?? [];
    checkOwner(one.account, owner, ["credentials", "assumeAgencyUrn"], complain);
  }
}

/** Of whatever opens an account, whose it is says whose resources are tagged. */
function checkOwner(
  account: string,
  owner: string | undefined,
  keys: readonly PropertyKey[],
  complain: Complain,
): void {
  if (owner === undefined || owner === account) return;
  complain(keys, `is of the account ${owner}, and this entry is for ${account}`);
}

/** The role that is taken last says whose resources are tagged; one of another account would tag that one's. */
function checkRamAccount(
  account: string,
  credentials: AlibabaLogin & { readonly assumeRoleArn?: string },
  complain: Complain,
): void {
  const { assumeRoleArn: last } = credentials;
  const own = "roleArn" in credentials ? credentials : undefined;
  const held =
    last === undefined ? { roleArn: own?.roleArn, oidcProviderArn: own?.oidcProviderArn } : { assumeRoleArn: last };
  for (const [field, arn = ""] of Object.entries(held)) {
    const [, owner] = /^acs:ram::([0-9]+):/.exec(arn) ?? [];
    checkOwner(account, owner, ["credentials", field], complain);
  }
}

function checkTypes(one: Entry, complain: Complain): void {
  for (const [index, type] of (one.types ?? []).entries()) {
    const provider = type.split(":", 1)[0] ?? "";
    if (provider !== one.provider && !provider.includes("*")) {
      complain(["types", index], `can't match a type of this account; start it with ${one.provider}:`);
    }
  }
}

function checkRegions(one: Entry, complain: Complain): void {
  const seen = new Set<string>();
  for (const [index, region] of one.regions.entries()) {
    if (seen.has(region)) complain(["regions", index], "stands there twice; remove one");
    seen.add(region);
    if (hasProjects(one) && region !== "global" && projectsIn(one, region).length === 0) {
      complain(["projects"], `has no project id for ${region}; add ${region}: PROJECT_ID`);
    }
    const own = one.endpoints?.[region] ?? one.endpoints?.["*"];
    if (one.provider === "aws" && own === undefined && partitionOfRegion(region) !== one.partition) {
      const actual = partitionOfRegion(region);
      complain(["regions", index], `is a region of the partition ${actual}, not of ${one.partition}`);
    }
  }
}

/** Whether its projects are written down, and not yet to be looked up, or out of reach. */
function hasProjects(one: Entry): one is Extract<Entry, { readonly projects: unknown }> {
  return "projects" in one && one.notEntered === undefined;
}

/** A project belongs to one region; a trace that names no region is placed by it. */
function checkProjects(one: Entry, complain: Complain): void {
  if (!hasProjects(one)) return;
  const seen = new Map<string, string>();
  for (const region of Object.keys(one.projects)) {
    for (const project of projectsIn(one, region)) {
      const other = seen.get(project);
      if (other !== undefined) complain(["projects", region], `names ${project}, which ${other} names already`);
      seen.set(project, region);
    }
  }
}

/** A name that stands for two types says of neither what is asked for. */
function checkTypeNames(one: Entry, complain: Complain): void {
  if (one.provider !== "huawei") return;
  const seen = new Map<string, string>();
  for (const [type, name] of Object.entries(one.tms?.typeNames ?? {})) {
    const complainHere = (message: string) => complain(["tms", "typeNames", type], message);
    const other = seen.get(name);
    if (other !== undefined) complainHere(`is called ${name}, as ${other} is already`);
    if (!/^huawei:[a-z0-9_-]+:[a-z0-9_-]+$/.test(type))
      complainHere("must be huawei:SERVICE:TYPE, as Config calls it, in small letters");
    seen.set(name, type);
  }
}

function complainTo(context: z.core.$RefinementCtx): Complain {
  return (keys, message) => context.addIssue({ code: "custom", path: [...keys], message });
}

function checkEntry(one: Entry, complain: Complain): void {
  checkRegions(one, complain);
  checkTypeNames(one, complain);
  checkProjects(one, complain);
  checkTypes(one, complain);
  for (const { key, problem } of checkEndpoints(one)) complain(["endpoints", key], problem);
}

/** The keys that an entry may have. */
export const ENTRY_KEYS: readonly string[] = [...account.options, ...organization.options].flatMap(({ shape }) =>
  Object.keys(shape),
);

/** An entry of `accounts` for one account. */
export const accountShape = account.superRefine((one, context) => {
  checkEntry(one, complainTo(context));
  checkCredentials(one, complainTo(context));
});

/** An entry of `accounts` for all accounts of an organization. */
export const organizationShape = organization.superRefine((one, context) => {
  checkEntry(one, complainTo(context));
  checkCredentials(one, complainTo(context));
});
