/** The report of a run with so many findings, in a process of its own: `node audit-report-child.ts FOLDER FINDINGS`. */
import { SHARD_START, toJson } from "../lib/app/audit/checkpoint.ts";
import { flatLayout, summaryName } from "../lib/app/audit/layout.ts";
import { ndjsonPart } from "../lib/app/audit/ndjson.ts";
import { systemClock } from "../lib/app/ports/system-clock.ts";
import { publishReport } from "../lib/app/report/publish-report.ts";
import { findingLine, isFinding } from "../lib/core/report/evaluation-line.ts";
import { createSummariser } from "../lib/core/report/summarise.ts";
import { tagsFromObject } from "../lib/core/resource.ts";
import { fileObjects } from "../lib/sinks/objects/files.ts";
import { objectRunStore } from "../lib/sinks/objects/run-store.ts";
import { estate, estatePolicies } from "./audit-estate.ts";
import { peakMb, processMs } from "./process-cost.ts";

/** What a report took. */
export interface ReportCost {
  readonly findings: number;
  readonly cpuMs: number;
  readonly startMb: number;
  readonly peakMb: number;
}

const LINES_PER_PART = 50_000;
const RUN = "2026-11-22T02-00-00-000Z";
const SHARD = "bench";

const [folder = "", count = "0"] = process.argv.slice(2);
const objects = fileObjects(folder);
const runs = objectRunStore(objects);
const startedAt = Date.UTC(2026, 10, 22, 2);
const firstSeen = new Date(startedAt).toISOString();

/** Writes the parts of a run of one shard, as `audit` leaves them; answers their names. */
async function writeFindings(findings: number): Promise<void> {
  const policies = estatePolicies();
  const counts = createSummariser();
  const parts: string[] = [];
  let part = ndjsonPart();
  let written = 0;
  const close = async (): Promise<void> => {
    const name = flatLayout.part("findings", RUN, SHARD, String(parts.length));
    await objects.put(name, part.end());
    parts.push(name);
    part = ndjsonPart();
  };
  for (const { tags = {}, ...ref } of estate(Infinity)) {
    const evaluation = policies.evaluate({ ...ref, tags: tagsFromObject(tags) }, startedAt);
    if (!isFinding(evaluation)) continue;
    counts.add(evaluation);
    const owner = `team-${written % 40}`;
    part.add(findingLine(evaluation, { owner, firstSeen, state: "new" }));
    written += 1;
    if (part.lines === LINES_PER_PART) await close();
    if (written === findings) break;
  }
  if (part.lines > 0) await close();
  const summary = summaryName(RUN, SHARD, "a1");
  const manifest = { ...SHARD_START.manifest, findings: parts };
  await objects.put(summary, toJson({ manifest, summary: counts.summary() }));
  await runs.create({ run: RUN, startedAt, at: startedAt, policyHash: policies.hash, shards: [SHARD] });
  await runs.finishShard(RUN, SHARD, { state: "done", summary });
}

if (process.argv[4] === "write") {
  await writeFindings(Number(count));
} else {
  const startMb = process.memoryUsage.rss() / 1024 ** 2;
  const startMs = processMs();
  const publication = await publishReport(RUN, { runs, objects, layout: flatLayout, clock: systemClock });
  const cpuMs = processMs() - startMs;
  const findings = publication.state === "published" ? publication.report.survey?.findings : undefined;
  if (findings !== Number(count)) throw new Error(`the report counts ${findings} findings`);
  const cost: ReportCost = { findings, cpuMs, startMb, peakMb: await peakMb() };
  process.stdout.write(`${JSON.stringify(cost)}\n`);
}
