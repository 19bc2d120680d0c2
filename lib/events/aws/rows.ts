import { typeOfArn } from "../../core/aws-arn.ts";
import type { ResourceType } from "../../core/resource.ts";
import type { Basis, CreateEvent } from "../create-event.ts";

/** What few rows need besides their line. */
type Extra = Omit<
  Partial<CreateEvent>,
  "provider" | "source" | "eventName" | "type" | "idPath" | "arn" | "fallbackIdPath" | "fallbackArn" | "basis"
>;

/**
 * The rows of one CloudTrail event source, each a text: event name, ARN, path to the ids, and, where the id may stand
 * elsewhere, the ARN and the path of those.
 *
 * `request.` and `response.` stand for `requestParameters.` and `responseElements.`, `wrapped.` for
 * `responseElements.<event name>Response.`. An ARN with `{id}` in it is a template: written whole, as the resource part
 * of a regional one, or as that of a global one behind `global:`. Without it, it is the kind (`:kind`, or `service:kind`
 * where the service is another) of the ARN that the path leads to. Short, because every function that reads events
 * carries all rows.
 */
export function awsRows(
  source: string,
  lines: Partial<Readonly<Record<Basis, readonly string[]>>>,
  extras: Readonly<Record<string, Extra>> = {},
): CreateEvent[] {
  const [service = ""] = source.split(".", 1);
  const whole = (template: string) => {
    if (template.startsWith("arn:")) return template;
    return template.startsWith("global:")
      ? template.replace("global:", `arn:{partition}:${service}::{account}:`)
      : `arn:{partition}:${service}:{region}:{account}:${template}`;
  };
  return Object.entries(lines).flatMap(([basis, rows]) =>
    rows.map((line) => {
      const [eventName = "", arn = "", idPath = "", fallbackArn, fallbackIdPath] = line.split(" ");
      const isTemplate = arn.includes("{id");
      return {
        provider: "aws" as const,
        source,
        eventName,
        type: isTemplate ? typeOfArn(whole(arn).replace("{partition}", "aws")) : typeOf(service, arn),
        arn: isTemplate ? whole(arn) : "{id}",
        idPath: inRecord(idPath, eventName),
        ...(fallbackArn === undefined ? {} : { fallbackArn: whole(fallbackArn) }),
        ...(fallbackIdPath === undefined ? {} : { fallbackIdPath: inRecord(fallbackIdPath, eventName) }),
        basis: basis as Basis,
        experimental: basis === "inferred",
        ...extras[eventName],
      };
    }),
  );
}

function typeOf(service: string, kind: string): ResourceType {
  return kind.startsWith(":") ? `aws:${service}${kind}` : `aws:${kind}`;
}

function inRecord(path: string, eventName: string): string {
  return path
    .replace(/^request\./, "requestParameters.")
    .replace(/^response\./, "responseElements.")
    .replace(/^wrapped\./, `responseElements.${eventName}Response.`);
}
