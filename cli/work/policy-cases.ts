import { dirname, isAbsolute, join } from "node:path";
import { InputError } from "../../lib/core/errors.ts";
import { readCaseFile, type Case, type CaseFile } from "../../lib/core/policy/cases/case-file.ts";
import { recordCoverage, type CoverageRecord } from "../../lib/core/policy/cases/coverage.ts";
import { differencesFrom } from "../../lib/core/policy/cases/judge.ts";
import { openExplain } from "../../lib/core/policy/explain/open.ts";
import type { Explain } from "../../lib/core/policy/explain/explain.ts";
import { NO_TAGS, type Resource } from "../../lib/core/resource.ts";
import { collectProblems, type Position, type Problems } from "../../lib/core/yaml/problems.ts";
import { parseEventValue } from "../../lib/events/parse.ts";
import { eventsIn, noEvents } from "../input/created.ts";
import { inputName, readText, readWhole } from "../input/file.ts";
import { loadPolicy } from "../input/policy.ts";
import type { Io } from "../io.ts";
import type { CaseResult, PolicyCoverage } from "../output/policy/case-results.ts";

interface Opened {
  readonly explain: Explain;
  readonly record: CoverageRecord;
}

/** What came of the cases of some files, and how much of the policies they reach. */
export interface Tested {
  readonly results: readonly CaseResult[];
  readonly coverage: readonly PolicyCoverage[];
}

/**
 * Runs the cases of these files. `policy` takes the place of the ones that they name; `now` counts where they name no
 * time. Throws InputError with all that is wrong with the files themselves, with file, line and column.
 */
export async function runCases(
  files: readonly string[],
  { policy, now }: { readonly policy: string | undefined; readonly now: number },
  io: Io,
): Promise<Tested> {
  const problems = collectProblems();
  const read: { readonly path: string; readonly file: CaseFile }[] = [];
  for (const path of files) {
    const name = inputName(path);
    const file = readCaseFile(name, await readWhole(readText(path, io), name), problems);
    if (file !== undefined) read.push({ path, file });
  }
  for (const { file } of read) {
    if (policy !== undefined || file.policy !== undefined) continue;
    const position = file.cases[0]?.position ?? { path: "", line: 1, column: 1 };
    problems.add({ ...position, line: 1, column: 1 }, "policy is missing: name the policies, relative to this file");
  }
  problems.throwIfAny();
  const opened = new Map<string, Opened>();
  const open = async (path: string): Promise<Opened> => {
    const known = opened.get(path);
    if (known !== undefined) return known;
    const compiled = await loadPolicy(path, undefined, io);
    const fresh = { explain: await openExplain(compiled), record: recordCoverage(compiled) };
    opened.set(path, fresh);
    return fresh;
  };
  const results: CaseResult[] = [];
  for (const { path, file } of read) {
    const { explain, record } = await open(policy ?? besides(path, file.policy?.path ?? ""));
    for (const one of file.cases) {
      const at = file.at ?? now;
      const resources = await resourcesOf(one, path, problems, io);
      const differences = resources.flatMap((resource) => {
        const explanation = explain({ resource }, at);
        record.add(resource, explanation, at);
        const id = resources.length > 1 ? { id: resource.id } : {};
        return differencesFrom(one, explanation).map((difference) => ({ ...difference, ...id }));
      });
      results.push({ name: one.name, position: one.position, differences });
    }
  }
  problems.throwIfAny();
  const coverage = [...opened].map(([path, { record }]) => ({ policy: path, coverage: record.coverage() }));
  return { results, coverage };
}

/** A path that a file names, relative to that file. */
function besides(file: string, named: string): string {
  return isAbsolute(named) || file === "-" ? named : join(dirname(file), named);
}

async function resourcesOf({ subject }: Case, path: string, problems: Problems, io: Io): Promise<readonly Resource[]> {
  if ("resource" in subject) return [subject.resource];
  const created =
    "recording" in subject
      ? await createdIn(besides(path, subject.recording), subject.position, problems, io)
      : createdBy(subject.event, subject.position, problems);
  // A resource that was just created carries what its request named.
  return created.map((resource) => ({ ...resource, tags: resource.event?.requestTags ?? NO_TAGS }));
}

/** Without a configuration nothing says where a Huawei project stands. */
const OPTIONS = { regionOfProject: () => "unknown" };

async function createdIn(file: string, at: Position, problems: Problems, io: Io): Promise<readonly Resource[]> {
  const counts = noEvents();
  const resources: Resource[] = [];
  for await (const event of eventsIn(file, OPTIONS, counts, io)) {
    if (event.kind === "created") resources.push(...event.resources);
  }
  if (resources.length === 0) sayNothingCreated(at, [...counts.others.keys(), ...counts.skipped.keys()], problems);
  return resources;
}

function createdBy(value: unknown, at: Position, problems: Problems): readonly Resource[] {
  try {
    const event = parseEventValue(value, OPTIONS);
    if (event.kind === "created" && event.resources.length > 0) return event.resources;
    sayNothingCreated(at, event.kind === "not-a-creation" ? [event.reason] : [], problems);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.add(at, `the event can't be read: ${error.message}`);
  }
  return [];
}

function sayNothingCreated(at: Position, reasons: readonly string[], problems: Problems): void {
  problems.add(at, `the event creates nothing${reasons.length === 0 ? "" : `: ${reasons.join("; ")}`}`);
}
