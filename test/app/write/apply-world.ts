import { expect } from "vitest";
import { createCaller } from "../../../lib/app/cloud/call.ts";
import { createRouter } from "../../../lib/app/cloud/route.ts";
import { applyBatches } from "../../../lib/app/write/apply-batches.ts";
import { createOffenders } from "../../../lib/app/write/offenders.ts";
import type { PlannedWrite } from "../../../lib/app/write/pairs.ts";
import type { ErrorKind, ProviderErrorDetails } from "../../../lib/core/errors.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import type { MemoryCall } from "../../../lib/providers/memory.ts";
import { ALIBABA, created, createWorld, group, providerError, tags } from "../enforce-world.ts";

export const TYPE = "alibaba:apigateway:apiGroup";
export const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `g${String(index).padStart(2, "0")}`);

export interface Sent {
  readonly ids: readonly string[];
  readonly keys: readonly string[];
}

interface Options {
  readonly ids: readonly string[];
  /** One batch of all ids for each. */
  readonly batches?: readonly Readonly<Record<string, string>>[];
  /** Answers the n-th tag call, counted from 1, before it does anything; throws to refuse it. */
  readonly refuse?: (sent: Sent, call: number) => void;
  readonly seconds?: number;
  readonly random?: () => number;
  readonly remembered?: readonly string[];
}

export const refusedFor =
  (bad: ReadonlySet<string>, kind: ErrorKind, details: Partial<ProviderErrorDetails> = {}) =>
  ({ ids }: Sent) => {
    if (ids.some((id) => bad.has(id))) throw providerError(kind, details);
  };

/** Refuses what holds a bad one and names the first of them. */
export const naming =
  (bad: ReadonlySet<string>, kind: ErrorKind, codeOf: (id: string) => string = () => "Bad") =>
  ({ ids }: Sent) => {
    const first = ids.find((id) => bad.has(id));
    if (first !== undefined) throw providerError(kind, { resourceId: first, code: codeOf(first) });
  };

/** A world with these API groups, and batches of all of them ready to be applied. */
export function ready({
  ids,
  batches = [{ env: "dev" }],
  refuse,
  seconds = 300,
  random = () => 0,
  remembered = [],
}: Options) {
  const sent: Sent[] = [];
  const world = createWorld({
    resources: ids.map((id) => group(id)),
    faults: {
      before({ operation, resourceIds, tags: written }: MemoryCall) {
        if (operation !== "tagResources") return;
        const one = { ids: resourceIds, keys: [...written.keys()] };
        sent.push(one);
        refuse?.(one, sent.length);
      },
    },
  });
  const { clock, deps } = world;
  const routeTo = createRouter(deps.registry, deps.accounts);
  const all = tags(Object.assign({}, ...batches));
  const writes = ids.map((id): PlannedWrite => {
    const ref = created(group(id));
    const route = routeTo(ref);
    if ("problem" in route) return expect.fail(route.problem);
    return { ref, route, reading: { kind: "known", tags: tags({}), readAt: clock.now() }, tags: all };
  });
  const offenders = createOffenders(clock);
  for (const id of remembered) offenders.remember(created(group(id)));
  const endsAt = clock.now() + seconds * 1_000;
  const caller = createCaller({ ...deps, random, deadline: { remainingMs: () => endsAt - clock.now() } });
  const scope = { type: TYPE, account: ALIBABA, region: "cn-hangzhou" };
  const planned = batches.map((object) => ({ ...scope, resourceIds: ids, tags: tags(object) }));
  const apply = async () => {
    const entries = await applyBatches(planned, writes, { ...deps, caller, offenders });
    return (id: string, key = "env") => entries.get(resourceKey(created(group(id))))?.pairs.get(key)?.result;
  };
  const sentWith = (key: string) => sent.filter(({ keys }) => keys.includes(key)).map((one) => one.ids);
  return { ...world, sent, sentWith, offenders, apply };
}
