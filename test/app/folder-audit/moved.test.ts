import { describe, expect, it } from "vitest";
import { inTurn } from "../../../lib/app/audit/shard-regions.ts";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import type { TagProvider } from "../../../lib/app/ports/provider.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import type { MemoryResource } from "../../../lib/providers/memory.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { AT, auditWorld, compile, written } from "../audit-world.ts";

const DAY = 86_400_000;
const HOME = "us-east-1";
const policies = preparePolicies(
  compile(`
version: 1
requiredTags: { env: {} }
policies: [{ name: all, match: { types: ["aws:*:*"] }, require: [env] }]
`),
);

/** None has the tag that is required; the tagging API lists what carries any. */
function untagged(service: string, place: string, id: string): MemoryResource {
  const arn = `arn:aws:${service}:${place === "global" ? "" : place}:444455556666:${id}`;
  return { type: `aws:${service}:${id.split("/")[0] ?? ""}`, region: place, id: arn, tags: new Map([["name", "n"]]) };
}
const INSTANCE = untagged("ec2", HOME, "instance/i-1");
const FUNCTION = untagged("lambda", "eu-west-1", "function/f");
const DISTRIBUTION = untagged("cloudfront", "global", "distribution/d");

/** Lists what is global with its home, as the tagging API does. */
function atHome(provider: TagProvider): TagProvider {
  return {
    ...provider,
    globalHomes: [HOME],
    listTagResources: (query, token) =>
      inTurn(query.region === HOME ? [HOME, "global"] : [query.region], token, (region, inRegion) =>
        provider.listTagResources({ ...query, region }, inRegion),
      ),
  };
}

interface Night {
  readonly regions?: readonly string[];
  readonly types?: readonly string[];
  readonly resources?: readonly MemoryResource[];
}

/** Audits one account of AWS night after night; what the last one says of its findings, by id. */
async function lastOf(...nights: readonly Night[]) {
  const objects = memoryObjects();
  let last;
  for (const [night, { regions, types, resources = [INSTANCE, FUNCTION, DISTRIBUTION] }] of nights.entries()) {
    const { deps, clock } = auditWorld({ resources: { aws: [...resources] }, objects, wrap: atHome });
    const accounts = deps.config.accounts.map((account) => ({
      ...account,
      ...(regions !== undefined && { regions }),
      ...(types !== undefined && { types }),
    }));
    await clock.sleep(night * DAY);
    const config = { ...deps.config, accounts };
    last = await runAudit({ ...deps, config, policies, clock, runs: objectRunStore(objects), out: "DIR" });
  }
  const found: readonly Finding[] = await written(objects, "findings");
  const days = found.map(({ id, firstSeen = "", state }): [string, string] => [
    id,
    `${state ?? "alone"} since night ${(Date.parse(firstSeen) - AT) / DAY}`,
  ]);
  return { changes: last?.report.survey?.changes, found: new Map(days) };
}

describe("findings of AWS, where another configuration", () => {
  it("adds the home of what has no region, stay those of the night in which they were found", async () => {
    const { found, changes } = await lastOf({ regions: ["eu-west-1"] }, { regions: ["eu-west-1", HOME] });
    expect(found.get(DISTRIBUTION.id)).toBe("open since night 0");
    expect(found.get(FUNCTION.id)).toBe("open since night 0");
    expect(found.get(INSTANCE.id)).toBe("alone since night 1");
    expect(changes).toMatchObject({ new: 0, open: 2, gone: 0, fixed: 0, compared: 1, shards: 2 });
  });

  it("takes that home out, stay so too, and what is regional there is not called gone", async () => {
    const { found, changes } = await lastOf({ regions: ["eu-west-1", HOME] }, { regions: ["eu-west-1"] });
    expect(Object.fromEntries(found)).toEqual({
      [DISTRIBUTION.id]: "open since night 0",
      [FUNCTION.id]: "open since night 0",
    });
    expect(changes).toMatchObject({ new: 0, open: 2, gone: 0, fixed: 0 });
  });

  it("asks for fewer types, are not called gone, and are known again when it asks for them again", async () => {
    const narrow: Night = { types: ["aws:cloudfront:*", "aws:lambda:*"] };
    const without = await lastOf({}, narrow);
    expect(without.changes).toMatchObject({ new: 0, open: 2, gone: 0, fixed: 0 });
    const { found, changes } = await lastOf({}, narrow, narrow, {});
    expect(found.get(INSTANCE.id)).toBe("open since night 0");
    expect(changes).toMatchObject({ new: 0, open: 3 });
  });

  it("stays the same, are gone when their resources are", async () => {
    const { changes } = await lastOf({}, { resources: [INSTANCE] });
    expect(changes).toMatchObject({ new: 0, open: 1, gone: 2 });
  });
});

describe("findings of a listing that no earlier night has seen", () => {
  it("are neither new nor open, whatever else was compared", async () => {
    const { found, changes } = await lastOf({ regions: [HOME] }, { regions: [HOME, "eu-west-1"] });
    expect(found.get(FUNCTION.id)).toBe("alone since night 1");
    expect(found.get(INSTANCE.id)).toBe("open since night 0");
    expect(changes).toMatchObject({ new: 0, open: 2, newest: [] });
  });
});
