import type { ObjectStore } from "../../app/ports/objects.ts";
import type { RunPlan, RunStore, ShardFinish, ShardResult } from "../../app/ports/runs.ts";
import { chunksOf } from "../../core/chunks.ts";
import { InputError } from "../../core/errors.ts";
import { jsonOf } from "../../core/json.ts";
import { groupOf, groupShards, shardsIn, type PlacedShard } from "../../core/shard-groups.ts";
import { createTurns } from "../../core/turns.ts";

type Results = Readonly<Record<string, ShardResult>>;

interface Head {
  readonly claimedUntil: number;
  readonly published: boolean;
}

/** A run of few shards is one object. */
interface SmallRun extends Head {
  readonly plan: RunPlan;
  readonly results: Results;
}

/** One of many shards keeps them in groups, whose objects lie in a folder of its name. */
interface LargeRun extends Head {
  readonly plan: Omit<RunPlan, "shards">;
  readonly groups: number;
}

type StoredRun = SmallRun | LargeRun;

interface Group {
  readonly shards: readonly PlacedShard[];
  readonly results: Results;
}

const AT_ONCE = 16;

/**
 * Runs as JSON objects: `runs/<run>.json`, and where a run has many shards a group of them in each
 * `runs/<run>/group-<n>.json`, with the groups that are not over in `runs/<run>/groups.json`. For one process at a time:
 * its changes to a run wait for each other, those of other processes don't. Deployed functions use DynamoDB instead.
 */
export function objectRunStore(objects: ObjectStore): RunStore {
  const inTurn = createTurns();
  const nameOf = (run: string): string => `runs/${run}.json`;
  const groupName = (run: string, group: number): string => `runs/${run}/group-${group}.json`;
  const groupsName = (run: string): string => `runs/${run}/groups.json`;
  const save = (name: string, value: StoredRun | Group | readonly number[]): Promise<void> =>
    objects.put(name, new TextEncoder().encode(JSON.stringify(value)));
  const load = async (run: string): Promise<StoredRun | undefined> => {
    const body = await objects.get(nameOf(run));
    return body && storedFrom(body, nameOf(run));
  };
  const loadExisting = async (run: string): Promise<StoredRun> => {
    const stored = await load(run);
    if (stored === undefined) throw new InputError(`run ${run}: there is no such run`);
    return stored;
  };
  const loadGroup = async (run: string, group: number): Promise<Group> => {
    const name = groupName(run, group);
    const body = await objects.get(name);
    return groupFrom(body, name);
  };
  const createLarge = async (
    { shards: _shards, ...plan }: RunPlan,
    groups: readonly (readonly PlacedShard[])[],
  ): Promise<void> => {
    const numbered = groups.map((shards, group) => ({ shards, group }));
    for (const some of chunksOf(numbered, AT_ONCE)) {
      await Promise.all(some.map(({ shards, group }) => save(groupName(plan.run, group), { shards, results: {} })));
    }
    await save(
      groupsName(plan.run),
      numbered.flatMap(({ shards, group }) => (shards.length > 0 ? [group] : [])),
    );
    // The run is there when this is: what a crash leaves before it is written anew.
    await save(nameOf(plan.run), { plan, groups: groups.length, claimedUntil: 0, published: false });
  };
  const finishSmall = async (run: SmallRun, shard: string, result: ShardResult): Promise<ShardFinish> => {
    const { plan, published } = run;
    if (!plan.shards.includes(shard)) throw new InputError(`run ${plan.run}: it has no shard ${shard}`);
    const { recorded, results } = withResult(run.results, shard, result);
    if (recorded) await save(nameOf(plan.run), { ...run, results: Object.fromEntries(results) });
    return { recorded, published, complete: results.size === plan.shards.length };
  };
  const finishInGroup = async (
    { plan: { run }, groups, published }: LargeRun,
    shard: string,
    result: ShardResult,
  ): Promise<ShardFinish> => {
    const number = groupOf(shard, groups);
    const group = await loadGroup(run, number);
    if (!group.shards.some(([, id]) => id === shard)) throw new InputError(`run ${run}: it has no shard ${shard}`);
    const { recorded, results } = withResult(group.results, shard, result);
    if (recorded) await save(groupName(run, number), { ...group, results: Object.fromEntries(results) });
    if (results.size < group.shards.length) return { recorded, published, complete: false };
    const pending = pendingFrom(await objects.get(groupsName(run)), groupsName(run));
    const left = pending.filter((one) => one !== number);
    if (left.length < pending.length) await save(groupsName(run), left);
    return { recorded, published, complete: left.length === 0 };
  };

  return {
    create: (plan) =>
      inTurn(async () => {
        if ((await load(plan.run)) !== undefined) return false;
        const groups = groupShards(plan.shards);
        if (groups !== undefined) await createLarge(plan, groups);
        else await save(nameOf(plan.run), { plan, results: {}, claimedUntil: 0, published: false });
        return true;
      }),
    read: (run) =>
      inTurn(async () => {
        const stored = await load(run);
        if (stored === undefined) return undefined;
        const { published } = stored;
        if (!isLarge(stored)) return { plan: stored.plan, results: new Map(Object.entries(stored.results)), published };
        const groups: Group[] = [];
        for (const some of chunksOf([...Array(stored.groups).keys()], AT_ONCE)) {
          groups.push(...(await Promise.all(some.map((number) => loadGroup(run, number)))));
        }
        const shards = shardsIn(groups.map((group) => group.shards));
        const results = new Map(groups.flatMap((group) => Object.entries(group.results)));
        return { plan: { ...stored.plan, shards }, results, published };
      }),
    result: (run, shard) =>
      inTurn(async () => {
        const stored = await load(run);
        if (stored === undefined) return undefined;
        const { results } = isLarge(stored) ? await loadGroup(run, groupOf(shard, stored.groups)) : stored;
        return new Map(Object.entries(results)).get(shard);
      }),
    finishShard: (run, shard, result) =>
      inTurn(async () => {
        const stored = await loadExisting(run);
        return isLarge(stored) ? finishInGroup(stored, shard, result) : finishSmall(stored, shard, result);
      }),
    claimReport: (run, now, leaseMs) =>
      inTurn(async () => {
        const stored = await loadExisting(run);
        if (stored.published || stored.claimedUntil > now) return false;
        await save(nameOf(run), { ...stored, claimedUntil: now + leaseMs });
        return true;
      }),
    markPublished: (run) =>
      inTurn(async () => {
        const stored = await loadExisting(run);
        if (!stored.published) await save(nameOf(run), { ...stored, published: true });
        return !stored.published;
      }),
  };
}

