import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface PackagedService {
  /** What the framework printed. */
  readonly output: string;
  readonly templatePath: string;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  remove(): void;
}

/** The service as `serverless package` makes it, without network and without credentials. */
export function packageService(stage = "dev", parameters: Readonly<Record<string, string>> = {}): PackagedService {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-package-"));
  const { status, stdout, stderr } = spawnSync(
    "node_modules/.bin/serverless",
    [
      "package",
      "--package",
      folder,
      "--stage",
      stage,
      ...Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`),
    ],
    {
      encoding: "utf8",
      env: { PATH: `${process.cwd()}/node_modules/.bin:/usr/bin:/bin`, HOME: folder, SLS_TELEMETRY_DISABLED: "1" },
    },
  );
  const output = `${stdout}${stderr}`;
  if (status !== 0) throw new Error(output);
  const templatePath = join(folder, "cloudformation-template-update-stack.json");
  const template = JSON.parse(readFileSync(templatePath, "utf8")) as {
    readonly Resources: PackagedService["resources"];
    readonly Conditions: PackagedService["conditions"];
  };
  return {
    output,
    templatePath,
    resources: template.Resources,
    conditions: template.Conditions,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
