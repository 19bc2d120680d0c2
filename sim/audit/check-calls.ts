import type { InventoryPage, TagPage } from "../../lib/app/ports/provider.ts";
import type { ProviderError } from "../../lib/core/errors.ts";
import { parseShardMessage } from "../../lib/lambda/sqs/audit-messages.ts";
import { isGeneric } from "../generic-types.ts";
import { isAudited } from "./audited.ts";
import { createEvidence, shardKey, shownIn, type Evidence } from "./generic-evidence.ts";
import { findContract } from "../../lib/core/contract.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { checkRate } from "../check-rate.ts";
import { remainingMs } from "../container.ts";
import { meddle } from "../people.ts";
import { placeOf } from "../place.ts";
import { few } from "../trace.ts";
import type { AuditCall } from "./audit-call.ts";
import { CALM } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";
import type { AuditContainer, AuditTask } from "./task.ts";

/** Looks at every call when it is sent, when it takes effect and when its answer arrives. */
export interface CallChecks {
  sent(call: AuditCall, container: AuditContainer): void;
  served(call: AuditCall): void;
  shown(call: AuditCall, page: TagPage, told: Told): void;
  /** A page of an inventory has arrived. */
  listed(call: AuditCall, page: Pick<InventoryPage, "nextToken">, told: Told): void;
  /** A cloud has counted what an inventory ought to show. */
  counted(task: AuditTask): void;
  failed(call: AuditCall, error: ProviderError, task: AuditTask): void;
  /** Every refusal that stays however often the call is repeated, as `account/region/type code`. */
  readonly refusals: ReadonlySet<string>;
  /** What listings of all that Alibaba Cloud can tag have shown. */
  readonly evidence: Pick<Evidence, "of">;
}

/** Who was answered, and the answer as it stood on the wire. */
interface Told {
  readonly task: AuditTask;
  readonly body: string;
}

export function createCallChecks(simulation: AuditSimulation): CallChecks {
  const { scheduler, scenario, counts, trace, violate, dice, byPlace } = simulation;
  const refusals = new Set<string>();
  const checkSum = createSumCheck(simulation);
  const evidence = createEvidence();
  return {
    refusals,
    evidence,
    sent(call, container) {
      counts.calls += 1;
      const { task } = container;
      const page = call.token === undefined ? "" : "next page";
      trace?.note(container.name, "reads", `${call.region} ${call.type}`, `${few(call.ids)} ${page}`);
      if (task === undefined || task.over) return;
      const { timeoutMs, reserveMs } = scenario.time;
      const left = remainingMs(task, scheduler.now(), timeoutMs) - reserveMs;
      if (left < -1) violate("deadline", `${call.action} was started ${Math.round(-left)} ms into the reserve`);
      const budget = budgetOf(call, simulation);
      checkRate(budget, container, simulation);
      checkSum(budget, task?.number ?? 0);
      for (const id of call.ids) {
        const resource = byPlace.get(placeOf({ ...call, id }));
        if (resource !== undefined && !isAudited(resource, simulation))
          violate("left out", `a call is about ${id}, which its account leaves out`);
      }
    },
    served(call) {
      for (const id of call.ids) {
        const resource = byPlace.get(placeOf({ ...call, id }));
        if (resource !== undefined && dice.chance(scenario.people.meddling)) meddle(simulation, resource, CALM);
      }
    },
    shown(call, { rows, nextToken }, { task, body }) {
      const nameOf = (id: string) => placeOf({ ...call, id });
      const shown = isGeneric(call.type)
        ? shownIn(call, body)
        : rows.map(({ id, tags }) => ({ place: nameOf(id), tags }));
      if (call.ids.length === 0) {
        if (!isGeneric(call.type)) return;
        if (nextToken === undefined) counts.typeScans += 1;
        return evidence.listed(shardKeyOf(task), call, shown, nextToken);
      }
      const listing =
        call.token === undefined
          ? { tags: new Map(call.ids.map((id) => [nameOf(id), new Map<string, string>()])) }
          : task.listings.get(`${call.ids.join()} ${call.token}`);
      if (listing === undefined) return;
      for (const { place, tags } of shown) for (const [key, value] of tags) listing.tags.get(place)?.set(key, value);
      if (nextToken !== undefined) {
        // A page that follows itself makes the read fail.
        if (nextToken === call.token) for (const id of call.ids) task.failedReads.add(placeOf({ ...call, id }));
        else task.listings.set(`${call.ids.join()} ${nextToken}`, listing);
        return;
      }
      for (const [place, tags] of listing.tags) {
        task.readings.set(place, [...(task.readings.get(place) ?? []), tags]);
      }
    },
    listed(call, { nextToken }, { task, body }) {
      if (isGeneric(call.type)) evidence.listed(shardKeyOf(task), call, shownIn(call, body), nextToken);
    },
    counted: (task) => evidence.counted(shardKeyOf(task)),
    failed(call, error, task) {
      trace?.note("shard", "is answered", `${call.region} ${call.type}`, `${error.code} (${error.kind})`);
      for (const id of call.ids) task.failedReads.add(placeOf({ ...call, id }));
      if (error.kind === "access") task.denied.add(`${call.account}/${call.region}`);
      // Who has no key just now was refused nothing.
      if (error.code === "CredentialsUnavailable") return;
      if (!error.retryable) refusals.add(`${call.account}/${call.region}/${call.type} ${error.code}`);
    },
  };
}