function isLarge(stored: StoredRun): stored is LargeRun {
  return "groups" in stored;
}

/** The results with one more, where it is the first of its shard. */
function withResult(results: Results, shard: string, result: ShardResult) {
  const all = new Map(Object.entries(results));
  const recorded = !all.has(shard);
  if (recorded) all.set(shard, result);
  return { recorded, results: all };
}

/** What this store wrote. Throws InputError where a disk or somebody has made something else of it. */
function storedFrom(body: Uint8Array, name: string): StoredRun {
  const stored = jsonOf(body) as Partial<SmallRun & LargeRun> | null | undefined;
  const isSmall = Array.isArray(stored?.plan?.shards) && typeof stored.results === "object";
  if (isSmall || (typeof stored?.plan === "object" && Number.isInteger(stored.groups))) return stored as StoredRun;
  throw new InputError(`${name}: is not the record of an audit; remove it, and audit again`);
}

function groupFrom(body: Uint8Array | undefined, name: string): Group {
  const group = (body && jsonOf(body)) as Partial<Group> | null | undefined;
  if (Array.isArray(group?.shards) && typeof group.results === "object") return group as Group;
  throw new InputError(`${name}: is not part of the record of an audit; audit again, without --resume`);
}

function pendingFrom(body: Uint8Array | undefined, name: string): readonly number[] {
  const pending: unknown = body && jsonOf(body);
  if (Array.isArray(pending)) return pending as number[];
  throw new InputError(`${name}: is not part of the record of an audit; audit again, without --resume`);
}
