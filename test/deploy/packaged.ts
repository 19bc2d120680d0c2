import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as packages from "../../local/packaged/package-service.ts";

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
}

/** Packaging takes a while, and longer where several tests do it at once. */
export const PACKAGING_MS = 300_000;

/**
 * The service as `serverless package` makes it, without network and without credentials, with a function for webhooks
 * unless told otherwise. The same sources are packaged once.
 */
export async function packageService(
  stage = "dev",
  deployParams: Readonly<Record<string, string>> = {},
  configuration?: string,
): Promise<PackagedService> {
  const root = process.cwd();
  const cache = join(root, ".tagwarden", "packages");
  const folder = await packages.packageService({
    root,
    file: join(root, "serverless.yml"),
    stage,
    deployParams: { webhooks: "yes", ...deployParams },
    ...(configuration !== undefined && { configuration }),
    cache,
  });
  const templatePath = join(folder, "template.json");
  const template = JSON.parse(readFileSync(templatePath, "utf8")) as {
    readonly Resources: PackagedService["resources"];
    readonly Conditions: PackagedService["conditions"];
  };
  return {
    output: readFileSync(join(folder, "output.txt"), "utf8"),
    templatePath,
    resources: template.Resources,
    conditions: template.Conditions,
  };
}
