import { createHash } from "node:crypto";
import { loadPolicies } from "../lib/core/policy/load/load.ts";
import { preparePolicies, type PreparedPolicies } from "../lib/core/policy/prepare.ts";
import { allContracts } from "../lib/providers/index.ts";

/** Few constant tags, one that is derived, one that may be replaced. */
const PLAIN = `
version: 1
requiredTags:
  env: { values: [prod, staging, dev], default: dev }
  cost-center: { pattern: "CC-[0-9]{4}", default: { byAccount: { "111122223333": CC-0001 }, otherwise: CC-0000 }, overwrite: true }
  owner: { default: [{ fromTag: team-lead }, { fromEvent: createdBy }, nobody] }
policies:
  - name: everything
    match: { types: ["alibaba:*", "huawei:*", "aws:*"] }
    require: [env, cost-center, owner]
    mode: enforce
    severity: high
    repair: nightly
`;

/** Policies that overlap, one that only reports, what is exempt and what no policy matches. */
const MIXED = `
version: 1
requiredTags:
  env: { values: [prod, staging, dev], default: dev, adoptNearMiss: true }
  owner: { default: [{ fromTag: team-lead }, { fromEvent: createdBy }] }
  team: { default: platform }
  backup: { values: ["yes", "no"], default: "no" }
policies:
  - name: gateways
    match: { types: ["alibaba:apigateway:*", "huawei:apig:*"], not: { tags: { sandbox: "*" } } }
    require: [env, owner]
    mode: enforce
    severity: high
    repair: nightly
  - name: machines
    match: { types: ["aws:*", "huawei:iam:user", "alibaba:ecs:*", "alibaba:cdn:*"] }
    require: [owner, team]
    mode: enforce
  - name: networks
    match: { types: ["alibaba:vpcipam:*"] }
    require: [env, backup, team]
    mode: enforce
  - name: nice-to-have
    match: { types: ["aws:*", "alibaba:vpcipam:*"] }
    require: [backup]
    mode: report
    repair: nightly
exemptions:
  - match: { ids: ["*7"] }
    tags: [owner]
    reason: shared
    approvedBy: netops@example.com
    expires: "2027-03-31"
`;

/** Eight tags, so that batches overlap in every way. */
const MANY = `
version: 1
requiredTags:
  env: { values: [prod, staging, dev], default: dev, overwrite: true }
  owner: { default: [{ fromEvent: createdBy }, nobody] }
  team: { default: platform }
  backup: { default: "no" }
  cost-center: { default: CC-0000 }
  stage: { default: one }
  region-of: { default: { fromEvent: region } }
  tier: { default: gold }
policies:
  - name: everything
    match: { types: ["alibaba:*", "huawei:*", "aws:*"] }
    require: [env, owner, team, backup, cost-center, stage, region-of, tier]
    mode: enforce
`;

/** Keys whose value may be replaced where it is blank or invalid, by policy set. */
const OVERWRITABLE = [["cost-center"], [], ["env"]] as const;

export interface SimPolicies {
  readonly name: string;
  readonly policies: PreparedPolicies;
  readonly overwritable: ReadonlySet<string>;
}

/** The policy sets of the simulation, loaded and prepared as a function would have them. */
export const policySets: readonly SimPolicies[] = Object.entries({ PLAIN, MIXED, MANY }).map(([name, text], index) => {
  const hash = (content: string) => createHash("sha256").update(content).digest("hex");
  const { compiled } = loadPolicies([{ path: `${name}.yaml`, text }], { contracts: allContracts, hash });
  return { name, policies: preparePolicies(compiled), overwritable: new Set(OVERWRITABLE[index]) };
});
