import { InputError } from "../../core/errors.ts";
import type { Gap } from "../../core/report/summary.ts";
import { createSurveyor, type Changes, type Survey, type Surveyor } from "../../core/report/survey.ts";
import type { KnownByType } from "../audit/known-findings.ts";
import type { ObjectStore } from "../ports/objects.ts";
import { findingsIn, PARTS_AHEAD } from "./findings.ts";
import { readAhead } from "./read-ahead.ts";
import type { Report } from "../../core/report/report.ts";
import type { RunBefore } from "../../core/alert/report-alerts.ts";

/** What a shard has found. */
export interface ShardFindings {
  readonly shard: string;
  /** Names of its parts. */
  readonly parts: readonly string[];
  /** Names of the parts that say what the next run needs to know of its findings; absent = there are none. */
  readonly known?: KnownByType;
}

export interface SurveyedFindings {
  readonly survey: Survey;
  /** Parts that can't be read. */
  readonly gaps: readonly Gap[];
}

/** Reads the findings of a run once, part by part. `changes` = what its shards counted against an earlier run. */
export async function surveyFindings(
  shards: readonly ShardFindings[],
  objects: ObjectStore,
  changes?: Omit<Changes, "newest">,
): Promise<SurveyedFindings> {
  const surveyor = createSurveyor();
  const gaps: Gap[] = [];
  const ahead = readAhead(
    shards.values().flatMap(({ parts }) => parts),
    objects,
    PARTS_AHEAD,
  );
  for (const { shard, parts } of shards) {
    for (const part of parts) {
      try {
        await addPart(part, ahead, surveyor);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        gaps.push({ shard, reason: error.message });
      }
    }
  }
  return { survey: surveyor.end(changes), gaps };
}

async function addPart(part: string, objects: Pick<ObjectStore, "get">, surveyor: Surveyor): Promise<void> {
  for await (const findings of findingsIn(part, objects)) {
    for (const finding of findings) surveyor.add(finding);
  }
}

/** A run whose report is finished. */
export interface FinishedRun {
  readonly report: Report;
  /** The run before it. */
  readonly before?: RunBefore;
  readonly shards: readonly ShardFindings[];
}
