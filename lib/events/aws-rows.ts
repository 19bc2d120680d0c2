import type { Basis, CreateEvent } from "./create-event.ts";

type Extra = Pick<
  CreateEvent,
  "fallbackIdPath" | "idPrefix" | "notTaggable" | "mayLackId" | "updatePath" | "regionPath"
> & {
  readonly fallbackArn?: string;
};

/** Event name, type without `aws:`, ARN, path to the ids, where the row comes from, and what few rows need. */
export type AwsRow = readonly [
  eventName: string,
  type: string,
  arn: string,
  idPath: string,
  basis: Basis,
  extra?: Extra,
];

/** Completes the rows of one CloudTrail event source. An ARN is written whole, or as its resource part if regional. */
export function awsRows(source: string, rows: readonly AwsRow[]): CreateEvent[] {
  return rows.map(([eventName, type, arn, idPath, basis, extra = {}]) => {
    const { fallbackArn, ...rest } = extra;
    const prefix = `arn:{partition}:${type.split(":", 1)[0]}:{region}:{account}:`;
    return {
      provider: "aws",
      source,
      eventName,
      type: `aws:${type}`,
      arn: wholeArn(arn, prefix),
      idPath,
      basis,
      experimental: basis === "inferred",
      ...rest,
      ...(fallbackArn === undefined ? {} : { fallbackArn: wholeArn(fallbackArn, prefix) }),
    };
  });
}

function wholeArn(template: string, prefix: string): string {
  return template === "{id}" || template.startsWith("arn:") ? template : prefix + template;
}
