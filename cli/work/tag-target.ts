import type { Route } from "../../lib/app/cloud/route.ts";
import { InputError } from "../../lib/core/errors.ts";
import type { Cloud } from "./cloud.ts";

export interface TargetOptions {
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly project?: string;
}

/** What `--type`, `--account` and `--region` name, as the provider speaks of it. */
export interface Target extends Route {
  readonly type: string;
  readonly region: string;
}

/** Throws InputError where the configuration or the provider has no such thing. */
export function targetOf({ type, account, region, project }: TargetOptions, cloud: Cloud): Target {
  const route = cloud.route({ type, account, region, project, id: "" });
  if ("problem" in route) {
    const named = project === undefined ? "" : ` --project ${project}`;
    throw new InputError(`--type ${type} --account ${account} --region ${region}${named}: ${route.problem}`);
  }
  return { ...route, type, region: route.contract.global ? "global" : region };
}

/** The ids of `--id`, each once. */
export function idsOf(given: readonly string[]): readonly string[] {
  if (given.includes("")) throw new InputError("--id: is empty; name a resource");
  return [...new Set(given)];
}
