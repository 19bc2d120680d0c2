import { InputError } from "../../core/errors.ts";
import { asObject, type JsonObject } from "../../core/json.ts";
import { embeddedObject, firstText, textOf } from "../json/value.ts";
import type { Envelope, ParseOptions } from "../parsed-event.ts";

/** cn-north-4, ap-southeast-1, eu-west-101, cn-east-3b. */
const REGION = /^[a-z]{2}-[a-z]+-\d{1,3}[a-z]?$/;

/**
 * The region that a CTS trace belongs to. No field for it is documented, so every place that can hold one is asked:
 * fields of the envelope and the trace, the project's name (a region's own project is called like it), the host that
 * was called, the URN of the resource, and last the configuration, by the trace's project.
 * @throws InputError where none of them knows.
 */
export function huaweiRegion(
  trace: JsonObject,
  response: JsonObject | undefined,
  envelope: Envelope,
  options: ParseOptions,
): string {
  const region =
    firstText(envelope.region, trace.region, trace.region_id, trace.regionid, trace.region_name) ??
    firstRegion([projectName(trace)]) ??
    firstRegion(parts(trace.endpoint, ".")) ??
    firstRegion([trace.resource_urn, trace.urn, response?.urn].flatMap((urn) => parts(urn, ":")));
  if (region !== undefined) return region;
  const project = huaweiProject(trace);
  const configured = project === undefined ? undefined : options.regionOfProject?.(project);
  if (configured !== undefined) return configured;
  throw new InputError(
    project === undefined
      ? `The CTS trace ${String(textOf(trace.trace_name))} names neither a region nor a project. Send it through an EventGrid subscription whose rule keeps project_id.`
      : `The CTS trace ${String(textOf(trace.trace_name))} names no region, and project ${project} is not configured. Add it under \`projects\` of its account, as REGION: ${project}.`,
  );
}

/** The id of the project in which the call was made, as far as the trace says. */
export function huaweiProject(trace: JsonObject): string | undefined {
  return firstText(trace.project_id, userProject(trace)?.id);
}

function userProject(trace: JsonObject): JsonObject | undefined {
  return asObject(embeddedObject(trace.user)?.project);
}

function firstRegion(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const text = textOf(value);
    if (text !== undefined && REGION.test(text)) return text;
  }
  return undefined;
}

/** A project inside a region is called REGION_NAME. */
function projectName(trace: JsonObject): string | undefined {
  const name = firstText(trace.project_name, userProject(trace)?.name);
  return name?.split("_", 1)[0];
}

function parts(value: unknown, separator: string): string[] {
  return textOf(value)?.split(separator).slice(0, 8) ?? [];
}
