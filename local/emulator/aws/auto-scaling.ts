import { CloudError } from "../cloud-error.ts";
import { emulatedReads, type EmulatedRead } from "../limits.ts";
import type { StoredResource } from "../shelf.ts";
import { eachPair } from "../tag-pairs.ts";
import {
  element,
  existing,
  list,
  nameIn,
  pageOfRows,
  pageSize,
  type QueryCall,
  type QueryOperation,
} from "./query-call.ts";

const GROUPS = { type: "aws:autoscaling:autoScalingGroup", place: (region: string) => region };

function page(call: QueryCall, name: string, rows: readonly string[], limits: EmulatedRead, identity: string): string {
  const { rows: shown, token } = pageOfRows(call, rows, {
    size: pageSize(call.form, "MaxRecords", limits),
    token: call.form.get("NextToken"),
    identity,
    bad: new CloudError(400, "InvalidNextToken", "The token is not valid for this request."),
  });
  return list(name, shown) + (token === undefined ? "" : element("NextToken", token));
}

/** A tag as this service speaks of it: with the group that carries it. */
const tagsOf = ({ id, tags }: StoredResource): string[] =>
  eachPair(tags).map(
    ([key, value]) =>
      element("ResourceId", nameIn(id)) +
      element("ResourceType", "auto-scaling-group") +
      element("Key", key) +
      element("Value", value) +
      element("PropagateAtLaunch", "false"),
  );

const FILTER = /^Filters\.member\.1\.Values\.member\.\d+$/;
const namesIn = (form: URLSearchParams): string[] =>
  [...form].flatMap(([key, value]) => (FILTER.test(key) ? [value] : []));

const LIMITS = emulatedReads["aws:autoscaling:DescribeTags"];

/** By name of the group alone, or everything. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeTags.html */
const describeTags: QueryOperation = {
  ...GROUPS,
  names: namesIn,
  run(call) {
    const filter = call.form.get("Filters.member.1.Name");
    const names = namesIn(call.form);
    if (call.form.has("Filters.member.2.Name") || (filter !== null && filter !== "auto-scaling-group")) {
      throw new CloudError(400, "ValidationError", "Here the one filter is auto-scaling-group.");
    }
    if (names.length > LIMITS.idsPerCall) {
      throw new CloudError(400, "ValidationError", `A filter must have at most ${LIMITS.idsPerCall} values.`);
    }
    const asked = new Set(names);
    const groups = existing(call, GROUPS).filter(({ id }) => filter === null || asked.has(nameIn(id)));
    return page(call, "Tags", groups.flatMap(tagsOf), LIMITS, `tags ${[...asked].sort().join(" ")}`);
  },
};

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html */
const describeGroups: QueryOperation = {
  ...GROUPS,
  names: () => [],
  run(call) {
    const rows = existing(call, GROUPS).map(
      (one) =>
        element("AutoScalingGroupName", nameIn(one.id)) +
        element("AutoScalingGroupARN", one.id) +
        element("CreatedTime", new Date(one.createdAt).toISOString()) +
        list("Tags", tagsOf(one)),
    );
    return page(call, "AutoScalingGroups", rows, emulatedReads["aws:autoscaling:DescribeAutoScalingGroups"], "groups");
  },
};

/** What EC2 Auto Scaling calls by this name; undefined where nothing is. */
export function scalingOperation(name: string): QueryOperation | undefined {
  if (name === "DescribeTags") return describeTags;
  return name === "DescribeAutoScalingGroups" ? describeGroups : undefined;
}
