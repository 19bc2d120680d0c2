import type { HttpRequest, HttpResponse } from "../lib/providers/http.ts";
import { createAlibabaService } from "../local/emulator/alibaba/service.ts";
import { createAwsService } from "../local/emulator/aws/service.ts";
import { CLOCK_SKEW_MS, type Cloud } from "../local/emulator/cloud.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";
import { createActiveFaults } from "../local/emulator/faults.ts";
import { createGate } from "../local/emulator/gate.ts";
import type { HttpService } from "../local/emulator/http-server.ts";
import { createHuaweiService } from "../local/emulator/huawei/service.ts";
import { createIdentityIssuer } from "../local/emulator/identity-issuer.ts";
import { createKeyring } from "../local/emulator/keyring.ts";
import { createNonceMemory } from "../local/emulator/nonce-memory.ts";
import { createPageTokens } from "../local/emulator/page-tokens.ts";
import { createWorld } from "../local/emulator/world.ts";
import { estateAccounts } from "./audit-estate.ts";

/** Ports that nobody listens on: requests to them never leave the process. */
const ORIGINS = {
  alibaba: "http://127.0.0.1:1",
  huawei: "http://127.0.0.1:2",
  aws: "http://127.0.0.1:3",
} as const;

/** The emulated clouds without a network: requests are handed to them, signed and checked as ever. */
export function cloudInProcess(resources: Iterable<EmulatedResource>) {
  const now = Date.now;
  const keyring = createKeyring();
  const keys = {
    alibaba: keyring.add("alibaba", "111122223333"),
    huawei: keyring.add("huawei", "d0001"),
    aws: keyring.add("aws", "444455556666"),
  };
  const world = createWorld(now);
  world.begin(resources);
  const cloud: Cloud = {
    world,
    keyring,
    gate: createGate(createActiveFaults([]), undefined, false),
    tokens: createPageTokens(now),
    nonces: createNonceMemory(2 * CLOCK_SKEW_MS, now),
    issuer: createIdentityIssuer(now),
    count: () => undefined,
    now,
    paginationTokenMs: 15 * 60_000,
  };
  const services = new Map<string, HttpService>([
    [new URL(ORIGINS.alibaba).host, createAlibabaService(cloud, "cn-hangzhou")],
    [new URL(ORIGINS.huawei).host, createHuaweiService(cloud, "cn-north-4")],
    [new URL(ORIGINS.aws).host, createAwsService(cloud, "us-east-1")],
  ]);
  return {
    world,
    accounts: estateAccounts((provider) => ORIGINS[provider], {
      alibaba: { accessKeyId: keys.alibaba.keyId, accessKeySecret: keys.alibaba.secret },
      huawei: { accessKey: keys.huawei.keyId, secretKey: keys.huawei.secret },
      aws: { accessKeyId: keys.aws.keyId, secretAccessKey: keys.aws.secret },
      projectId: keyring.projectsOf("d0001", "cn-north-4")[0] ?? "",
    }),
    /** Answers at once, so that whoever measures knows when it began and ended. */
    serve(request: HttpRequest): HttpResponse {
      const service = services.get(request.origin.host);
      if (service === undefined) throw new Error(`nobody serves ${request.origin.host}`);
      const [path = "/", query = ""] = request.path.split("?", 2);
      const headers = { ...request.headers, host: request.origin.host };
      const { method } = request;
      const reply = service.handle({ method, path, query, headers, body: Buffer.from(request.body) });
      if (reply instanceof Promise) throw new Error("the emulated tagging APIs answer at once");
      const body = typeof reply.body === "string" ? reply.body : [...reply.body].join("");
      return { status: reply.status, headers: reply.headers, body };
    },
  };
}
