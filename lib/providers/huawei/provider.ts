import type { TagCallResult, TagProvider } from "../../app/ports/provider.ts";
import { projectsIn, type HuaweiAccountConfig } from "../../core/config/config.ts";
import { ProviderError } from "../../core/errors.ts";
import type { ResourceType } from "../../core/resource.ts";
import { errorWith } from "../answer.ts";
import { checkTagBatch, checkTagQuery, checkUntagBatch } from "../check-request.ts";
import type { ClientDeps } from "../client-deps.ts";
import { findContract } from "../../core/contract.ts";
import { apigService } from "./apig.ts";
import { huaweiClient, projectIn, type HuaweiCall } from "./client.ts";
import { huaweiCredentials } from "./credentials.ts";
import type { GenericRow } from "./generic/row.ts";
import { iamService } from "./iam.ts";
import { readTags, unexpectedShape } from "./listing.ts";
import type { HuaweiRequest, HuaweiTagService } from "./tag-service.ts";

/** Of several projects that are listed in turn, an error says which one it is about. */
function namingProject({ project }: HuaweiRequest, projects: readonly string[]): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ProviderError) || projects.length < 2 || project === undefined) throw error;
    throw errorWith(error, { message: `project ${project}: ${error.message}` });
  };
}

/**
 * IAM v5 users and trust agencies, and APIG dedicated gateways, of one Huawei Cloud account, and by `generic` whatever
 * else its `types` name.
 */
export function huaweiProvider(account: HuaweiAccountConfig, deps: ClientDeps, generic?: GenericRow): TagProvider {
  const client = huaweiClient(account, huaweiCredentials(account, deps), deps);
  const services: readonly HuaweiTagService[] = [iamService, apigService(account)];
  const others = generic?.contractFor(account);
  const contracts = [...services.map(({ contract }) => contract), ...(others === undefined ? [] : [others])];
  const calls = generic?.calls(client, account);
  /** The calls for a type that has no service of its own here. */
  const generically = (type: ResourceType) => (findContract(contracts, type) === others ? calls : undefined);

  function serviceOf(type: ResourceType): HuaweiTagService {
    const service = services.find(({ contract }) => contract.types.includes(type));
    if (service !== undefined) return service;
    const message = `Huawei Cloud's tagging APIs here don't serve ${type}`;
    throw new ProviderError({ code: "UnsupportedType", kind: "request", message, httpStatus: 0, requestId: "" });
  }

  /** A call is about one resource: its refusal throws, its success is that resource's. */
  async function write(call: Omit<HuaweiCall, "write">): Promise<TagCallResult> {
    const { requestId } = await client({ ...call, write: true });
    return { requestId, succeeded: call.resourceIds, failed: new Map() };
  }

  return {
    provider: "huawei",
    account: account.account,
    regions: account.regions,
    contracts,
    projectIn: (region, named) => projectIn(account, region, named),
    contractFor(type) {
      const contract = findContract(contracts, type);
      return generic === undefined || contract !== others || generic.serves(type) ? contract : undefined;
    },
    ...(generic === undefined && { leavesTypes: true }),
    ...(calls !== undefined && {
      listTypes: calls.listTypes,
      needsTypes: calls.needsTypes,
      countInventory: calls.countInventory,
      readRecorded: calls.readRecorded,
    }),

    async tagResources(batch, options = {}) {
      const generics = generically(batch.type);
      if (generics !== undefined) return generics.tagResources(batch, options);
      const { signal } = options;
      const service = serviceOf(batch.type);
      checkTagBatch(batch, service.contract);
      const { region, project, resourceIds } = batch;
      return write({ ...service.tag(batch), service: service.service, region, project, resourceIds, signal });
    },

    async untagResources(batch, options = {}) {
      const generics = generically(batch.type);
      if (generics !== undefined) return generics.untagResources(batch, options);
      const { signal } = options;
      const service = serviceOf(batch.type);
      checkUntagBatch(batch, service.contract);
      const { region, project, resourceIds } = batch;
      return write({ ...service.untag(batch), service: service.service, region, project, resourceIds, signal });
    },

    async listTagResources(query, token, options = {}) {
      const generics = generically(query.type);
      if (generics !== undefined) return generics.listTagResources(query, token, options);
      const { signal } = options;
      const service = serviceOf(query.type);
      checkTagQuery(query, service.contract);
      const { region, project, type, ids: resourceIds = [] } = query;
      const [id = ""] = resourceIds;
      const request = service.list(type, { region, project }, id);
      const place = { service: service.service, region, project };
      const call: HuaweiCall = { ...request, ...place, resourceIds, write: false, signal };
      const { body, requestId } = await client(call);
      const tags = readTags(body, service);
      if (tags === undefined) throw unexpectedShape(request.action, requestId);
      return { rows: [{ id, type, tags }], rowCount: tags.size };
    },

    async listInventory(region, type, token, options = {}) {
      const generics = generically(type);
      if (generics !== undefined) return generics.listInventory(region, type, token, options);
      const { signal } = options;
      const service = serviceOf(type);
      const request = service.inventory(type, region, token);
      const call: HuaweiCall = { ...request, service: service.service, region, resourceIds: [], write: false, signal };
      const { body, requestId } = await client(call).catch(namingProject(request, projectsIn(account, region)));
      const page = service.readInventory(type, region, body, token);
      if (page === undefined) throw unexpectedShape(request.action, requestId);
      return page;
    },
  };
}
