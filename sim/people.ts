import type { Clouds, Existing } from "./clouds.ts";
import type { Dice } from "./dice.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

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

interface PeopleStage {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly clouds: Clouds;
  readonly trace: Trace | undefined;
}

interface Plan {
  readonly resources: readonly Existing[];
  readonly actions: number;
  readonly from: number;
  readonly until: number;
  /** Most of it happens in this many milliseconds. */
  readonly rushMs: number;
}

/** People tag, change, untag and delete, most of all while we are at work. */
export function schedulePeople(stage: PeopleStage, { resources, actions, from, until, rushMs }: Plan): void {
  const { scheduler, dice } = stage;
  const [first, ...others] = resources;
  if (first === undefined) return;
  for (let action = 0; action < actions; action += 1) {
    const at = from + (dice.chance(0.8) ? dice.between(0, rushMs) : dice.between(0, until - from));
    scheduler.at(at, () => changeTags(stage, dice.pick<Existing>([first, ...others])));
  }
}

/** A person comes to this resource in a moment. */
export function meddle(stage: PeopleStage, resource: Existing, until: number): void {
  const { scheduler, dice } = stage;
  if (scheduler.now() < until) scheduler.after(dice.between(0, 150), () => changeTags(stage, resource));
}

function changeTags({ dice, clouds, trace }: PeopleStage, resource: Existing): void {
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
