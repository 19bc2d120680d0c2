import type { TagProvider } from "../../lib/app/ports/provider.ts";
import type { AccountConfig } from "../../lib/core/config/config.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import { failureOf } from "../../lib/providers/aws/errors.ts";
import { findContract, readerOf } from "../../lib/core/contract.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { CloudError } from "../../local/emulator/cloud-error.ts";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { errorOfFault, errorOfRefusal, lostAnswer, poisonOf } from "../answers.ts";
import { activeFault, type CloudFault } from "../cloud-fault.ts";
import { placeOf } from "../place.ts";
import type { CallChecks } from "./check-calls.ts";
import { CALL_TIMEOUT_MS, type EnforceContainer } from "./invocation.ts";
import type { Keys } from "./keys.ts";
import type { SimResource } from "./scenario.ts";
import type { SentCall } from "./sent-call.ts";
import { serve } from "./serve.ts";
import type { SimAnswer, SimRequest } from "./sim-request.ts";
import type { Simulation } from "./simulation.ts";

interface Deps {
  readonly simulation: Simulation;
  readonly cloud: Cloud;
  readonly checks: CallChecks;
  readonly keys: Keys;
}

/** The clouds as one container sees them: over a network, with everything that can go wrong on it. */
export function connect(account: AccountConfig, container: EnforceContainer, deps: Deps): TagProvider {
  const contracts = allContracts.filter(({ types }) => types[0]?.startsWith(`${account.provider}:`));
  const request = (of: Pick<SimRequest, "kind" | "type" | "region" | "ids" | "tags" | "token">): SimRequest => {
    const contract = findContract(contracts, of.type);
    if (contract === undefined) throw new Error(`no contract for ${of.type}`);
    const api = of.kind === "write" ? contract.tag : readerOf(of, contract).list;
    return { ...of, contract, api, action: api.action, account: account.account };
  };
  const nothingElse = () => Promise.reject(new Error("enforcing needs no other call"));
  return {
    provider: account.provider,
    account: account.account,
    regions: account.regions,
    contracts,
    contractFor: (type) => findContract(contracts, type),
    async listTagResources({ type, region, ids = [] }, token) {
      const sent = request({ kind: "read", type, region, ids, tags: new Map(), token });
      const { rows, rowCount, nextToken } = await transmit(sent, container, deps);
      return { rows, rowCount, ...(nextToken !== undefined && { nextToken }) };
    },
    async tagResources({ type, region, resourceIds, tags }) {
      const sent = request({ kind: "write", type, region, ids: resourceIds, tags, token: undefined });
      const { failures } = await transmit(sent, container, deps);
      const failed = new Map(
        Object.entries(failures).map(([id, failure]) => [id, failureOf(id, { ...failure }, "sim")]),
      );
      return { requestId: "sim", succeeded: resourceIds.filter((id) => !failed.has(id)), failed };
    },
    untagResources: nothingElse,
    listInventory: nothingElse,
  };
}

/** Sends a call: it arrives after a while, takes effect or not, and its answer comes after another while, or never. */
function transmit(request: SimRequest, container: EnforceContainer, deps: Deps): Promise<SimAnswer> {
  const { scheduler, dice } = deps.simulation;
  const { task: invocation } = container;
  if (invocation === undefined) return Promise.reject(new Error("a call without an invocation"));
  const call: SentCall = { request, invocation, container };
  deps.checks.sent(call);
  return container.wait<SimAnswer>(({ resolve, reject }) => {
    let isAnswered = false;
    const answer = (result: SimAnswer | ProviderError) => {
      if (isAnswered) return;
      isAnswered = true;
      if (invocation.over) return;
      deps.checks.answered(call, result);
      if (result instanceof ProviderError) reject(result);
      else resolve(result);
    };
    const key = deps.keys.need(request.account);
    if (key.error !== undefined) {
      const { error } = key;
      scheduler.after(key.ms, () => answer(error));
      return;
    }
    const slow = active(request, deps.simulation, "slow")?.ms ?? active(request, deps.simulation, "slow-read")?.ms ?? 0;
    const isSlowThere = dice.chance(0.5);
    const there = key.ms + dice.between(3, 30) + (isSlowThere ? slow : 0);
    const back = dice.between(3, 30) + (isSlowThere ? 0 : slow);
    scheduler.after(there, () => {
      const result = arrive(call, deps);
      if (result !== "lost") scheduler.after(back, () => answer(result));
      else scheduler.after(back, () => answer(lostAnswer("ConnectionLost", request)));
    });
    if (slow > 0) scheduler.after(CALL_TIMEOUT_MS, () => answer(lostAnswer("Timeout", request)));
  });
}

const REFUSING = ["access", "throttle", "outage", "conflict", "unheard", "html", "error-in-200"] as const;

