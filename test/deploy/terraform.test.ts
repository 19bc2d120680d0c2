import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ALIBABA_TAG_CALLS } from "../../lib/events/alibaba/tag-calls.ts";
import { CREATE_EVENTS } from "../../lib/events/create-events.ts";
import { HUAWEI_TAG_CALLS } from "../../lib/events/huawei/tag-calls.ts";
import { TMS_TAG_CALLS } from "../../lib/events/huawei/tms-tag-calls.ts";
import { apiGatewayContract, vpcIpamContract } from "../../lib/providers/alibaba/contract.ts";
import type { Use } from "../../lib/providers/permission.ts";
import { runMain } from "../cli/run-main.ts";
import { rightsIn, type Right } from "./tag-rights.ts";
import { encoded, readTerraform, referencesIn, type Body, type TerraformFile } from "./terraform-file.ts";

async function permissions(provider: string, ...line: string[]): Promise<unknown> {
  const { stdout } = await runMain(["permissions", "--provider", provider, ...line]);
  return JSON.parse(stdout);
}

const MODULES = ["alibaba", "huawei", "huawei-member"];

const CLOUDS = [
  {
    provider: "alibaba",
    prefix: "alicloud_",
    policy: "alicloud_ram_policy.tagwarden",
    /** What joins the policy with somebody. */
    attachments: new Map([
      [
        "alicloud_ram_user_policy_attachment.tagwarden",
        ["alicloud_ram_user.tagwarden", "alicloud_ram_policy.tagwarden"],
      ],
      [
        "alicloud_ram_role_policy_attachment.tagwarden",
        ["alicloud_ram_role.tagwarden", "alicloud_ram_policy.tagwarden"],
      ],
    ]),
    resources: [
      "alicloud_event_bridge_rule.created",
      "alicloud_ims_oidc_provider.tagwarden",
      "alicloud_ram_policy.tagwarden",
      "alicloud_ram_role.tagwarden",
      "alicloud_ram_role_policy_attachment.tagwarden",
      "alicloud_ram_user.tagwarden",
      "alicloud_ram_user_policy_attachment.tagwarden",
    ],
  },
  {
    provider: "huawei",
    prefix: "huaweicloud_",
    policy: "huaweicloud_identityv5_policy.tagwarden",
    attachments: new Map([
      [
        "huaweicloud_identityv5_policy_user_attach.tagwarden",
        ["huaweicloud_identityv5_policy.tagwarden", "huaweicloud_identityv5_user.tagwarden"],
      ],
    ]),
    resources: [
      "huaweicloud_cts_notification.created",
      "huaweicloud_cts_notification.created_of_all_types",
      "huaweicloud_identityv5_policy.tagwarden",
      "huaweicloud_identityv5_policy_user_attach.tagwarden",
      "huaweicloud_identityv5_user.tagwarden",
      "huaweicloud_smn_subscription.ingest",
      "huaweicloud_smn_topic.created",
    ],
  },
] as const;

const ACCOUNT = "111122223333";
const nameOf = ({ action, resource }: Right): string => `${action} on ${resource}`;

/** The rights that a template's policy grants for each use, once its account is ACCOUNT. */
async function rightsByUse(file: TerraformFile, policy: string) {
  const document = await encoded(file.resources.get(policy)?.["policy_document"]);
  const { rights, uses, ...lists } = file.locals as Readonly<Record<string, never>> & {
    readonly rights?: readonly {
      readonly use: Use;
      readonly actions: readonly string[];
      readonly resources: unknown;
    }[];
    readonly uses?: string;
  };
  const granting = (Action: unknown, Resource?: unknown) =>
    rightsIn({ Effect: "Allow", Action, ...(Resource !== undefined && { Resource }) }).map(nameOf);
  if (rights === undefined) {
    const { read, tag, untag } = await huaweiRights(file, policy);
    return { read: granting(read), tag: granting(tag), untag: granting(untag) };
  }
  expect(String(document["Statement"]).replaceAll(/\s+/g, " ")).toBe(
    '${[ for right in local.rights : { Effect = "Allow", Action = right.actions, Resource = right.resources } ' +
      "if contains(local.uses, right.use) ]}",
  );
  expect(uses).toBe('${var.read_only ? ["read"] : var.undo ? ["read", "tag", "untag"] : ["read", "tag"]}');
  /** A list of its own, or one of the file's by name. */
  const resolved = (resources: unknown): readonly string[] => {
    const [, name] = /^\$\{local\.(\w+)\}$/.exec(String(resources)) ?? [];
    const list = (name === undefined ? resources : lists[name]) as readonly string[];
    return list.map((one) => one.replace("${data.alicloud_account.current.id}", ACCOUNT));
  };
  const of = (wanted: Use) =>
    rights.filter(({ use }) => use === wanted).flatMap((one) => granting(one.actions, resolved(one.resources)));
  return { read: of("read"), tag: of("tag"), untag: of("untag") };
}

