import { countText, numberText } from "./figures.ts";
import type { Coverage } from "./summary.ts";

const MOST_NAMED = 3;

/** What the audit can't see for want of an inventory, in a sentence for the headline; undefined where it sees all. */
export function unseenText({ taggedOnly }: Coverage): string | undefined {
  if (taggedOnly.length === 0) return undefined;
  const named = taggedOnly.slice(0, MOST_NAMED).join(", ");
  const more = taggedOnly.length - MOST_NAMED;
  const accounts = `${countText(taggedOnly.length, "account")} (${named}${more > 0 ? ` and ${numberText(more)} more` : ""})`;
  return `AWS resources that never carried a tag are not seen in ${accounts}: no inventory is configured there.`;
}
