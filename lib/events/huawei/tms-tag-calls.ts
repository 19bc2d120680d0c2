import { asObject } from "../../core/json.ts";
import { refOf, type ResourceRef } from "../../core/resource.ts";
import { embeddedList, embeddedObject, firstText, textOf } from "../json/value.ts";
import { incomplete, notACreation } from "../parsed-event.ts";
import { requestTags } from "../request-tags.ts";
import { keysOrAll, tagsChanged } from "../tags-changed.ts";
import { firstTime } from "../time.ts";
import { accountIn } from "./account.ts";
import { huaweiRegion } from "./region.ts";
import { tagCallIn, type HuaweiTagCall, type ReadTagCall } from "./tag-calls.ts";

const PAGE = "https://support.huaweicloud.com/intl/en-us/usermanual-tms/en-us_topic_0110866979.html";

/**
 * How traces name the calls of TMS: the first two of its console and of its API as older pages have it, the others of many
 * resources at once.
 */
export const TMS_TAG_CALLS: readonly HuaweiTagCall[] = [
  "createResourceTag",
  "deleteResourceTag",
  "batchCreateResourceTags",
  "batchDeleteResourceTags",
].map((eventName) => ({ source: "TMS", eventName, types: {}, basis: "docs-table", page: PAGE }));

/**
 * TMS' names of types, as current and as older pages have them, beside Config's. None says which service it is of, and TMS
 * takes no other case. A name that isn't here is of something that no row of creations makes either.
 */
const TYPES_OF_NAMES: ReadonlyMap<string, string> = new Map(
  `
ecs ecs:cloudservers
disk evs:volumes
vpcs vpc:vpcs
vpc vpc:vpcs
subnets vpc:subnets
subnet vpc:subnets
security-groups vpc:securitygroups
eip vpc:publicips
shared_bandwidth vpc:bandwidths
loadbalancers elb:loadbalancers
listeners elb:listeners
rds rds:instances
dds dds:instances
gaussdb gaussdb:instance
nosql nosql:instances
dcs dcs:redis
bucket obs:buckets
cce-cluster cce:clusters
functions fgs:functions
smn_topic smn:topic
nat_gateways nat:natgateways
private-nat-gateways nat:privatenatgateways
kafka dms:kafkas
sfs sfs:shares
sfs-turbo sfsturbo:shares
kms kms:keys
private_image ims:images
images ims:images
vault cbr:vault
scaling_group as:scalinggroups
css-cluster css:clusters
DNS_public_zone dns:zones
DNS-public_zone dns:zones
waf waf:instance
endpoint vpcep:endpoints
endpoint_service vpcep:endpointservices
instance er:instances
dws_clusters dws:clusters
CES-alarm ces:alarms
clusters mrs:mrs
`
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", type = ""] = line.split(" ");
      return [name, `huawei:${type}`];
    }),
);

/**
 * Reads the CTS trace of a call of TMS, which names resources of many types, in one project or, where it names none, in no
 * region. What TMS says that it could not do is left out. It throws an InputError where nobody knows the project's region.
 */
export const readTmsTagCall: ReadTagCall = (trace, envelope, options) => {
  const { eventName } = options;
  if (tagCallIn(TMS_TAG_CALLS, options) === undefined) return undefined;
  const request = embeddedObject(trace.request) ?? {};
  const account = accountIn(trace);
  if (account === undefined) throw incomplete(eventName, "account (domain_id)");
  const failed = new Set(named(embeddedObject(trace.response)?.failed_resources).map(resourceText));
  const changed = named(request.resources).filter((one) => !failed.has(resourceText(one)));
  const ours = changed.flatMap(({ id, name }) => {
    const type = TYPES_OF_NAMES.get(name);
    return type === undefined || options.namesType?.(account, type) === false ? [] : [{ type, id }];
  });
  if (ours.length === 0) return notACreation(eventName, "the trace names nothing that is tagged here");
  const project = textOf(request.project_id);
  // TMS is of no region, and where its traces lie says nothing of the resources.
  const region =
    project === undefined
      ? "global"
      : huaweiRegion({ trace_name: eventName, project_id: project }, undefined, {}, options);
  return tagsChanged(
    {
      eventId: firstText(trace.trace_id, envelope.id),
      eventName,
      changedAt: firstTime(trace.time, trace.record_time, envelope.time),
      keys: keysOrAll([...requestTags([request], "").keys()]),
    },
    ours.map(({ type, id }): ResourceRef => refOf({ type, account, region, project, id })),
  );
};

interface NamedByTms {
  readonly id: string;
  /** TMS' own of the type. */
  readonly name: string;
}

function named(list: unknown): NamedByTms[] {
  return (embeddedList(list) ?? []).flatMap((one) => {
    const row = asObject(one);
    const [id, name] = [textOf(row?.resource_id), textOf(row?.resource_type)];
    return id === undefined || name === undefined ? [] : [{ id, name }];
  });
}

const resourceText = ({ id, name }: NamedByTms): string => JSON.stringify([name, id]);
