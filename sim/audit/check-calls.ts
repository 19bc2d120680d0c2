import type { TagPage } from "../../lib/app/ports/provider.ts";
import type { ProviderError } from "../../lib/core/errors.ts";
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
  shown(call: AuditCall, page: TagPage, task: AuditTask): void;
  failed(call: AuditCall, error: ProviderError, task: AuditTask): void;
  /** Every refusal that stays however often the call is repeated, as `account/region/type code`. */
  readonly refusals: ReadonlySet<string>;
}

export function createCallChecks(simulation: AuditSimulation): CallChecks {
  const { scheduler, scenario, counts, trace, violate, dice, byPlace } = simulation;
  const refusals = new Set<string>();
  const checkSum = createSumCheck(simulation);
  return {
    refusals,
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
      checkSum(call, budget.share, task?.number ?? 0);
    },
    served(call) {
      for (const id of call.ids) {
        const resource = byPlace.get(placeOf({ ...call, id }));
        if (resource !== undefined && dice.chance(scenario.people.meddling)) meddle(simulation, resource, CALM);
      }
    },
    shown(call, { rows, nextToken }, task) {
      if (call.ids.length === 0) return;
      const listing =
        call.token === undefined
          ? { tags: new Map(call.ids.map((id) => [id, new Map<string, string>()])) }
          : task.listings.get(`${call.ids.join()} ${call.token}`);
      if (listing === undefined) return;
      for (const { id, tags } of rows) for (const [key, value] of tags) listing.tags.get(id)?.set(key, value);
      if (nextToken !== undefined) {
        // A page that follows itself makes the read fail.
        if (nextToken === call.token) for (const id of call.ids) task.failedReads.add(placeOf({ ...call, id }));
        else task.listings.set(`${call.ids.join()} ${nextToken}`, listing);
        return;
      }
      for (const [id, tags] of listing.tags) {
        const place = placeOf({ ...call, id });
        task.readings.set(place, [...(task.readings.get(place) ?? []), tags]);
      }
    },
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
  return ({ action, account, region }: AuditCall, share: number, invocation: number): void => {
    if (scenario.mishaps.clockJump > 0) return;
    // What has no region is served in AWS's home region, under the same quota.
    const quota = `${action}/${account}/${region === "us-east-1" ? "global" : region}`;
    const now = scheduler.now();
    const times = (sent.get(quota) ?? []).filter(({ at }) => now - at < WINDOW_MS);
    times.push({ at: now, invocation });
    sent.set(quota, times);
    const beginnings = Math.max(BEGINNINGS, new Set(times.map((one) => one.invocation)).size);
    if (times.length <= (share * WINDOW_MS) / 1_000 + beginnings) return;
    violate("rate", `${times.length} calls of ${quota} in a minute, with a share of ${share} a second`);
  };
}

/** Of each process. */
function budgetOf({ action, type, account, region }: AuditCall, { scenario }: AuditSimulation) {
  const contract = findContract(allContracts, type);
  const inventory = contract?.inventory[type];
  const api = inventory?.action === action ? inventory : contract?.list;
  const config = scenario.accounts.find((one) => one.account === account);
  const share = config?.callsPerSecond?.read ?? (api?.callsPerSecond ?? 0) / 2;
  return { bucket: `${action}/${account}/${api?.per === "account" ? api.per : region}`, share };
}
