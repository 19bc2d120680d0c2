import { CALM, START, type SimResource } from "./scenario.ts";
import type { Simulation } from "./simulation.ts";

const VALUES = {
  env: ["prod", "staging", "dev", "illegal", ""],
  owner: ["bob", "carol"],
  "team-lead": ["dave", "erin"],
  "cost-center": ["CC-1234", "nonsense"],
  team: ["red", "blue"],
  backup: ["yes", "no"],
  tier: ["silver"],
  note: ["hello"],
} as const;
const KEYS = Object.keys(VALUES) as [keyof typeof VALUES, ...(keyof typeof VALUES)[]];

/** People tag, change, untag and delete, most of all while we are at work. */
export function schedulePeople(simulation: Simulation): void {
  const { scenario, scheduler, dice } = simulation;
  for (let action = 0; action < scenario.people.actions; action += 1) {
    const at = START + (dice.chance(0.8) ? dice.between(0, 180_000) : dice.between(0, CALM - START));
    scheduler.at(at, () => act(simulation));
  }
}

/** A person comes to this resource in a moment. */
export function meddle(simulation: Simulation, resource: SimResource): void {
  const { scheduler, dice } = simulation;
  if (scheduler.now() < CALM) scheduler.after(dice.between(0, 150), () => changeTags(simulation, resource));
}

function act(simulation: Simulation): void {
  const { scenario, dice } = simulation;
  const [first, ...others] = scenario.resources;
  if (first !== undefined) changeTags(simulation, dice.pick<SimResource>([first, ...others]));
}

function changeTags({ dice, clouds, trace }: Simulation, resource: SimResource): void {
  if (clouds.visible(resource) === undefined) return;
  const roll = dice.next();
  if (roll < 0.05) {
    trace?.note("a person", "deletes", resource.ref.id, "");
    clouds.remove(resource);
    return;
  }
  const key = dice.pick(KEYS);
  if (roll < 0.2) {
    trace?.note("a person", "untags", resource.ref.id, key);
    clouds.personRemoves(resource, key);
    return;
  }
  const value = dice.pick(VALUES[key]);
  const most = resource.ref.type.startsWith("aws:") ? 50 : 20;
  if ((clouds.tagsOf(resource)?.size ?? 0) >= most) return;
  trace?.note("a person", "tags", resource.ref.id, `${key}=${value}`);
  clouds.personSets(resource, new Map([[key, value]]));
}
