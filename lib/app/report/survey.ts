import { InputError } from "../../core/errors.ts";
import type { Gap } from "../../core/report/summary.ts";
import { createSurveyor } from "../../core/report/survey.ts";
import type { Changes, Survey, Surveyor } from "../../core/report/survey.ts";
import type { ObjectStore } from "../ports/objects.ts";
import { findingsIn } from "./findings.ts";

/** What a shard has found. */
export interface ShardFindings {
  readonly shard: string;
  /** Names of its parts. */
  readonly parts: readonly string[];
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
  for (const { shard, parts } of shards) {
    for (const part of parts) {
      try {
        await addPart(part, objects, surveyor);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        gaps.push({ shard, reason: error.message });
      }
    }
  }
  return { survey: surveyor.end(changes), gaps };
}

async function addPart(part: string, objects: ObjectStore, surveyor: Surveyor): Promise<void> {
  for await (const findings of findingsIn(part, objects)) {
    for (const finding of findings) surveyor.add(finding);
  }
}
