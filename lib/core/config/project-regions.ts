import { projectsIn, type Config } from "./config.ts";

/** Where a Huawei project stands, by its configuration: a CTS trace names its project, and seldom its region. */
export function projectRegions(config: Config): (projectId: string) => string | undefined {
  const regions = new Map<string, string>();
  for (const account of config.accounts) {
    if (account.provider !== "huawei") continue;
    for (const region of Object.keys(account.projects)) {
      for (const project of projectsIn(account, region)) regions.set(project, region);
    }
  }
  return (projectId) => regions.get(projectId);
}
