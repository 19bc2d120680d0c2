import { InputError } from "../core/errors.ts";
import type { FindingKeys } from "../core/report/finding-keys.ts";
import { createSurveyor } from "../core/report/survey.ts";
import type { Earlier, Survey, Surveyor } from "../core/report/survey.ts";
import type { Gap } from "../core/report/summary.ts";
import type { ObjectStore } from "./ports/objects.ts";
import { findingsIn } from "./report-findings.ts";

/** What a shard has found. */
export interface ShardFindings {
  readonly shard: string;
  /** Nothing of the shard is missing from the run. */
  readonly whole: boolean;
  /** Names of its parts. */
  readonly parts: readonly string[];
}

export interface SurveyedFindings {
  readonly survey: Survey;
  readonly keys: FindingKeys;
  /** Parts that can't be read. */
  readonly gaps: readonly Gap[];
}

/** Reads the findings of a run once, part by part; with `earlier`, says what is new since then. */
export async function surveyFindings(
  shards: readonly ShardFindings[],
  objects: ObjectStore,
  earlier?: Earlier,
): Promise<SurveyedFindings> {
  const surveyor = createSurveyor(earlier);
  const gaps: Gap[] = [];
  for (const { shard, whole, parts } of shards) {
    surveyor.startShard(shard, whole);
    for (const part of parts) {
      try {
        await addPart(part, objects, surveyor);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        surveyor.spoilShard();
        gaps.push({ shard, reason: error.message });
      }
    }
  }
  return { ...surveyor.end(), gaps };
}

async function addPart(part: string, objects: ObjectStore, surveyor: Surveyor): Promise<void> {
  for await (const findings of findingsIn(part, objects)) {
    for (const finding of findings) surveyor.add(finding);
  }
}
