import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runMain } from "../cli/run-main.ts";

/** Terraform is not installed here: what these files say is read from their text, and their syntax is not checked. */
function textOf(provider: string): string {
  return readFileSync(`templates/${provider}.tf`, "utf8");
}

function listIn(text: string, name: string): readonly string[] {
  const body = new RegExp(`\\n  ${name} = \\[\\n([^\\]]*)\\]`).exec(text)?.[1] ?? "";
  return [...body.matchAll(/"([^"]+)"/g)].map(([, one = ""]) => one);
}

async function permissions(provider: string, ...line: string[]): Promise<readonly string[]> {
  const { stdout } = await runMain(["permissions", "--provider", provider, ...line]);
  const policy = JSON.parse(stdout) as { Statement: readonly { Action: readonly string[] }[] };
  return policy.Statement.flatMap(({ Action }) => Action);
}

describe.each(["alibaba", "huawei"])("templates/%s.tf", (provider) => {
  const text = textOf(provider);

  test("allows exactly what `tagwarden permissions` prints, and reading alone with read_only", async () => {
    const [read, write] = [listIn(text, "read"), listIn(text, "write")];
    expect(read).toEqual(await permissions(provider, "--read-only"));
    expect([...read, ...write].toSorted()).toEqual(await permissions(provider));
    expect(text).toContain("concat(local.read, var.read_only ? [] : local.write)");
  });

  test("holds no secret, and makes none that would lie in the state", () => {
    expect(text).not.toMatch(/resource "[a-z_]*access_key/);
  });

  test("closes what it opens", () => {
    for (const [open, close] of ["{}", "[]", "()"].map((pair) => [...pair] as [string, string])) {
      expect(text.split(open).length).toBe(text.split(close).length);
    }
  });
});

describe("templates/alibaba.tf", () => {
  const text = textOf("alibaba");

  test("lets a role be taken for one audience by named subjects, or by nobody", () => {
    const role = /resource "alicloud_ram_role" "tagwarden" \{[^]*?\n\}\n/.exec(text)?.[0] ?? "";
    expect(role).toContain('StringEquals = { "oidc:iss" = [var.oidc_issuer], "oidc:aud" = [var.oidc_audience] }');
    expect(role).toContain('StringLike   = { "oidc:sub" = var.oidc_subjects }');
    expect(role).toContain("length(var.oidc_subjects) > 0");
  });

  test("makes a user or a role, with the same permissions", () => {
    for (const kind of ["user", "role"]) {
      const attached = new RegExp(`"alicloud_ram_${kind}_policy_attachment" "tagwarden" \\{[^]*?\\n\\}`).exec(
        text,
      )?.[0];
      expect(attached).toContain(`count       = local.by_role ? ${kind === "user" ? "0 : 1" : "1 : 0"}`);
      expect(attached).toContain("policy_name = alicloud_ram_policy.tagwarden.policy_name");
    }
  });
});