/**
 * What a policy of Huawei Cloud grants for each use; with `all`, where everything that can be tagged is asked for.
 * `beside`: lists that are granted for each use.
 */
async function huaweiRights(file: TerraformFile, policy: string, { all = false, beside = "" } = {}) {
  const document = await encoded(file.resources.get(policy)?.["policy_document"]);
  const [statement] = document["Statement"] as readonly Body[];
  expect({ ...statement, Action: String(statement?.["Action"]).replaceAll(/\s+/g, " ") }).toEqual({
    Effect: "Allow",
    Action:
      `\${concat( ${beside}local.read, local.read_all, var.read_only ? [] : concat(local.tag, local.tag_all), ` +
      "var.undo && !var.read_only ? concat(local.untag, local.untag_all) : [] )}",
  });
  const listed = (use: Use): readonly string[] => {
    const [, others = ""] = /^\$\{var\.all_types \? (\[.*\]) : \[\]\}$/.exec(String(file.locals[`${use}_all`])) ?? [];
    return [...(file.locals[use] as readonly string[]), ...(all ? (JSON.parse(others) as readonly string[]) : [])];
  };
  return { read: listed("read"), tag: listed("tag"), untag: listed("untag") };
}

describe.each(CLOUDS)("templates/$provider/main.tf", ({ provider, prefix, policy, attachments, resources }) => {
  let file: TerraformFile;

  beforeAll(async () => {
    file = await readTerraform(`templates/${provider}/main.tf`);
  });

  const bodyOf = (name: string): Body => file.resources.get(name) ?? {};
  const everything = () => [
    file.locals,
    ...file.variables.values(),
    ...file.outputs.values(),
    ...file.resources.values(),
  ];

  test("has the resources that docs/deploy.md tells of, all of its own provider", () => {
    expect([...file.resources.keys()].toSorted()).toEqual(resources);
    expect(file.providers).toHaveLength(1);
    expect(`${file.providers[0]}_`).toBe(prefix);
    for (const name of file.resources.keys()) expect(name.startsWith(prefix), name).toBe(true);
  });

  test("allows exactly what `tagwarden permissions` prints: reading alone with read_only, and taking tags off with undo", async () => {
    const granted = await rightsByUse(file, policy);
    const { read, tag, untag } = granted;
    const account = provider === "alibaba" ? ["--account", ACCOUNT] : [];
    const printed = async (...line: string[]) =>
      rightsIn(await permissions(provider, ...account, ...line))
        .map(nameOf)
        .toSorted();
    expect(read.toSorted()).toEqual(await printed("--read-only"));
    expect([...read, ...tag].toSorted()).toEqual(await printed());
    expect([...read, ...tag, ...untag].toSorted()).toEqual(await printed("--undo"));
    for (const name of ["read_only", "undo"]) expect(file.variables.get(name)?.["default"]).toBe(false);
  });

  test("refers to nothing that it doesn't have, and has nothing that is never referred to", async () => {
    /** Words of the language in a variable's type. */
    const types = new Set(["string", "bool", "list", "number"]);
    const references = new Set((await Promise.all(everything().map(referencesIn))).flat());
    const declared = [
      ...[...file.variables.keys()].map((name) => `var.${name}`),
      ...Object.keys(file.locals).map((name) => `local.${name}`),
      ...file.data,
    ];
    const repeated = [...file.resources.values()].flatMap(({ dynamic = {} }) =>
      Object.keys(dynamic as Body).map((block) => `${block}.value`),
    );
    const known = new Set([...declared, ...file.resources.keys(), ...types, ...repeated]);
    expect([...references].filter((name) => !known.has(name))).toEqual([]);
    expect(declared.filter((name) => !references.has(name))).toEqual([]);
  });

  test("joins the policy with whom it is for", async () => {
    for (const [name, joined] of attachments) {
      const found = await referencesIn({ ...bodyOf(name), count: 1 });
      expect([...new Set(found)].toSorted(), name).toEqual([...joined].toSorted());
    }
  });

  test("sends events to the function ingest, over https where it says so", async () => {
    const sent = await Promise.all(
      [...file.resources].map(async ([name, body]) => [name, await referencesIn(body)] as const),
    );
    const sending = sent.flatMap(([name, references]) => (references.includes("var.ingest_url") ? [name] : []));
    expect(sending).toHaveLength(1);
    expect(bodyOf(sending[0] ?? "")["protocol"] ?? "https").toBe("https");
  });

  test("makes no secret that would lie in the state, and prints none", async () => {
    for (const name of file.resources.keys()) expect(name).not.toMatch(/access_key|login_profile|password/);
    const sensitive = [...file.variables].flatMap(([name, body]) =>
      body["sensitive"] === true ? [`var.${name}`] : [],
    );
    expect(sensitive).toEqual(file.variables.has("token") ? ["var.token"] : []);
    const printed = (await Promise.all([...file.outputs.values()].map(referencesIn))).flat();
    expect(printed.filter((name) => sensitive.includes(name))).toEqual([]);
  });
});

