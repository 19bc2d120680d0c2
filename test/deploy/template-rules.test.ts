import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { packageService, PACKAGING_MS, type PackagedService } from "./packaged.ts";

const GUARD = "node_modules/@cdklabs/cdk-validator-cfnguard";
const SYSTEM = process.platform === "darwin" ? "macos" : "ubuntu";
const MACHINE = process.arch === "arm64" ? "aarch64" : "x86_64";

let service: PackagedService;

beforeAll(async () => {
  service = await packageService();
}, PACKAGING_MS);

interface Finding {
  readonly rule: string;
  readonly resources: readonly string[];
}

/** What the published rules find in the template. */
function findings(): { readonly open: readonly Finding[]; readonly compliant: number } {
  const { stdout, stderr } = spawnSync(
    `${GUARD}/bin/${SYSTEM}/${MACHINE}/cfn-guard`,
    ["validate", "-r", `${GUARD}/rules/control-tower/cfn-guard`, "-d", service.templatePath].concat([
      "--structured",
      "-o",
      "json",
      "-S",
      "none",
    ]),
    { encoding: "utf8", maxBuffer: 100 * 1024 * 1024 },
  );
  if (stdout === "") throw new Error(stderr);
  const [result] = JSON.parse(stdout) as readonly {
    not_compliant: readonly unknown[];
    compliant: readonly unknown[];
  }[];
  const open = (result?.not_compliant ?? []).map((finding) => {
    const text = JSON.stringify(finding);
    const resources = [...text.matchAll(/\/Resources\/([A-Za-z0-9]+)/g)].map(([, name = ""]) => name);
    return { rule: /\[(CT\.[A-Z0-9.]+)\]/.exec(text)?.[1] ?? "?", resources: [...new Set(resources)] };
  });
  return { open, compliant: result?.compliant.length ?? 0 };
}

/** The rows of the page that explains what stays. */
function explained(): readonly { readonly rules: readonly string[]; readonly resources: string }[] {
  const rows = readFileSync("docs/template-rules.md", "utf8").matchAll(/^\| (CT\.[^|]+) \| ([^|]+) \|/gm);
  return [...rows].map(([, rules = "", resources = ""]) => ({ rules: rules.split(", "), resources }));
}

describe("AWS's published rules for templates", () => {
  it("find nothing but what docs/template-rules.md explains, and all of that", () => {
    const { open, compliant } = findings();
    const rows = explained();
    const unexplained = open.flatMap(({ rule, resources }) =>
      resources
        .filter((name) => {
          const row = rows.find(({ rules }) => rules.includes(rule));
          const type = service.resources[name]?.Type ?? "";
          const isFramework = name.startsWith("ServerlessDeploymentBucket");
          return (
            !row?.resources.includes(`\`${type}\``) || (row.resources.includes("of the framework") && !isFramework)
          );
        })
        .map((name) => `${rule}: ${name}`),
    );
    expect(unexplained).toEqual([]);
    const found = new Set(open.map(({ rule }) => rule));
    expect(rows.flatMap(({ rules }) => rules).filter((rule) => !found.has(rule))).toEqual([]);
    expect(compliant).toBeGreaterThan(10);
  });
});
