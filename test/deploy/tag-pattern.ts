import { AWS_TAG_CALLS } from "../../lib/events/aws/tag-call-table.ts";

/** The pattern of changed tags as the table has it; sources and names are sorted. */
export const TAG_PATTERN = {
  source: [{ prefix: "aws." }],
  $or: [
    { "detail-type": ["Tag Change on Resource"] },
    {
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: {
        eventSource: sorted(AWS_TAG_CALLS.map(({ source }) => source)),
        eventName: sorted(AWS_TAG_CALLS.map(({ eventName }) => eventName)),
        errorCode: [{ exists: false }],
      },
    },
  ],
};

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted();
}
