import type { TagPage, TagProvider } from "../../lib/app/ports/provider.ts";
import type { AccountConfig } from "../../lib/core/config/config.ts";
import { readerOf } from "../../lib/core/contract.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import type { HttpRequest, HttpResponse } from "../../lib/providers/http.ts";
import { genericContract } from "../../lib/providers/alibaba/generic/contract.ts";
import { createProvider } from "../../lib/providers/index.ts";
import { errorOfFault, lostAnswer } from "../answers.ts";
import { GENERIC } from "../generic-types.ts";
import { activeFault, type CloudFaultKind } from "../cloud-fault.ts";
import type { AuditCall } from "./audit-call.ts";
import type { CallChecks } from "./check-calls.ts";
import type { EmbeddedCloud } from "./embedded-cloud.ts";
import { hiccupOf } from "../hiccup.ts";
import { repeatToken } from "./repeat-token.ts";
import type { AuditSimulation } from "./simulation.ts";
import type { AuditContainer, AuditTask } from "./task.ts";

interface Deps {
  readonly simulation: AuditSimulation;
  readonly cloud: EmbeddedCloud;
  readonly checks: CallChecks;
}

const REFUSING = ["access", "throttle", "outage", "unheard", "html", "error-in-200"] as const;

/** The real client of an account, on a network on which everything goes wrong that can. */
export function connect(account: AccountConfig, container: AuditContainer, deps: Deps): TagProvider {
  const { simulation, checks } = deps;
  const { callMs } = simulation.scenario.time;
  const clientFor = (call: AuditCall, onAnswer: (body: string) => void): TagProvider =>
    createProvider(account, {
      credential: async (literal) => keyOf(literal, simulation),
      clock: container.clock,
      timeoutMs: callMs,
      async send(request) {
        const response = await transmit(call, request, { account, container, deps });
        onAnswer(response.body);
        return response;
      },
    });
  const plain = createProvider(account, { credential: async (literal) => literal, clock: container.clock });
  const tell = async <Page>(
    call: AuditCall,
    ask: (client: TagProvider) => Promise<Page>,
    take: (page: Page, told: { readonly task: AuditTask; readonly body: string }) => void = () => undefined,
  ): Promise<Page> => {
    const { task } = container;
    if (task === undefined) throw new Error("a call without a task");
    checks.sent(call, container);
    let body = "";
    const client = clientFor(call, (answer) => {
      body = answer;
    });
    try {
      const page = await ask(client);
      take(page, { task, body });
      return page;
    } catch (error) {
      if (error instanceof ProviderError) checks.failed(call, error, task);
      throw error;
    }
  };
  const nothingElse = () => Promise.reject(new Error("an audit makes no other call"));
  return {
    provider: account.provider,
    account: account.account,
    regions: account.regions,
    contracts: plain.contracts,
    contractFor: (type) => plain.contractFor(type),
    async listTagResources(query, token): Promise<TagPage> {
      const { type, region, ids = [] } = query;
      const contract = plain.contractFor(type);
      const list = contract && readerOf({ type }, contract).list;
      const api = query.ids === undefined && list?.scan === false ? (list.fullListing ?? list) : list;
      const action = api?.action ?? type;
      const call: AuditCall = { kind: "read", action, type, account: account.account, region, ids, token };
      const ask = (client: TagProvider) => client.listTagResources(query, token);
      return tell(call, ask, (page, told) => checks.shown(call, page, told));
    },
    async listInventory(region, type, token) {
      const action = plain.contractFor(type)?.inventory[type]?.action ?? type;
      const call: AuditCall = { kind: "read", action, type, account: account.account, region, ids: [], token };
      const ask = (client: TagProvider) => client.listInventory(region, type, token);
      return tell(call, ask, (page, told) => checks.listed(call, page, told));
    },
    ...(plain.countInventory !== undefined && {
      async countInventory(region, type, by) {
        const action = plain.contractFor(type)?.inventory[type]?.counting?.action ?? type;
        const call: AuditCall = {
          kind: "read",
          action,
          type,
          account: account.account,
          region,
          ids: [],
          token: undefined,
        };
        const ask = async (client: TagProvider) =>
          (await client.countInventory?.(region, type, by)) ?? new Map<string, number>();
        return tell(call, ask, (_, { task }) => checks.counted(task));
      },
    }),
    ...(plain.listTypes !== undefined && {
      async listTypes(region, token) {
        const action = genericContract.typeListing?.action ?? "";
        const call: AuditCall = {
          kind: "read",
          action,
          type: GENERIC,
          account: account.account,
          region,
          ids: [],
          token,
        };
        return tell(call, async (client) => (await client.listTypes?.(region, token)) ?? { types: [] });
      },
    }),
    ...(plain.leavesTypes === true && { leavesTypes: true }),
    tagResources: nothingElse,
    untagResources: nothingElse,
  };
}

