import type { ProviderName } from "../../lib/core/resource.ts";
import { createAlibabaService } from "./alibaba/service.ts";
import { createAwsService } from "./aws/service.ts";
import type { Cloud } from "./cloud.ts";
import { createHuaweiService } from "./huawei/service.ts";
import { listen, type HttpService, type RunningServer } from "./http-server.ts";

const SERVICES: Readonly<Record<ProviderName, (cloud: Cloud, region: string) => HttpService>> = {
  alibaba: createAlibabaService,
  huawei: createHuaweiService,
  aws: createAwsService,
};

/** The servers of the emulated clouds: one port per cloud and region. */
export interface Endpoints {
  /** Starts the region's server unless it runs. */
  open(provider: ProviderName, region: string): Promise<void>;
  has(provider: ProviderName, region: string): boolean;
  /** URL by region, in the order in which they were opened. */
  urls(provider: ProviderName): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export function createEndpoints(cloud: Cloud): Endpoints {
  const servers = new Map<string, { provider: ProviderName; region: string; server: Promise<RunningServer> }>();
  const urls = new Map<string, string>();
  return {
    async open(provider, region) {
      const key = `${provider}\n${region}`;
      let entry = servers.get(key);
      if (entry === undefined) {
        entry = { provider, region, server: listen(SERVICES[provider](cloud, region)) };
        servers.set(key, entry);
      }
      urls.set(key, (await entry.server).url);
    },
    has: (provider, region) => urls.has(`${provider}\n${region}`),
    urls: (provider) =>
      Object.fromEntries(
        [...servers]
          .filter(([, entry]) => entry.provider === provider)
          .map(([key, { region }]) => [region, urls.get(key) ?? ""]),
      ),
    async close() {
      await Promise.all([...servers.values()].map(async ({ server }) => (await server).close()));
    },
  };
}