/** The types that an account has without naming them. */
const SEEDS: readonly string[] = [apiGatewayContract, vpcIpamContract].flatMap(({ types }) => types);

describe("what the templates let through", () => {
  const rowsOf = (provider: string) => CREATE_EVENTS.filter((row) => row.provider === provider && !row.experimental);

  test("the rule of templates/alibaba is every call of the tables, by API, in a console and by a service", async () => {
    const { resources, locals } = await readTerraform("templates/alibaba/main.tf");
    const filter = await encoded(resources.get("alicloud_event_bridge_rule.created")?.["filter_pattern"]);
    const ofAll = CREATE_EVENTS.filter(({ provider }) => provider === "alibaba");
    for (const [rows, ending] of [
      [ofAll.filter(({ type }) => SEEDS.includes(type)), ""],
      [ofAll, "_of_all_types"],
    ] as const) {
      const calls = locals[`calls${ending}`] as readonly ({ readonly prefix: string } | string)[];
      const prefixes = calls.flatMap((one) => (typeof one === "string" ? [] : [one.prefix]));
      expect(calls.filter((one) => typeof one === "string")).toEqual(ALIBABA_TAG_CALLS.eventNames);
      // Some of ActionTrail's events come under its own source, whosever call they tell of.
      const sources = new Set([...rows.map(({ source }) => source), ...Object.keys(ALIBABA_TAG_CALLS.sources)]);
      expect(locals[`sources${ending}`]).toEqual([...sources, "acs.actiontrail"].toSorted());
      for (const { eventName } of rows) {
        expect(
          prefixes.filter((prefix) => eventName.startsWith(prefix)),
          eventName,
        ).toHaveLength(1);
      }
    }
    expect(filter["source"]).toBe("${var.all_types ? local.sources_of_all_types : local.sources}");
    expect(filter["data"]).toEqual({ eventName: "${var.all_types ? local.calls_of_all_types : local.calls}" });
    expect(filter["type"]).toEqual(
      ["ApiCall", "ConsoleOperation", "AliyunServiceEvent"].map((kind) => ({ suffix: `:ActionTrail:${kind}` })),
    );
  });

  test("the notifications of templates/huawei are every call of the tables and no other", async () => {
    const { resources, locals } = await readTerraform("templates/huawei/main.tf");
    const { operations } = resources.get("huaweicloud_cts_notification.created") as {
      readonly operations: readonly { readonly service: string; readonly trace_names: readonly string[] }[];
    };
    const named = operations.flatMap(({ service, trace_names }) => trace_names.map((name) => `${service} ${name}`));
    const rows = rowsOf("huawei");
    const created = rows.flatMap(({ kind, source, eventName }) =>
      kind === undefined ? [`${source} ${eventName}`] : [],
    );
    const tagged = HUAWEI_TAG_CALLS.flatMap(({ source, eventName, types }) =>
      Object.keys(types).map(() => `${source} ${eventName}`),
    );
    expect(named.toSorted()).toEqual([...created, ...tagged].toSorted());

    const ofAll = locals["operations_of_all_types"] as readonly {
      readonly service: string;
      readonly resource: string;
      readonly calls: readonly string[];
    }[];
    const others = ofAll.flatMap(({ service, resource, calls }) => calls.map((call) => [service, resource, call]));
    // A kind in another language is the same one as CTS prints it.
    const ofTables = rows.flatMap(({ source, kind = "", eventName }) =>
      /^[\w-]+$/.test(kind) ? [[source, kind, eventName]] : [],
    );
    const ofTms = TMS_TAG_CALLS.map(({ eventName }) => [
      "TMS",
      eventName.startsWith("batch") ? "resourceTag" : "application",
      eventName,
    ]);
    expect(others.map(String).toSorted()).toEqual([...ofTables, ...ofTms].map(String).toSorted());
    const { count, dynamic } = resources.get("huaweicloud_cts_notification.created_of_all_types") ?? {};
    expect(count).toBe("${var.all_types ? 1 : 0}");
    expect(dynamic).toMatchObject({ operations: [{ for_each: "${local.operations_of_all_types}" }] });
  });
});

