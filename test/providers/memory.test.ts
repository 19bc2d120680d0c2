import type { ApiCall } from "../../lib/app/ports/provider.ts";
import { ProviderError } from "../../lib/core/errors.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { memoryProvider, type MemoryFaults } from "../../lib/providers/memory.ts";
import type { ContractSubject } from "./contract-subject.ts";
import { providerContract } from "./contract.ts";

/** One type of each row. */
const ROWS = [
  { type: "alibaba:apigateway:apiGroup", createdAs: "alibaba:apigateway:apiGroup", region: "r1" },
  { type: "alibaba:vpcipam:IPAM", createdAs: "alibaba:vpcipam:IPAM", region: "r1" },
  { type: "huawei:iam:user", createdAs: "huawei:iam:user", region: "global" },
  { type: "huawei:apig:instance", createdAs: "huawei:apig:instance", region: "r1" },
  { type: "aws:*:*", createdAs: "aws:ec2:instance", region: "r1" },
];

for (const { type, createdAs, region } of ROWS) {
  providerContract(
    { name: `memory, ${type}`, type, wire: "none", findsKeys: true },
    async (): Promise<ContractSubject> => {
      const error = (code: string, kind: "throttled" | "transient", ambiguous: boolean) =>
        new ProviderError({ code, kind, message: code, httpStatus: 0, requestId: "", ambiguous });
      let upcoming: "throttle" | "drop-response" | "hang" | undefined;
      const take = (fault: typeof upcoming) => {
        if (upcoming !== fault) return false;
        upcoming = undefined;
        return true;
      };
      const faults: MemoryFaults = {
        before() {
          if (take("throttle")) throw error("Throttled", "throttled", false);
        },
        after({ operation }) {
          if (take("drop-response")) throw error("ConnectionLost", "transient", operation === "tagResources");
        },
      };
      const observed: ApiCall[] = [];
      const provider = memoryProvider({
        account: "a1",
        regions: ["r1"],
        contracts: allContracts.filter((contract) => contract.types.includes(type)),
        faults,
        observe: (call) => observed.push(call),
      });
      return {
        provider,
        region,
        id: (n) => `id-${n}`,
        create: (id, tags) => provider.create({ type: createdAs, region, id, ...(tags && { tags }) }),
        tagsOf: (id) => provider.state().find((resource) => resource.id === id)?.tags,
        requests: () => observed.length,
        next: (fault) => (upcoming = fault),
        observed,
        close: async () => {},
      };
    },
  );
}
