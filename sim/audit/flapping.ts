import { START, type AuditResource } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";

const HOUR_MS = 3_600_000;

/** With these, all policies are content. */
export const GOOD_TAGS = {
  env: "dev",
  owner: "bob",
  "cost-center": "CC-0001",
  team: "red",
  backup: "no",
  stage: "one",
  "region-of": "x",
  tier: "gold",
} as const;

/** Some resources are broken, fixed and broken again, each time before another run looks. */
export function scheduleFlapping({ scenario, scheduler, clouds, trace }: AuditSimulation): void {
  const each = (hours: number, what: string, change: (resource: AuditResource) => void) =>
    scheduler.at(START + hours * HOUR_MS, () => {
      for (const resource of scenario.flapping) {
        if (clouds.visible(resource) === undefined) continue;
        trace?.note("a person", what, resource.ref.id, "");
        change(resource);
      }
    });
  const breaks = (resource: AuditResource) => clouds.personRemoves(resource, "env");
  each(1, "breaks", breaks);
  each(2.5, "fixes", (resource) => clouds.personSets(resource, new Map(Object.entries(GOOD_TAGS))));
  each(4, "breaks", breaks);
}