describe("templates/huawei-member/main.tf", () => {
  const POLICY = "huaweicloud_identityv5_policy.tagwarden";
  let file: TerraformFile;

  beforeAll(async () => {
    file = await readTerraform("templates/huawei-member/main.tf");
  });

  test.each([
    ["users, agencies and gateways", false, []],
    ["everything", true, ["--type", "huawei:*"]],
  ])(
    "allows an agency for %s exactly what `tagwarden permissions` prints, and to look up projects",
    async (_, all, line) => {
      const { read, tag, untag } = await huaweiRights(file, POLICY, { all, beside: "local.projects, " });
      const printed = async (...more: string[]) =>
        rightsIn(await permissions("huawei", ...line, ...more))
          .map(({ action }) => action)
          .toSorted();
      expect(read.toSorted()).toEqual(await printed("--read-only"));
      expect([...read, ...tag].toSorted()).toEqual(await printed());
      expect([...read, ...tag, ...untag].toSorted()).toEqual(await printed("--undo"));
      expect(file.locals["projects"]).toEqual(["iam:projects:listProjects"]);
    },
  );

  test("lets in the account of the key, and nobody by a wildcard", async () => {
    const agency = file.resources.get("huaweicloud_identity_trust_agency.tagwarden");
    expect((await encoded(agency?.["trust_policy"]))["Statement"]).toEqual([
      { Effect: "Allow", Principal: { IAM: ["${var.account}"] }, Action: ["sts:agencies:assume"] },
    ]);
    expect(file.variables.get("account")).not.toHaveProperty("default");
    expect(JSON.stringify(file.variables.get("account"))).toContain("^[0-9a-zA-Z]+$");
  });

  test("makes an agency with the policy and with what is named beside, and by default one that tags and takes nothing off", () => {
    expect([...file.resources.keys()].toSorted()).toEqual(["huaweicloud_identity_trust_agency.tagwarden", POLICY]);
    expect(file.resources.get("huaweicloud_identity_trust_agency.tagwarden")).toMatchObject({
      name: "${var.agency}",
      policy_names: `\${concat([${POLICY}.name], var.system_policies)}`,
    });
    const defaults = [...file.variables].map(([name, body]) => [name, body["default"]]);
    expect(Object.fromEntries(defaults)).toEqual({
      account: undefined,
      agency: "tagwarden",
      read_only: false,
      undo: false,
      all_types: false,
      system_policies: [],
    });
  });
});

test("templates/huawei/main.tf allows for everything what `tagwarden permissions` prints for it", async () => {
  const file = await readTerraform("templates/huawei/main.tf");
  const { read, tag, untag } = await huaweiRights(file, "huaweicloud_identityv5_policy.tagwarden", { all: true });
  const printed = rightsIn(await permissions("huawei", "--type", "huawei:*", "--undo")).map(({ action }) => action);
  expect([...read, ...tag, ...untag].toSorted()).toEqual(printed.toSorted());
});

