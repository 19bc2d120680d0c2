import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface PackagedService {
  /** What the framework printed. */
  readonly output: string;
  readonly templatePath: string;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  remove(): void;
}

/** The service as `serverless package` makes it, without network and without credentials. */
export function packageService(stage = "dev"): PackagedService {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-package-"));
  const { status, stdout, stderr } = spawnSync(
    "node_modules/.bin/serverless",
    ["package", "--package", folder, "--stage", stage],
    {
      encoding: "utf8",
      env: { PATH: `${process.cwd()}/node_modules/.bin:/usr/bin:/bin`, HOME: folder, SLS_TELEMETRY_DISABLED: "1" },
    },
  );
  const output = `${stdout}${stderr}`;
  if (status !== 0) throw new Error(output);
  const templatePath = join(folder, "cloudformation-template-update-stack.json");
  const template = JSON.parse(readFileSync(templatePath, "utf8")) as Pick<PackagedService, "resources"> & {
    readonly Resources: PackagedService["resources"];
  };
  return {
    output,
    templatePath,
    resources: template.Resources,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
