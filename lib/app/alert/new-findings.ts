import { compareSeverity, highestSeverityOf } from "../../core/alert/alert.ts";
import { severeFindings, type NewFinding } from "../../core/alert/finding-alerts.ts";
import type { AlertSettings } from "../../core/alert/settings.ts";
import { InputError } from "../../core/errors.ts";
import type { Finding } from "../../core/report/finding.ts";
import type { Report } from "../../core/report/report.ts";
import { byProblems, createWorst } from "../../core/report/worst.ts";
import type { ObjectStore } from "../ports/objects.ts";
import { findingsIn, PARTS_AHEAD } from "../report/findings.ts";
import { readAhead } from "../report/read-ahead.ts";
import type { ShardFindings } from "../report/survey.ts";

/** More than that in a night is no list that anybody works through. */
const MOST = 200;

/**
 * The findings that a run found first, or found to break something that they didn't before, and of which that is severe
 * enough to be told, the worst 200 of them: the most severe by their policies, then those with the most problems, then by
 * place and id. A report holds the worst of all that are found first; where it had to leave some out, or known ones break
 * something new, the findings themselves are read, since more severe ones may be among those.
 */
export async function newFindings(
  { report, shards }: { readonly report: Report; readonly shards: readonly ShardFindings[] },
  { newFindings: least }: Pick<AlertSettings, "newFindings">,
  { objects, onDamage }: { readonly objects: ObjectStore; readonly onDamage?: (reason: string) => void },
): Promise<NewFinding[]> {
  const changes = report.survey?.changes;
  // The first run finds everything for the first time, and its compliance says so.
  if (changes === undefined || least === "none") return [];
  const { newest, newlyBroken = 0 } = changes;
  if (changes.new <= newest.length && newlyBroken === 0) return severeFindings(newest, report, least);
  const severityOf = (finding: Finding) => highestSeverityOf(finding.policies, report);
  const worst = createWorst(MOST, (a, b) => compareSeverity(severityOf(b), severityOf(a)) || byProblems(a, b));
  const parts = shards.flatMap((shard) => shard.parts);
  const ahead = readAhead(parts, objects, PARTS_AHEAD);
  for (const part of parts) {
    try {
      for await (const findings of findingsIn(part, ahead)) {
        for (const { finding } of severeFindings(findings, report, least)) worst.add(finding);
      }
    } catch (error) {
      // Where the damage is older than the report, it names it as a gap, and that is an alert of its own.
      if (!(error instanceof InputError)) throw error;
      onDamage?.(error.message);
    }
  }
  return severeFindings(worst.list(), report, least);
}