/** What the cloud does with a call that has arrived. */
function arrive(call: SentCall, deps: Deps): SimAnswer | ProviderError | "lost" {
  const { request } = call;
  const { simulation } = deps;
  const { dice, scheduler } = simulation;
  for (const kind of REFUSING) {
    const fault = active(request, simulation, kind);
    if (fault === undefined || (kind === "conflict" && request.kind === "read")) continue;
    if (isPerResource(fault, request) && dice.chance(0.6)) return perform(call, deps, fault);
    const error = errorOfFault(fault, request, dice, scheduler.now());
    if (error.ambiguous && dice.chance(0.5)) perform(call, deps);
    return error;
  }
  if (active(request, simulation, "lost") !== undefined) {
    if (dice.chance(0.6)) perform(call, deps);
    return "lost";
  }
  return perform(call, deps);
}

/** Only AWS tells of trouble resource by resource. */
function isPerResource({ kind }: CloudFault, request: SimRequest): boolean {
  return (kind === "conflict" || kind === "throttle") && request.type.startsWith("aws:") && request.kind === "write";
}

/** Lets the emulator answer. `spoiling` fails some of the resources of an AWS call. */
function perform(
  call: SentCall,
  { simulation, cloud, checks }: Deps,
  spoiling?: CloudFault,
): SimAnswer | ProviderError {
  const { request } = call;
  const { clouds, scheduler, scenario, dice } = simulation;
  const known = request.ids.flatMap((id) => simulation.byPlace.get(placeOf({ ...request, id })) ?? []);
  try {
    if (request.kind === "read") return show(call, known, { simulation, cloud, checks });
    const isAws = request.type.startsWith("aws:");
    const failures = isAws ? failuresOf(request, known, { spoiling, dice }) : {};
    const poisoned = known.find(({ poison }) => poison !== undefined);
    if (!isAws && poisoned !== undefined && known.every((one) => clouds.visible(one) !== undefined)) {
      throw poisonError(request.type, poisoned);
    }
    const ids = request.ids.filter((id) => failures[id] === undefined);
    const before = known.map((one) => clouds.visible(one)?.tags);
    const answer = ids.length === 0 ? undefined : serve(cloud, { ...request, ids }, scenario.errorsNameResource);
    const all = { ...answer?.failures, ...failures };
    checks.landed(call, { resources: known, before, failed: new Set(Object.keys(all)) });
    return { rows: [], rowCount: 0, nextToken: undefined, failures: all };
  } catch (error) {
    if (error instanceof ProviderError) {
      checks.refused(call, error);
      return error;
    }
    if (!(error instanceof CloudError)) throw error;
    checks.refused(call, error);
    return errorOfRefusal(error, request, scheduler.now());
  }
}

/** Lets the emulator answer a read. Throws CloudError, or what the client makes of it. */
function show(
  call: SentCall,
  known: readonly SimResource[],
  { simulation, cloud, checks }: Pick<Deps, "simulation" | "cloud" | "checks">,
): SimAnswer {
  const { request } = call;
  const { clouds, dice } = simulation;
  const unreadable = known.find(({ poison }) => poison === "unreadable");
  if (unreadable !== undefined) throw poisonError(request.type, unreadable);
  const lagMs = active(request, simulation, "lag")?.ms ?? 0;
  const answer = clouds.lagging(known, lagMs, () => serve(cloud, request, false));
  checks.served(call, lagMs);
  const repeats = answer.nextToken !== undefined && active(request, simulation, "repeated-token") !== undefined;
  const shown = active(request, simulation, "unasked-row") === undefined ? answer : withOddName(answer, dice);
  return repeats && request.token !== undefined ? { ...shown, nextToken: request.token } : shown;
}

/** One of its resources has another name than was asked for, e.g. as the service stores it. */
function withOddName(answer: SimAnswer, dice: Simulation["dice"]): SimAnswer {
  const odd = answer.rows[dice.int(0, answer.rows.length - 1)]?.id;
  return { ...answer, rows: answer.rows.map((row) => (row.id === odd ? { ...row, id: row.id.toUpperCase() } : row)) };
}

function poisonError(type: string, { poison, ref: { id } }: SimResource): CloudError {
  const { httpStatus, code, message } = poisonOf(type, { poison, id });
  return new CloudError(httpStatus, code, message);
}

function failuresOf(
  { type }: SimRequest,
  known: readonly SimResource[],
  { spoiling, dice }: { readonly spoiling: CloudFault | undefined; readonly dice: Simulation["dice"] },
): Record<string, object> {
  const failures: Record<string, object> = {};
  const busy = dice.pick(["ConcurrentModificationException", "InvalidDBInstanceState", "ResourceInUseException"]);
  const trouble = spoiling?.kind === "conflict" ? busy : "EC2ThrottledException";
  for (const { ref, poison } of known) {
    if (poison !== undefined) {
      const refusal = poisonOf(type, { poison, id: ref.id });
      failures[ref.id] = { StatusCode: 400, ErrorCode: refusal.code, ErrorMessage: refusal.message };
    } else if (spoiling !== undefined && dice.chance(0.5)) {
      failures[ref.id] = { StatusCode: 409, ErrorCode: trouble, ErrorMessage: "Try again later." };
    }
  }
  return failures;
}

/** The fault of this kind that hits this call, where one does. */
function active(
  request: SimRequest,
  { scenario: { faults }, scheduler, dice }: Simulation,
  kind: CloudFault["kind"],
): CloudFault | undefined {
  return activeFault(kind, request, { faults, now: scheduler.now(), dice });
}
