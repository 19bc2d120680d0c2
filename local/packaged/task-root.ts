import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { PackagedFunction } from "./read-package.ts";

/** What Lambda's runtime brings, and so no package holds. */
const BROUGHT_BY_THE_RUNTIME = ["@aws-sdk", "@smithy", "@aws"];

export interface TaskRoots {
  /** Where each function gets a folder. */
  readonly folder: string;
  /** The checkout, for the AWS SDK. */
  readonly root: string;
  /** Files that a deployment packages from `deploy/`. */
  readonly deploy: { readonly "policies.json": string; readonly "config.json": string };
}

/** Puts each function's code where it runs, with its deployment's files, and the AWS SDK where Lambda has it: outside. */
export function createTaskRoots(functions: readonly PackagedFunction[], roots: TaskRoots): ReadonlyMap<string, string> {
  const { folder, root, deploy } = roots;
  rmSync(folder, { recursive: true, force: true });
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const scope of BROUGHT_BY_THE_RUNTIME) {
    const from = join(root, "node_modules", scope);
    if (existsSync(from)) symlinkSync(from, join(modules, scope));
  }
  return new Map(
    functions.map(({ name, code }) => {
      const taskRoot = join(folder, name);
      cpSync(code, taskRoot, { recursive: true });
      for (const [file, path] of Object.entries(deploy)) cpSync(path, join(taskRoot, "deploy", file));
      return [name, taskRoot] as const;
    }),
  );
}
