import { expect, test } from "vitest";
import type { TagProvider } from "../../../../lib/app/ports/provider.ts";
import { canonicalQuery } from "../../../../lib/providers/canonical-query.ts";
import { nameOf } from "../../../../lib/providers/huawei/generic/naming.ts";
import { authorization } from "../../../../lib/providers/huawei/sign.ts";
import { createProvider } from "../../../../lib/providers/index.ts";
import { globalCaller, type CoreRequest } from "../../../emulator/huawei-clients.ts";
import { deps, huaweiAccount } from "../../accounts.ts";
import { recordingServer, type RecordedRequest } from "../../recording-server.ts";

// TMS has no client on npm: the official core sends what was recorded of it, with its own signature.

const { account } = huaweiAccount;
const region = "cn-north-4";
const place = { type: "huawei:*:*", account, region };
const disk = nameOf({ ...place, type: "huawei:evs:volumes", id: "a28531fa-a8d5-468e-8417-86a80962ee5e" });
const server = nameOf({ ...place, type: "huawei:ecs:cloudservers", id: "a/b c?" });
const zone = nameOf({ ...place, type: "huawei:cdn:domains", region: "global", id: "例.example.com" });
const tags = new Map([
  ["ENV", "dev"],
  ["部门", "a.b_c-d"],
]);

const key = { accessKey: "key-of-huawei", secretKey: "secret-of-huawei" };

/** Their own dates, names and transport, and what Node adds. */
const VARYING = ["authorization", "x-sdk-date", "user-agent", "accept-encoding", "connection", "content-length"];

function comparable({ method, path, query, headers, body }: RecordedRequest) {
  const kept = Object.entries(headers).filter(([name]) => !VARYING.includes(name));
  const parsed: unknown = body === "" ? undefined : JSON.parse(body);
  return { method, path, query: Object.fromEntries(query), headers: Object.fromEntries(kept), body: parsed };
}

/** The signature that our signer gives to what arrived, over the headers that it says it signed. */
function resigned({ method, path, query, headers, body }: RecordedRequest): string {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const signedHeaders = Object.fromEntries(signed.map((name) => [name, String(headers[name])]));
  const sent = { method, path, query: canonicalQuery(Object.fromEntries(query)), headers: signedHeaders, body };
  return authorization(sent, key);
}

const resources = (...ours: readonly (readonly [id: string, type: string])[]) =>
  ours.map(([resource_id, resource_type]) => ({ resource_id, resource_type }));
const written = { resource: ["a28531fa-a8d5-468e-8417-86a80962ee5e", "disk"], server: ["a/b c?", "ecs"] } as const;

const CALLS: readonly (readonly [
  name: string,
  answer: object,
  theirs: CoreRequest,
  ours: (provider: TagProvider) => Promise<unknown> | undefined,
])[] = [
  [
    "CreateResourceTag of two types",
    { failed_resources: [] },
    {
      method: "POST",
      url: "/v1.0/resource-tags/batch-create",
      data: {
        resources: resources(written.resource, written.server),
        tags: Array.from(tags, ([name, value]) => ({ key: name, value })),
        project_id: "p0001",
      },
    },
    (provider) => provider.tagResources({ ...place, resourceIds: [disk, server], tags }),
  ],
  [
    "CreateResourceTag of what has no project",
    { failed_resources: [] },
    {
      method: "POST",
      url: "/v1.0/resource-tags/batch-create",
      data: { resources: resources(["例.example.com", "cdn"]), tags: [{ key: "ENV", value: "" }] },
    },
    (provider) =>
      provider.tagResources({ ...place, region: "global", resourceIds: [zone], tags: new Map([["ENV", ""]]) }),
  ],
  [
    "DeleteResourceTag",
    { failed_resources: [] },
    {
      method: "POST",
      url: "/v1.0/resource-tags/batch-delete",
      data: { resources: resources(written.resource), tags: [{ key: "ENV" }], project_id: "p0001" },
    },
    (provider) => provider.untagResources({ ...place, resourceIds: [disk], keys: ["ENV"] }),
  ],
  [
    "ShowResourceTag",
    { tags: [] },
    {
      method: "GET",
      url: "/v2.0/resources/{resource_id}/tags",
      pathParams: { resource_id: "a28531fa-a8d5-468e-8417-86a80962ee5e" },
      queryParams: { resource_type: "disk", project_id: "p0001" },
    },
    (provider) => provider.listTagResources({ type: place.type, region, ids: [disk] }, undefined),
  ],
  [
    "ListResource",
    { resources: [], errors: [], total_count: 0 },
    {
      method: "POST",
      url: "/v1.0/resource-instances/filter",
      data: { resource_types: ["disk"], tags: [], project_id: "p0001", offset: 0, limit: 200 },
    },
    (provider) => provider.listTagResources({ type: "huawei:evs:volumes", region }, undefined),
  ],
  [
    "ListResource of what carries no tag, of two types",
    { resources: [], errors: [], total_count: 0 },
    {
      method: "POST",
      url: "/v1.0/resource-instances/filter",
      data: {
        resource_types: ["disk", "ecs"],
        tags: [],
        without_any_tag: true,
        project_id: "p0001",
        offset: 0,
        limit: 200,
      },
    },
    (provider) => {
      const types = ["huawei:evs:volumes", "huawei:ecs:cloudservers"];
      return provider.listTagResources({ type: place.type, types, untagged: true, region }, undefined);
    },
  ],
  [
    "ListAllResources of Config",
    { resources: [], page_info: { current_count: 0, next_marker: null } },
    {
      method: "GET",
      url: "/v1/resource-manager/domains/{domain_id}/all-resources",
      pathParams: { domain_id: account },
      queryParams: { limit: 200, marker: "AAAA" },
    },
    (provider) => provider.listInventory("all", place.type, "AAAA"),
  ],
  [
    "CollectAllResourcesSummary of Config",
    [],
    {
      method: "GET",
      url: "/v1/resource-manager/domains/{domain_id}/all-resources/summary",
      pathParams: { domain_id: account },
    },
    (provider) => provider.countInventory?.("all", place.type, "region"),
  ],
  [
    "ShowTrackerConfig of Config",
    { selector: { all_supported: true } },
    {
      method: "GET",
      url: "/v1/resource-manager/domains/{domain_id}/tracker-config",
      pathParams: { domain_id: account },
    },
    (provider) => provider.readRecorded?.("all", place.type),
  ],
  [
    "ListProviders",
    { providers: [], total_count: 0 },
    { method: "GET", url: "/v1.0/tms/providers", queryParams: { locale: "en-us", limit: 200, offset: 0 } },
    (provider) => provider.listTypes?.(region, undefined),
  ],
];

test.each(CALLS)("%s is the core client's request, signed as it signs", async (_, answer, theirs, ours) => {
  await using recorder = await recordingServer({
    headers: { "x-request-id": "R1" },
    body: JSON.stringify(answer),
  });
  await globalCaller({ huawei: { endpoint: recorder.origin, domainId: account } }, key)(theirs);
  await ours(createProvider({ ...huaweiAccount, types: ["huawei:*"], endpoints: { "*": recorder.origin } }, deps));
  const [sent, own] = recorder.requests;
  if (sent === undefined || own === undefined) throw new Error("both clients must have called");
  expect(comparable(own)).toEqual(comparable(sent));
  expect(sent.headers.authorization).toBe(resigned(sent));
  expect(own.headers.authorization).toBe(resigned(own));
});
