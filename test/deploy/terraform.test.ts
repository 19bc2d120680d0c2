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
