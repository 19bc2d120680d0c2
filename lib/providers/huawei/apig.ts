import type { InventoryResource } from "../../app/ports/provider.ts";
import { projectsIn, type HuaweiAccountConfig } from "../../core/config/config.ts";
import { asObject } from "../../core/json.ts";
import { asArray, asCount, asId } from "../json.ts";
import { nextPosition, positionOf } from "../numbered-pages.ts";
import { percentEncode } from "../percent-encode.ts";
import { projectOf } from "./client.ts";
import { apigContract } from "./contract.ts";
import { nextInProjects, projectPosition } from "./project-pages.ts";
import type { HuaweiPlace, HuaweiTagService } from "./tag-service.ts";

/** The most that a page of gateways holds. */
const PAGE_SIZE = 500;

/** APIG dedicated gateways, which belong to a project of a region. */
export function apigService(account: HuaweiAccountConfig): HuaweiTagService {
  const gateways = ({ region, project }: HuaweiPlace) =>
    `/v2/${percentEncode(projectOf(account, region, project))}/apigw/instances`;
  const tagsPath = (place: HuaweiPlace, id = "") => `${gateways(place)}/${percentEncode(id)}/instance-tags`;
  /** One at least: a region without a project is an error. */
  const projectsOf = (region: string) => {
    const known = projectsIn(account, region);
    return known.length === 0 ? [projectOf(account, region)] : known;
  };
  const action = "BatchCreateOrDeleteInstanceTags";
  return {
    service: "apig",
    contract: apigContract,
    tagKey: "key",
    tagValue: "value",

    tag: ({ region, project, resourceIds, tags }) => ({
      action,
      method: "POST",
      path: `${tagsPath({ region, project }, resourceIds[0])}/action`,
      body: { action: "create", tags: Array.from(tags, ([key, value]) => ({ key, value })) },
    }),

    untag: ({ region, project, resourceIds, keys }) => ({
      action,
      method: "POST",
      path: `${tagsPath({ region, project }, resourceIds[0])}/action`,
      body: { action: "delete", tags: keys.map((key) => ({ key })) },
    }),

    list: (_type, place, id) => ({ action: "ListInstanceTags", method: "GET", path: tagsPath(place, id) }),

    inventory(_type, region, token) {
      const { project, token: inProject } = projectPosition(token, projectsOf(region));
      return {
        action: "ListInstancesV2",
        method: "GET",
        path: gateways({ region, project }),
        query: { offset: String(positionOf(inProject).offset), limit: String(PAGE_SIZE) },
        project,
      };
    },

    readInventory(type, region, body, token) {
      const projects = projectsOf(region);
      const at = projectPosition(token, projects);
      const { project } = at;
      const resources: InventoryResource[] = [];
      for (const row of asArray(body["instances"]) ?? [undefined]) {
        const id = asId(asObject(row)?.["id"]);
        if (id === undefined) return undefined;
        resources.push({ type, id, project });
      }
      const total = asCount(body["total"]);
      if (total === undefined) return undefined;
      const page = nextPosition(positionOf(at.token), PAGE_SIZE, total);
      return { resources, ...nextInProjects(at, page, projects) };
    },
  };
}