test("templates/alibaba/main.tf makes a user with a key or a role without, and never both", async () => {
  const { resources } = await readTerraform("templates/alibaba/main.tf");
  const counts = Map.groupBy(
    [...resources].flatMap(([name, { count }]) => (count === undefined ? [] : [{ name, count }])),
    ({ count }) => count,
  );
  const [byRole, byUser] = ["${local.by_role ? 1 : 0}", "${local.by_role ? 0 : 1}"].map((count) =>
    counts.get(count)?.map(({ name }) => name),
  );
  expect(counts.size).toBe(2);
  expect(byRole?.toSorted()).toEqual([
    "alicloud_ims_oidc_provider.tagwarden",
    "alicloud_ram_role.tagwarden",
    "alicloud_ram_role_policy_attachment.tagwarden",
  ]);
  expect(byUser?.toSorted()).toEqual(["alicloud_ram_user.tagwarden", "alicloud_ram_user_policy_attachment.tagwarden"]);
});

test("templates/alibaba/main.tf lets the role be taken with a token of this issuer, audience and subject alone", async () => {
  const { resources } = await readTerraform("templates/alibaba/main.tf");
  // Without a subject anybody of the issuer's could take it.
  const lifecycle = JSON.stringify(resources.get("alicloud_ram_role.tagwarden")?.["lifecycle"]);
  expect(lifecycle).toContain("length(var.oidc_subjects) > 0");
  const trust = await encoded(resources.get("alicloud_ram_role.tagwarden")?.["assume_role_policy_document"]);
  expect(trust["Statement"]).toEqual([
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Federated: ["${alicloud_ims_oidc_provider.tagwarden[0].arn}"] },
      Condition: {
        StringEquals: { "oidc:iss": ["${var.oidc_issuer}"], "oidc:aud": ["${var.oidc_audience}"] },
        StringLike: { "oidc:sub": "${var.oidc_subjects}" },
      },
    },
  ]);
});

test.each(CLOUDS)(
  "docs/deploy.md names targets and variables of templates/$provider that exist",
  async ({ provider }) => {
    const page = readFileSync("docs/deploy.md", "utf8").replaceAll("\\\n", " ");
    const file = await readTerraform(`templates/${provider}/main.tf`);
    const lines = page.split("\n").filter((line) => line.includes(`-chdir=templates/${provider} apply`));
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      for (const [, target = ""] of line.matchAll(/-target=(\S+)/g))
        expect([...file.resources.keys()]).toContain(target);
      const given = [...line.matchAll(/-var ([a-z_]+)=/g)].map(([, name = ""]) => name);
      const needed = [...file.variables].flatMap(([name, body]) => ("default" in body ? [] : [name]));
      expect([...file.variables.keys()]).toEqual(expect.arrayContaining(given));
      expect(given).toEqual(expect.arrayContaining(needed));
    }
  },
);

test("docs/deploy.md makes all of templates/huawei in a further region but who is global", async () => {
  const page = readFileSync("docs/deploy.md", "utf8");
  const recipe = page.slice(page.indexOf("workspace new cn-south-1"), page.indexOf("Should two regions tell"));
  const targets = [...recipe.matchAll(/-target=(\S+)/g)].map(([, target = ""]) => target);
  const { resources } = await readTerraform("templates/huawei/main.tf");
  const regional = [...resources.keys()].filter((name) => !name.startsWith("huaweicloud_identityv5"));
  expect(targets.toSorted()).toEqual(regional.toSorted());
});

test.each(MODULES)("templates/%s is a module of its own, in which Terraform finds nothing else", (name) => {
  // All files of a folder are one module: two clouds in one would declare the same variables twice.
  expect(readdirSync(`templates/${name}`)).toEqual(["main.tf"]);
  expect(readdirSync("templates").filter((name) => name.endsWith(".tf"))).toEqual([]);
});

test("a file that isn't HCL is an error with its place", async () => {
  await expect(readTerraform("templates/aws-account.yml")).rejects.toThrow(/aws-account\.yml:\d+/);
});
