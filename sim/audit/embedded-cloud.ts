import type { ProviderName } from "../../lib/core/resource.ts";
import type { HttpRequest, HttpResponse } from "../../lib/providers/http.ts";
import type { ResourceCenterState } from "../../local/emulator/alibaba/resource-center/state.ts";
import { createAlibabaService } from "../../local/emulator/alibaba/service.ts";
import { createAwsService } from "../../local/emulator/aws/service.ts";
import { CLOCK_SKEW_MS, type Cloud } from "../../local/emulator/cloud.ts";
import { createActiveFaults } from "../../local/emulator/faults.ts";
import { createGate } from "../../local/emulator/gate.ts";
import type { HttpService } from "../../local/emulator/http-server.ts";
import { createHuaweiService } from "../../local/emulator/huawei/service.ts";
import { createIdentityIssuer } from "../../local/emulator/identity-issuer.ts";
import { createKeyring } from "../../local/emulator/keyring.ts";
import { createNonceMemory } from "../../local/emulator/nonce-memory.ts";
import { createPageTokens } from "../../local/emulator/page-tokens.ts";
import type { Spell } from "./scenario.ts";
import type { AuditSimulation } from "./simulation.ts";

const SERVICES = { alibaba: createAlibabaService, huawei: createHuaweiService, aws: createAwsService } as const;
/** Page tokens are the same for the same schedule. */
const TOKEN_SECRET = Buffer.from("the simulation's");

/** Answers a request of this cloud and region as the emulator does, signature and all, without a network. */
export type EmbeddedCloud = (provider: ProviderName, request: HttpRequest) => HttpResponse;

/** Resource Center as it stands at the moment of each call. */
function resourceCenterOf({ generic }: AuditSimulation["scenario"], now: () => number): ResourceCenterState {
  const isOn = ({ from, until }: Spell) => now() >= from && now() < until;
  return {
    get offIn() {
      return generic.off.filter(isOn).map(({ account }) => account);
    },
    get sees() {
      return Object.fromEntries(generic.narrow.filter(isOn).map(({ account, sees }) => [account, sees]));
    },
    countsWhatIsSeen: generic.countsWhatIsSeen,
  };
}

export function openEmbeddedCloud({ clouds, scheduler, scenario }: AuditSimulation): EmbeddedCloud {
  const { now } = scheduler;
  const keyring = createKeyring();
  for (const { provider, account } of scenario.accounts) keyring.add(provider, account);
  const cloud: Cloud = {
    world: clouds.world,
    keyring,
    gate: createGate(createActiveFaults([]), undefined, false),
    tokens: createPageTokens(now, TOKEN_SECRET),
    nonces: createNonceMemory(2 * CLOCK_SKEW_MS, now),
    issuer: createIdentityIssuer(now),
    count: () => undefined,
    now,
    paginationTokenMs: scenario.tokenMs,
    mostRows: scenario.generic.mostRows,
    arnsAsSent: scenario.generic.arnsAsSent,
    resourceCenter: resourceCenterOf(scenario, now),
  };
  const services = new Map<string, HttpService>();
  return (provider, request) => {
    const key = `${provider} ${request.region}`;
    const service = services.get(key) ?? SERVICES[provider](cloud, request.region);
    services.set(key, service);
    const [path = "/", query = ""] = request.path.split("?", 2);
    const { method } = request;
    const headers = { ...request.headers, host: request.origin.host };
    const reply = service.handle({ method, path, query, headers, body: Buffer.from(request.body) });
    if (reply instanceof Promise) throw new Error("the emulated tagging APIs answer at once");
    const body = typeof reply.body === "string" ? reply.body : [...reply.body].join("");
    return { status: reply.status, headers: reply.headers, body };
  };
}
