import type { TagProvider } from "../../lib/app/ports/provider.ts";
import type { AccountConfig } from "../../lib/core/config/config.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import { optsIn } from "../../lib/core/asked-types.ts";
import { findContract, readerOf } from "../../lib/core/contract.ts";
import type { AlibabaClient } from "../../lib/providers/alibaba/client.ts";
import { genericContract } from "../../lib/providers/alibaba/generic/contract.ts";
import { genericRow, type GenericCalls } from "../../lib/providers/alibaba/generic/row.ts";
import { failureOf } from "../../lib/providers/aws/errors.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { CloudError } from "../../local/emulator/cloud-error.ts";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { errorOfEntry, errorOfFault, errorOfRefusal, lostAnswer, poisonOf } from "../answers.ts";
import { activeFault, type CloudFault } from "../cloud-fault.ts";
import { GENERIC } from "../generic-types.ts";
import { placeOf } from "../place.ts";
import type { CallChecks } from "./check-calls.ts";
import { CALL_TIMEOUT_MS, type EnforceContainer } from "./invocation.ts";
import type { Keys } from "./keys.ts";
import type { SimResource } from "./scenario.ts";
import type { SentCall } from "./sent-call.ts";
import { readWire, untold, withFailures, withRows } from "./serve-generic.ts";
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
  const own = allContracts.filter(({ types }) => types[0]?.startsWith(`${account.provider}:`));
  const contracts = own.filter((contract) => optsIn(account, contract, own));
  const request = (
    of: Pick<SimRequest, "kind" | "type" | "region" | "ids" | "tags" | "token" | "wire">,
  ): SimRequest => {
    const contract = findContract(contracts, of.type);
    if (contract === undefined) throw new Error(`no contract for ${of.type}`);
    const api = of.kind === "write" ? contract.tag : readerOf(of, contract).list;
    return { ...of, contract, api, action: api.action, account: account.account };
  };
  const nothingElse = () => Promise.reject(new Error("enforcing needs no other call"));
  const generic = contracts.includes(genericContract) ? genericCalls(account, request, { container, deps }) : undefined;
  const generically = (type: string) => (findContract(contracts, type) === genericContract ? generic : undefined);
  return {
    provider: account.provider,
    account: account.account,
    regions: account.regions,
    contracts,
    contractFor: (type) => findContract(contracts, type),
    ...(account.provider === "alibaba" && generic === undefined && { leavesTypes: true }),
    async listTagResources(query, token, options) {
      const { type, region, ids = [] } = query;
      const others = generically(type);
      if (others !== undefined) return others.listTagResources(query, token, options);
      const sent = request({ kind: "read", type, region, ids, tags: new Map(), token });
      const { rows, rowCount, nextToken } = await transmit(sent, container, deps);
      return { rows, rowCount, ...(nextToken !== undefined && { nextToken }) };
    },
    async tagResources(batch, options) {
      const { type, region, resourceIds, tags } = batch;
      const others = generically(type);
      if (others !== undefined) return others.tagResources(batch, options);
      const sent = request({ kind: "write", type, region, ids: resourceIds, tags, token: undefined });
      const { failures } = await transmit(sent, container, deps);
      const failed = new Map(Object.entries(failures));
      return { requestId: "sim", succeeded: resourceIds.filter((id) => !failed.has(id)), failed };
    },
    untagResources: nothingElse,
    listInventory: nothingElse,
  };
}

