import { START } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";

const HOUR_MS = 3_600_000;
/** With these, all policies are content. */
const GOOD = new Map([
  ["env", "dev"],
  ["owner", "bob"],
  ["cost-center", "CC-0001"],
  ["team", "red"],
  ["backup", "no"],
]);

/** Some resources are broken, mended and broken again, each time before another run looks. */
export function scheduleFlapping({ scenario, scheduler, clouds, trace }: AuditSimulation): void {
  const at = (hours: number, change: (resource: (typeof scenario.flapping)[number]) => void) =>
    scheduler.at(START + hours * HOUR_MS, () => {
      for (const resource of scenario.flapping) if (clouds.visible(resource) !== undefined) change(resource);
    });
  at(1.4, (resource) => {
    trace?.note("a person", "breaks", resource.ref.id, "");
    clouds.personRemoves(resource, "env");
  });
  at(2.6, (resource) => {
    trace?.note("a person", "mends", resource.ref.id, "");
    clouds.personSets(resource, GOOD);
  });
  at(4, (resource) => {
    trace?.note("a person", "breaks", resource.ref.id, "");
    clouds.personRemoves(resource, "env");
  });
}
