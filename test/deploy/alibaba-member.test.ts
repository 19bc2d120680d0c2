import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { runMain } from "../cli/run-main.ts";

type Json = Readonly<Record<string, unknown>>;

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Json;
}

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

/** Short forms of Resource Orchestration Service, as the text or list that they stand on. */
const TAGS = ["Ref", "GetAtt", "Sub", "Equals", "And"].flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => text },
  { tag: `!${name}`, collection: "seq" as const, resolve: (list: { toJSON(): unknown }) => list.toJSON() },
]);
const document = parseDocument(readFileSync("templates/alibaba-member.yml", "utf8"), { customTags: TAGS });
const template = document.toJS() as {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Conditions: Json;
};

function rightsOf({ Effect, Action, Resource }: Statement): readonly string[] {
  expect(Effect).toBe("Allow");
  const places = typeof Resource === "string" ? [Resource] : Resource;
  return Action.flatMap((action) =>
    places.map((place) => `${action} on ${place.replace("${ALIYUN::TenantId}", "2000000000000001")}`),
  );
}

/** What the policies that are made under these conditions allow together. */
function allowed(...conditions: readonly string[]): readonly string[] {
  const rights = Object.values(template.Resources)
    .filter(({ Type }) => Type === "ALIYUN::RAM::ManagedPolicy")
    .filter(({ Condition }) => Condition === undefined || conditions.includes(Condition))
    .flatMap(({ Properties }) => (Properties["PolicyDocument"] as { Statement: readonly Statement[] }).Statement)
    .flatMap(rightsOf);
  // What is allowed everywhere is so in a place as well.
  const isCovered = (right: string) => !right.endsWith(" on *") && rights.includes(right.replace(/ on .*/, " on *"));
  return [...new Set(rights.filter((right) => !isCovered(right)))].toSorted();
}

async function permissions(...line: string[]): Promise<readonly string[]> {
  const { stdout } = await runMain([
    "permissions",
    "--provider",
    "alibaba",
    "--account",
    "2000000000000001",
    "--format",
    "json",
    ...line,
  ]);
  const { Statement } = JSON.parse(stdout) as { readonly Statement: readonly Statement[] };
  return [...new Set(Statement.flatMap(rightsOf))].toSorted();
}

const ALL = ["--type", "alibaba:*"];

describe("templates/alibaba-member.yml", () => {
  test("is YAML without errors", () => {
    expect([...document.errors, ...document.warnings].map(({ message }) => message)).toEqual([]);
  });

  test.each([
    ["reads", [], ["--read-only"]],
    ["reads and tags", ["Writes"], []],
    ["reads, tags and takes tags off", ["Writes", "Undoes"], ["--undo"]],
    ["reads everything", ["SeesAll"], ["--read-only", ...ALL]],
    ["reads and tags everything", ["Writes", "SeesAll", "WritesAll"], ALL],
    [
      "reads, tags everything and takes its tags off",
      ["Writes", "Undoes", "SeesAll", "WritesAll", "UndoesAll"],
      ["--undo", ...ALL],
    ],
  ])("allows a role that %s exactly what `tagwarden permissions` prints", async (_, conditions, line) => {
    expect(allowed(...conditions)).toEqual(await permissions(...line));
  });

  test("makes what the parameters say, and by default a role that tags and takes nothing off", () => {
    expect(template.Conditions).toEqual({
      Writes: ["Write", "yes"],
      Undoes: ["Writes", ["Undo", "yes"]],
      SeesAll: ["AllTypes", "yes"],
      WritesAll: ["Writes", "SeesAll"],
      UndoesAll: ["Undoes", "SeesAll"],
    });
    const defaults = Object.entries(template.Parameters).map(([name, { Default }]) => [name, Default]);
    expect(Object.fromEntries(defaults)).toEqual({
      Principal: undefined,
      RoleName: "tagwarden",
      Write: "yes",
      Undo: "no",
      AllTypes: "no",
    });
  });

  test("gives no right to the whole account but where everything is to be seen", () => {
    const attached = Object.values(template.Resources).filter(({ Type }) => Type === "ALIYUN::RAM::AttachPolicyToRole");
    expect(attached).toEqual([
      {
        Type: "ALIYUN::RAM::AttachPolicyToRole",
        Condition: "SeesAll",
        Properties: { RoleName: "Role.RoleName", PolicyType: "System", PolicyName: "ReadOnlyAccess" },
      },
    ]);
  });

  test("lets in one user or role, and nobody by a wildcard", () => {
    const { AssumeRolePolicyDocument: trust } = template.Resources["Role"]?.Properties ?? {};
    expect(trust).toEqual({
      Version: "1",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { RAM: ["Principal"] } }],
    });
    const pattern = new RegExp(`^(?:${String(template.Parameters["Principal"]?.["AllowedPattern"])})$`);
    const arn = "acs:ram::1000000000000001:";
    expect([`${arn}user/tagwarden`, `${arn}role/tagwarden-prod`].filter((one) => !pattern.test(one))).toEqual([]);
    expect(["*", `${arn}root`, `${arn}user/*`, "acs:ram::*:user/a", ""].filter((one) => pattern.test(one))).toEqual([]);
  });

  // https://www.alibabacloud.com/help/en/ram/product-overview/limits
  test("has no policy of more than 6,144 characters", () => {
    const sizes = Object.values(template.Resources).map(
      ({ Properties }) => JSON.stringify(Properties["PolicyDocument"] ?? {}).length,
    );
    expect(Math.max(...sizes)).toBeLessThan(6_144);
  });
});
