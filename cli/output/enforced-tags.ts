import { NOT_CONFIGURED } from "../../lib/app/cloud/route.ts";
import { calledBy, findContract } from "../../lib/core/contract.ts";
import { OUTCOMES, type Outcome, type ResourceOutcome, type TagOutcome } from "../../lib/core/outcome.ts";
import { shownTag } from "../../lib/core/shown.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { countBy, type SummaryRow } from "./change-summary.ts";
import type { PlannedTags } from "./planned-tags.ts";

const FINE: ReadonlySet<Outcome> = new Set(["compliant", "exempt", "not-applicable"]);

/** What the policy's own reasons mean, whichever resource it is. */
const REASONS: Readonly<Record<string, string>> = {
  "report-mode": "no matching policy enforces this key",
  "no-overwrite": "there is a value, and the required tag doesn't say overwrite: true",
  "near-miss": "another spelling of the key is there",
  "no-default": "no default fits this resource",
};

/** What enforcement did, or would do, with each tag: the rows of its summary. */
export function enforcedRows(resources: readonly ResourceOutcome[], applied: boolean): readonly SummaryRow[] {
  return resources.flatMap((resource): SummaryRow[] => {
    const { type, account, region, id, outcome, code, message } = resource;
    const ref = { type, account, region, id };
    if (resource.tags.length === 0) {
      return [
        {
          ...ref,
          tag: "",
          outcome: wordFor(resource, applied),
          ...(FINE.has(outcome) ? { isFine: true } : { code, message }),
        },
      ];
    }
    return resource.tags.map((tag) => {
      const text = tag.value === undefined ? tag.key : shownTag(tag.key, tag.value);
      const row = { ...ref, tag: text, outcome: wordFor(tag, applied) };
      if (tag.outcome === "tagged") return { ...row, written: { verb: "write", tag: text } };
      if (FINE.has(tag.outcome)) return { ...row, isFine: true };
      return { ...row, code: tag.code, message: messageOf(resource, tag) };
    });
  });
}

/** A resource has one message, that of the tag which decided how it ended. */
function messageOf({ outcome, code, message }: ResourceOutcome, tag: TagOutcome): string | undefined {
  const reason = REASONS[tag.code ?? ""];
  if (reason !== undefined) return reason;
  return outcome === tag.outcome && code === tag.code ? message : undefined;
}

/** Resources by how they ended, in the order of `OUTCOMES`; which of the tagged ones still lack something is told apart. */
export function enforcedCounts(resources: readonly ResourceOutcome[], applied: boolean): ReadonlyMap<string, number> {
  const ordered = [...OUTCOMES, "redelivered" as const].flatMap((outcome) => {
    const some = resources.filter((one) => one.outcome === outcome);
    return some.toSorted((one, other) => Number(stillLacks(one)) - Number(stillLacks(other)));
  });
  return countBy(ordered.map((one) => `${wordFor(one, applied)}${stillLacks(one) ? ", still noncompliant" : ""}`));
}

function stillLacks({ outcome, tags }: ResourceOutcome): boolean {
  return outcome === "tagged" && tags.some((tag) => tag.outcome !== "tagged" && !FINE.has(tag.outcome));
}

function wordFor({ outcome, code }: Pick<TagOutcome, "outcome" | "code">, applied: boolean): string {
  if (applied) return outcome;
  if (outcome === "tagged") return "would be tagged";
  if (outcome !== "redelivered") return outcome;
  // What can't be read now may be read by the time that somebody applies it; the configuration doesn't change by itself.
  return code === NOT_CONFIGURED ? "would fail" : "not known yet";
}

/** What a plan that was made without asking a cloud would do: the rows of its summary. */
export function plannedRows({
  batches,
  unresolved,
}: Pick<PlannedTags, "batches" | "unresolved">): readonly SummaryRow[] {
  const written = batches.flatMap(({ type, account, region, resourceIds, tags }) =>
    resourceIds.flatMap((name) =>
      Array.from(tags, ([key, value]): SummaryRow => {
        const tag = shownTag(key, value);
        const outcome = wordFor({ outcome: "tagged" }, false);
        const named = calledBy(name, { type }, findContract(allContracts, type) ?? {});
        return { type: named.type, account, region, id: named.id, tag, outcome, written: { verb: "write", tag } };
      }),
    ),
  );
  const left = unresolved.map(({ key, code, message, ...ref }): SummaryRow => ({
    ...ref,
    tag: key,
    outcome: "not written",
    code,
    message,
  }));
  return [...written, ...left];
}