/** The run and the shard that a task is about. */
function shardKeyOf({ body }: AuditTask): string {
  const { run, shard } = parseShardMessage(body);
  return shardKey(run, shard.id);
}

const WINDOW_MS = 60_000;
/** Each process begins with a call, and so does the one that takes the place of one that crashed. */
const BEGINNINGS = 10;

interface SentAt {
  readonly at: number;
  readonly invocation: number;
}

/**
 * Told of each call: all processes together keep to our share, however many runs are on. Over a minute, in which the
 * calls that they begin with don't count for much. A claim is an invocation's: what fails and comes back in seconds
 * begins anew each time. Where clocks jump, nobody can say whose claim is over.
 */
function createSumCheck({ scenario, scheduler, violate }: AuditSimulation) {
  const sent = new Map<string, SentAt[]>();
  return ({ quota, share }: Pick<Budget, "quota" | "share">, invocation: number): void => {
    if (scenario.mishaps.clockJump > 0) return;
    const now = scheduler.now();
    const times = (sent.get(quota) ?? []).filter(({ at }) => now - at < WINDOW_MS);
    times.push({ at: now, invocation });
    sent.set(quota, times);
    const beginnings = Math.max(BEGINNINGS, new Set(times.map((one) => one.invocation)).size);
    if (times.length <= (share * WINDOW_MS) / 1_000 + beginnings) return;
    violate("rate", `${times.length} calls of ${quota} in a minute, with a share of ${share} a second`);
  };
}

interface Budget {
  /** Of each process. */
  readonly bucket: string;
  /** Of all of them. */
  readonly quota: string;
  readonly share: number;
}

function budgetOf({ action, type, account, region }: AuditCall, { scenario }: AuditSimulation): Budget {
  const contract = findContract(allContracts, type);
  const inventory = contract?.inventory[type];
  const apis = [inventory, inventory?.counting, contract?.typeListing];
  const api = apis.find((one) => one?.action === action) ?? contract?.list;
  const config = scenario.accounts.find((one) => one.account === account);
  const share = config?.callsPerSecond?.read ?? (api?.callsPerSecond ?? 0) / 2;
  const counted = `${action}/${account}`;
  if (api?.per === "account") return { bucket: counted, quota: counted, share };
  // What has no region is served in AWS's home region, under the same quota.
  return { bucket: `${counted}/${region}`, quota: `${counted}/${region === "us-east-1" ? "global" : region}`, share };
}