interface Sending {
  readonly account: AccountConfig;
  readonly container: AuditContainer;
  readonly deps: Deps;
}

/** A request arrives after a while, and its answer comes after another while, or never. */
function transmit(call: AuditCall, request: HttpRequest, { account, container, deps }: Sending): Promise<HttpResponse> {
  const { simulation } = deps;
  const { scheduler, dice, scenario } = simulation;
  return container.wait<HttpResponse>(({ resolve, reject }) => {
    const slow = active(call, simulation, "slow")?.ms ?? 0;
    const isSlowThere = dice.chance(0.5);
    const there = dice.between(3, 60) + (isSlowThere ? slow : 0);
    const back = dice.between(3, 60) + (isSlowThere ? 0 : slow);
    const { callMs } = scenario.time;
    scheduler.after(there, () => {
      const answer = arrive(call, () => serve(call, request, account, deps), simulation);
      scheduler.after(back, () => {
        if (answer === "lost") reject(lostAnswer("ConnectionLost", call));
        else if (answer instanceof ProviderError) reject(answer);
        else resolve(answer);
      });
    });
    if (slow > 0) scheduler.after(callMs, () => reject(lostAnswer("Timeout", call)));
  });
}

function arrive(
  call: AuditCall,
  perform: () => HttpResponse,
  simulation: AuditSimulation,
): HttpResponse | ProviderError | "lost" {
  const { dice, scheduler, trace } = simulation;
  for (const kind of REFUSING) {
    const fault = active(call, simulation, kind);
    if (fault === undefined) continue;
    trace?.note("cloud", "refuses", call.type, kind);
    return errorOfFault(fault, call, dice, scheduler.now());
  }
  const refused = ownToken(call) === undefined ? undefined : active(call, simulation, "refused-token");
  if (refused !== undefined && !isNumbered(call)) return errorOfFault(refused, call, dice, scheduler.now());
  return active(call, simulation, "lost") === undefined ? perform() : "lost";
}

/** The cloud's own token: a read whose names take several calls has their number in front of it. */
function ownToken({ token }: AuditCall): string | undefined {
  const own = token?.replace(/^[0-9]+ /, "");
  return own === "" ? undefined : own;
}

/** Listings by page number have no token that could be refused or repeated. */
function isNumbered({ action }: AuditCall): boolean {
  return /:Describe|:ListInstancesV2$/.test(action);
}

/** Without its right this listing is no error: it is an empty page. */
function isEmptyWithoutARight({ action }: AuditCall): boolean {
  return action === "huawei:apig:ListInstancesV2";
}

/** A key, unless whoever hands them out has a hiccup. */
function keyOf(literal: string, { scenario, scheduler, dice }: AuditSimulation): string {
  if (hiccupOf("credentials", { scenario, now: scheduler.now(), dice }) === undefined) return literal;
  throw new Error("the service that hands out keys is down");
}

function serve(call: AuditCall, request: HttpRequest, { provider }: AccountConfig, deps: Deps): HttpResponse {
  const { simulation, cloud, checks } = deps;
  const { clouds, scenario } = simulation;
  const lagMs = active(call, simulation, "lag")?.ms ?? 0;
  const seen = scenario.resources.filter(({ ref }) => ref.account === call.account);
  if (isEmptyWithoutARight(call) && active(call, simulation, "narrow-role") !== undefined) {
    simulation.trace?.note("cloud", "shows nothing", call.type, "");
    return { status: 200, headers: {}, body: JSON.stringify({ total: 0, size: 0, instances: [] }) };
  }
  const response = clouds.lagging(seen, lagMs, () => cloud(provider, request));
  checks.served(call);
  const token = isNumbered(call) ? undefined : ownToken(call);
  return token !== undefined && active(call, simulation, "repeated-token") !== undefined
    ? repeatToken(response, token)
    : response;
}

function active(call: AuditCall, { scenario: { faults }, scheduler, dice }: AuditSimulation, kind: CloudFaultKind) {
  return activeFault(kind, call, { faults, now: scheduler.now(), dice });
}
