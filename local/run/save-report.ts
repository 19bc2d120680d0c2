import { join } from "node:path";
import { flatLayout, partitionedLayout, runThatLeft } from "../../lib/app/audit/layout.ts";
import type { ObjectStore } from "../../lib/app/ports/objects.ts";
import { readHistory } from "../../lib/app/report/history.ts";
import { reportPage } from "../../lib/app/report/page.ts";
import { runBefore } from "../../lib/core/report/history.ts";
import { renderMarkdown } from "../../lib/core/report/markdown.ts";
import type { Report } from "../../lib/core/report/report.ts";
import { fileObjects } from "../../lib/sinks/objects/files.ts";

const PART = /shard=([^/]+)\/([^/]+)\.ndjson\.gz$/u;

/** Gives a new bucket the history of the runs that this folder reports, so that the trend goes on. */
export async function carryHistory(folder: string, bucket: ObjectStore): Promise<void> {
  const history = await fileObjects(folder).get(flatLayout.history);
  if (history === undefined || (await bucket.get(partitionedLayout.history)) !== undefined) return;
  await bucket.put(partitionedLayout.history, history);
}

/** Puts a report with its findings and its history from the bucket into a folder, as `tagwarden audit` would leave them. */
export async function saveReport(
  report: Report,
  bucket: ObjectStore,
  folder: string,
): Promise<{ readonly report: string; readonly page: string }> {
  const files = fileObjects(folder);
  await files.remove((await files.list("findings/")).filter((name) => runThatLeft(name) !== undefined));
  const parts: string[] = [];
  for (const name of await bucket.list(`findings/run=${report.run}/`)) {
    const [, shard, part] = PART.exec(name) ?? [];
    const body = await bucket.get(name);
    if (shard === undefined || part === undefined || body === undefined) throw new Error(`the audit left no ${name}`);
    const copy = flatLayout.part("findings", report.run, shard, part);
    await files.put(copy, body);
    parts.push(copy);
  }
  const history = await readHistory(bucket, partitionedLayout);
  const put = (name: string, text: string): Promise<void> => files.put(name, new TextEncoder().encode(text));
  await put(flatLayout.history, `${JSON.stringify(history, undefined, 2)}\n`);
  await put("report.html", reportPage(report, { name: "report.html", history, parts }));
  await put("report.md", renderMarkdown(report, runBefore(history, report)));
  await put("report.json", `${JSON.stringify(report, undefined, 2)}\n`);
  return { report: join(folder, "report.json"), page: join(folder, "report.html") };
}