/** The real row of everything else that Alibaba Cloud can tag: it builds its calls and reads their answers itself. */
function genericCalls(
  account: AccountConfig,
  request: (of: Pick<SimRequest, "kind" | "type" | "region" | "ids" | "tags" | "token" | "wire">) => SimRequest,
  { container, deps }: { readonly container: EnforceContainer; readonly deps: Deps },
): GenericCalls | undefined {
  if (account.provider !== "alibaba") return undefined;
  const client: AlibabaClient = async ({ action, region, parameters, write }) => {
    const wire = { action, parameters };
    const kind = write ? "write" : "read";
    const sent = request({ kind, type: GENERIC, region, ...readWire(wire), wire });
    const { body } = await transmit(sent, container, deps);
    return { ...body, RequestId: "sim" };
  };
  return genericRow.calls(client, account);
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

/** Whether a cloud may tell of trouble resource by resource. */
function isPerResource({ kind }: CloudFault, request: SimRequest): boolean {
  if (!tellsEach(request) || request.kind !== "write") return false;
  return kind === "conflict" || kind === "throttle" || (kind === "outage" && request.type === GENERIC);
}

const tellsEach = ({ contract }: SimRequest): boolean => contract.tag.atomicity === "per-resource";

/** Lets the emulator answer. `spoiling` fails some of the resources of a call, where its cloud tells of each. */
function perform(
  call: SentCall,
  { simulation, cloud, checks }: Deps,
  spoiling?: CloudFault,
): SimAnswer | ProviderError {
  const { request } = call;
  const { clouds, scheduler, dice } = simulation;
  const known = request.ids.flatMap((id) => simulation.byPlace.get(placeOf({ ...request, id })) ?? []);
  try {
    if (request.kind === "read") return show(call, known, { simulation, cloud, checks });
    const failures = tellsEach(request) ? failuresOf(request, known, { spoiling, dice }) : {};
    const poisoned = known.find(({ poison }) => poison !== undefined);
    if (!tellsEach(request) && poisoned !== undefined && known.every((one) => clouds.visible(one) !== undefined)) {
      throw poisonError(request.type, poisoned);
    }
    // What is said to have failed without an answer may have been done.
    const isDone = (id: string) => failures[id] === undefined || (failures[id].ambiguous && dice.chance(0.5));
    const ids = request.ids.filter(isDone);
    const before = known.map((one) => clouds.visible(one)?.tags);
    const answer = ids.length === 0 ? undefined : serve(cloud, { ...request, ids }, serving(simulation));
    const untouched = [...request.ids.filter((id) => !ids.includes(id)), ...Object.keys(answer?.failures ?? {})];
    checks.landed(call, { resources: known, before, untouched: new Set(untouched) });
    const all = { ...answer?.failures, ...failures };
    const nothing = { rows: [], rowCount: 0, nextToken: undefined, failures: all };
    if (request.type !== GENERIC) return nothing;
    const spelling = dice.pick(["own", "own", "other", "stranger"] as const);
    const body = withFailures(answer?.body, all, spelling);
    return spelling === "stranger" ? { ...nothing, body, failures: untold(request.ids, all) } : { ...nothing, body };
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
  const answer = clouds.lagging(known, lagMs, () =>
    serve(cloud, request, { ...serving(simulation), namesOffender: false }),
  );
  checks.served(call, lagMs);
  const repeats = answer.nextToken !== undefined && active(request, simulation, "repeated-token") !== undefined;
  const isOdd = active(request, simulation, "unasked-row") !== undefined;
  const odd = isOdd ? answer.rows[dice.int(0, answer.rows.length - 1)]?.id : undefined;
  const nextToken = repeats && request.token !== undefined ? request.token : answer.nextToken;
  return request.type === GENERIC ? withRows(answer, odd, nextToken) : { ...withOddName(answer, odd), nextToken };
}

const serving = ({ scenario }: Simulation) => ({
  namesOffender: scenario.errorsNameResource,
  rowsPerPage: scenario.generic.rowsPerPage,
});

/** One of its resources has another name than was asked for, e.g. as the service stores it. */
function withOddName(answer: SimAnswer, odd: string | undefined): SimAnswer {
  return { ...answer, rows: answer.rows.map((row) => (row.id === odd ? { ...row, id: row.id.toUpperCase() } : row)) };
}

function poisonError(type: string, { poison, ref: { id } }: SimResource): CloudError {
  const { httpStatus, code, message } = poisonOf(type, { poison, id });
  return new CloudError(httpStatus, code, message);
}

function failuresOf(
  { type, ids, account, region }: SimRequest,
  known: readonly SimResource[],
  { spoiling, dice }: { readonly spoiling: CloudFault | undefined; readonly dice: Simulation["dice"] },
): Record<string, ProviderError> {
  const failures: Record<string, ProviderError> = {};
  const busy = dice.pick(BUSY[type === GENERIC ? "alibaba" : "aws"]);
  const limited = type === GENERIC ? "Throttling.User" : "EC2ThrottledException";
  const trouble = spoiling?.kind === "conflict" ? busy : spoiling?.kind === "outage" ? "ServiceUnavailable" : limited;
  for (const { place, poison, ref } of known) {
    const name = ids.find((id) => placeOf({ type, account, region, id }) === place) ?? ref.id;
    const fail = (status: number, code: string, message: string) => {
      failures[name] =
        type === GENERIC
          ? errorOfEntry(name, { Code: code, Message: message })
          : failureOf(name, { StatusCode: status, ErrorCode: code, ErrorMessage: message }, "sim");
    };
    if (poison !== undefined) {
      const refusal = poisonOf(type, { poison, id: ref.id });
      fail(400, refusal.code, refusal.message);
    } else if (spoiling !== undefined && dice.chance(0.5)) fail(409, trouble, "Try again later.");
  }
  return failures;
}

/** What is said of a resource that somebody else is changing, one by one. */
const BUSY = {
  aws: ["ConcurrentModificationException", "InvalidDBInstanceState", "ResourceInUseException"],
  alibaba: ["OperationConflict", "LastTokenProcessing", "TaskConflict", "IncorrectInstanceStatus"],
} as const;

/** The fault of this kind that hits this call, where one does. */
function active(
  request: SimRequest,
  { scenario: { faults }, scheduler, dice }: Simulation,
  kind: CloudFault["kind"],
): CloudFault | undefined {
  return activeFault(kind, request, { faults, now: scheduler.now(), dice });
}
