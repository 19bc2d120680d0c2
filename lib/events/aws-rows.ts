import { typeOfArn } from "../core/aws-arn.ts";
import type { Basis, CreateEvent } from "./create-event.ts";

/** What few rows need besides their line. */
type Extra = Pick<
  CreateEvent,
  "fallbackIdPath" | "fallbackArn" | "idPrefix" | "notTaggable" | "mayLackId" | "updatePath" | "regionPath"
>;

/**
 * The rows of one CloudTrail event source, one a line: event name, ARN, path to the ids; `request.` and `response.`
 * stand for `requestParameters.` and `responseElements.`. An ARN with `{id}` in it is a template, written whole or as
 * the resource part of a regional one; without it, it is the type of the ARN that the path leads to.
 */
export function awsRows(
  source: string,
  lines: Partial<Readonly<Record<Basis, string>>>,
  extras: Readonly<Record<string, Extra>> = {},
): CreateEvent[] {
  const prefix = `arn:{partition}:${source.split(".", 1)[0]}:{region}:{account}:`;
  const whole = (template: string) => (template.startsWith("arn:") ? template : prefix + template);
  return Object.entries(lines).flatMap(([basis, text]) =>
    text
      .trim()
      .split("\n")
      .map((line) => {
        const [eventName = "", arn = "", idPath = ""] = line.trim().split(" ");
        const isTemplate = arn.includes("{id}");
        const { fallbackArn, ...extra } = extras[eventName] ?? {};
        return {
          provider: "aws" as const,
          source,
          eventName,
          type: isTemplate ? typeOfArn(whole(arn).replace("{partition}", "aws")) : `aws:${arn}`,
          arn: isTemplate ? whole(arn) : "{id}",
          idPath: idPath.replace(/^request\./, "requestParameters.").replace(/^response\./, "responseElements."),
          basis: basis as Basis,
          experimental: basis === "inferred",
          ...extra,
          ...(fallbackArn === undefined ? {} : { fallbackArn: whole(fallbackArn) }),
        };
      }),
  );
}
