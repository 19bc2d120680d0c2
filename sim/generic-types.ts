import type { AccountConfig } from "../lib/core/config/config.ts";
import type { ResourceType } from "../lib/core/resource.ts";

/** What calls name as the type, whatever types their resources have. */
export const GENERIC = "alibaba:*:*";

/** Types of Alibaba Cloud without APIs of their own here, some of which share ids. */
export const GENERIC_TYPES = [
  "alibaba:ecs:instance",
  "alibaba:ecs:instance",
  "alibaba:ecs:disk",
  "alibaba:ecs:eni",
  "alibaba:slb:instance",
  "alibaba:rds:instance",
  "alibaba:oss:bucket",
  "alibaba:log:project",
  "alibaba:cdn:domain",
] as const;

/** One that the Tag service takes nothing of: a call that names it is refused for all of its resources. */
export const UNSUPPORTED = "alibaba:mns:queue";

/** Types that the Tag service has, or may answer with, in the codes of Resource Center as well. */
const OTHER_CODES: ReadonlyMap<string, string> = new Map([
  [":ecs:", ":ECS:"],
  [":eni/", ":networkinterface/"],
  [":slb:", ":SLB:"],
]);

/** Whether a type is served by the Tag service, and not by the API of its own product. */
export function isGeneric(type: ResourceType): boolean {
  return type.startsWith("alibaba:") && !/^alibaba:(apigateway|vpcipam):/.test(type);
}

/** Whether an account's `types` leave this one out: the simulation's name whole services. */
export function isLeftOut(type: ResourceType, { types = [] }: Pick<AccountConfig, "types">): boolean {
  return isGeneric(type) && !types.some((glob) => type.startsWith(glob.replace(/\*$/, "")));
}

/** Another spelling of an ARN, with which an answer means the same resource. */
export function otherSpelling(arn: string): string {
  const other = OTHER_CODES.entries().reduce((text, [code, one]) => text.replace(code, one), arn);
  return other === arn ? arn.replace(/^arn:/, "") : other;
}
