import type { StoredResource } from "../../shelf.ts";
import { countWith } from "../../tag-pairs.ts";
import { isReserved } from "../../text-rules.ts";
import type { AlibabaAction, AlibabaBody, AlibabaCall } from "../call.ts";
import { tagErrors } from "./errors.ts";
import { emulatedLimits } from "../../limits.ts";
import { arnFacts, findNamed, isMeant, readArns, readRegion, readTags, type NamedResource } from "./request.ts";

const limits = emulatedLimits["alibaba:*:*"];

/** Why one resource of a call was refused; the others are not affected. */
interface Failure {
  readonly Code: string;
  readonly Message: string;
}

/** The three documented shapes of an answer without failures. */
const ALL_WELL: readonly AlibabaBody[] = [{}, { FailedResources: {} }, { FailedResources: { FailedResource: [] } }];

const NOT_FOUND: Failure = {
  Code: "InvalidResourceId.NotFound",
  Message: "The specified ResourceIds are not found in our records.",
};

const OVER_QUOTA: Failure = {
  Code: "QuotaExceed.TagsPerResource",
  Message: "The maximum number of tags for each resource is exceeded.",
};

/** What a fault on one resource stands for. */
function injected({ admission }: AlibabaCall, named: NamedResource): Failure | undefined {
  const { refusal } = admission;
  if (refusal === undefined || !isMeant((name) => refusal.concerns(name), named)) return undefined;
  const Code = refusal.code ?? "ServiceUnavailable";
  return { Code, Message: `The request was refused with ${Code}.` };
}

/**
 * Applies `change` to each resource by itself; what fails is told in FailedResources, with status 200 for all. Where
 * nothing fails, the number of resources decides which shape the answer has, so that clients meet all three.
 */
function eachResource(
  call: AlibabaCall,
  region: string,
  all: readonly NamedResource[],
  change: (resource: StoredResource) => Failure | undefined,
): AlibabaBody {
  const failures = all.flatMap((named) => {
    const resource = findNamed(call, region, named);
    const failure = injected(call, named) ?? (resource === undefined ? NOT_FOUND : change(resource));
    return failure === undefined ? [] : [{ ResourceARN: named.arn, Result: failure }];
  });
  if (failures.length > 0) return { FailedResources: { FailedResource: failures } };
  return ALL_WELL[all.length % ALL_WELL.length] ?? {};
}

function readWrite(call: AlibabaCall): { region: string; resources: readonly NamedResource[] } {
  const region = readRegion(call);
  if (call.parameters.list("ResourceARN").length === 0) throw tagErrors.noResources();
  return { region, resources: readArns(call, region) };
}

export const tagResources: AlibabaAction = {
  ...arnFacts,
  failsByResource: true,
  run(call) {
    const { region, resources } = readWrite(call);
    const tags = readTags(call);
    return eachResource(call, region, resources, (resource) => {
      if (countWith(resource.tags, tags, limits.key) > limits.tagsPerResource) return OVER_QUOTA;
      call.cloud.world.write(resource, { set: tags });
      return undefined;
    });
  },
};

/** Removes the named keys, at least one: there is no `All` here. Keys that aren't there are no error. */
export const untagResources: AlibabaAction = {
  ...arnFacts,
  failsByResource: true,
  run(call) {
    const { region, resources } = readWrite(call);
    const keys = call.parameters.list("TagKey");
    if (keys.length === 0) throw tagErrors.missing("TagKey");
    if (keys.length > limits.keysPerUntagCall) throw tagErrors.tooMany("Tags", limits.keysPerUntagCall);
    const bad = keys.find((key) => key === "" || Array.from(key).length > limits.key.maxLength);
    if (bad !== undefined) throw tagErrors.key(bad);
    if (keys.some((key) => isReserved(key, limits.key))) throw tagErrors.systemTag();
    const unset = new Set(keys);
    return eachResource(call, region, resources, (resource) => {
      call.cloud.world.write(resource, { unset });
      return undefined;
    });
  },
};
