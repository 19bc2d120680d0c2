import { COVERED, type Coverage, type Covered } from "../../../lib/core/policy/cases/coverage.ts";
import type { Difference } from "../../../lib/core/policy/cases/judge.ts";
import { countText } from "../../../lib/core/report/figures.ts";
import { shownTag, shownWord } from "../../../lib/core/shown.ts";
import type { Position } from "../../../lib/core/yaml/problems.ts";
import { plainText, type Io } from "../../io.ts";
import { writeJson, writeTable, type Column } from "../results.ts";

/** What came of one case; it passed where nothing is different. */
export interface CaseResult {
  readonly name: string;
  readonly position: Position;
  /** `id`: of which resource, where an event created several. */
  readonly differences: readonly (Difference & { readonly id?: string })[];
}

/** How much of the policies at a path the cases reach. */
export interface PolicyCoverage {
  readonly policy: string;
  readonly coverage: Coverage;
}

const isPassed = ({ differences }: CaseResult): boolean => differences.length === 0;

const placeOf = ({ path, line, column }: Position): string => `${path}:${line}:${column}`;

const COLUMNS: readonly Column<CaseResult>[] = [
  ["result", (result) => (isPassed(result) ? "ok" : "failed"), "state"],
  ["case", ({ name }) => name],
  ["at", ({ position, differences: [first] }) => placeOf(first?.position ?? position), "id"],
  ["what is different", ({ differences }) => differences.map(differenceText).join("; "), "advice"],
];

function differenceText({ field, wanted, found, id }: CaseResult["differences"][number]): string {
  const of = id === undefined ? "" : ` of ${shownWord(id)}`;
  return `${field}${of}: wanted ${valueText(wanted)}, found ${valueText(found)}`;
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  const words = Array.isArray(value)
    ? value.map((key) => shownWord(String(key)))
    : Object.entries(value ?? {}).map(([key, one]) => shownTag(key, String(one)));
  return words.length === 0 ? "none" : words.join(" ");
}

export async function writeCaseTable(results: readonly CaseResult[], io: Io): Promise<void> {
  await writeTable(io.stdout, COLUMNS, results);
}

/** Counts, behind results: on stderr, since they are for people. */
export async function tellCounts(results: readonly CaseResult[], io: Io): Promise<void> {
  const failed = results.filter((result) => !isPassed(result)).length;
  await io.stderr.write(`${countText(results.length, "case")}, ${failed === 0 ? "all passed" : `${failed} failed`}\n`);
}

const NAMES: Readonly<Record<Covered, string>> = {
  policies: "policies",
  requiredTags: "required tags",
  exemptions: "exemptions",
  defaults: "defaults",
  constraints: "constraints",
};

interface CoverageRow {
  readonly policy: string;
  readonly kind: Covered;
  readonly reached: number;
  readonly all: number;
  readonly missed: readonly string[];
}

const COVERAGE_COLUMNS: readonly Column<CoverageRow>[] = [
  ["policy", ({ policy }) => policy],
  ["of it", ({ kind }) => NAMES[kind]],
  ["reached", ({ reached, all }) => `${reached} of ${all}`, "number"],
  ["not reached by any case", ({ missed }) => missed.join("; "), "advice"],
];

export async function writeCoverageTable(coverage: readonly PolicyCoverage[], io: Io): Promise<void> {
  await io.stdout.write("\n");
  const rows = coverage.flatMap(({ policy, coverage: of }) =>
    COVERED.flatMap((kind): CoverageRow[] => {
      const { reached, missed } = of[kind];
      const all = reached.length + missed.length;
      return all === 0 ? [] : [{ policy, kind, reached: reached.length, all, missed }];
    }),
  );
  await writeTable(io.stdout, COVERAGE_COLUMNS, rows);
}

/** The share that is reached of all that there is, of 1. */
export function shareOf(coverage: Coverage): number {
  const sum = (of: "reached" | "missed"): number => COVERED.reduce((all, kind) => all + coverage[kind][of].length, 0);
  const all = sum("reached") + sum("missed");
  return all === 0 ? 1 : sum("reached") / all;
}

/** `{"cases","failed","results":[{"name","file","line","column","passed","differences":[…]}],"coverage"?}` */
export async function writeCaseJson(
  results: readonly CaseResult[],
  coverage: readonly PolicyCoverage[] | undefined,
  io: Io,
): Promise<void> {
  const placed = ({ path, line, column }: Position) => ({ file: path, line, column });
  await writeJson(io.stdout, {
    cases: results.length,
    failed: results.filter((result) => !isPassed(result)).length,
    results: results.map((result) => ({
      name: result.name,
      ...placed(result.position),
      passed: isPassed(result),
      differences: result.differences.map(({ position, ...difference }) => ({ ...difference, ...placed(position) })),
    })),
    ...(coverage !== undefined && {
      coverage: coverage.map(({ policy, coverage: of }) => ({ policy, share: shareOf(of), ...of })),
    }),
  });
}

/** JUnit's XML, as servers of builds read it: a suite for each file. */
export async function writeJunit(results: readonly CaseResult[], io: Io): Promise<void> {
  const suites = Map.groupBy(results, ({ position }) => position.path);
  const counted = (some: readonly CaseResult[]): string =>
    `tests="${some.length}" failures="${some.filter((one) => !isPassed(one)).length}" errors="0"`;
  const lines = [...suites].flatMap(([file, own]) => [
    `  <testsuite name="${xml(file)}" ${counted(own)}>`,
    ...own.flatMap((result) => testCase(file, result)),
    "  </testsuite>",
  ]);
  await io.stdout.write(
    `${['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${counted(results)}>`, ...lines, "</testsuites>"].join("\n")}\n`,
  );
}

function testCase(file: string, result: CaseResult): string[] {
  const begin = `    <testcase classname="${xml(file)}" name="${xml(result.name)}"`;
  if (isPassed(result)) return [`${begin}/>`];
  const texts = result.differences.map((one) => `${placeOf(one.position)}: ${differenceText(one)}`);
  const message = xml(result.differences.map(differenceText).join("; "));
  return [
    `${begin}>`,
    `      <failure message="${message}" type="difference">${texts.map(xml).join("\n")}</failure>`,
    "    </testcase>",
  ];
}

/** What XML 1.0 has no place for is escaped as everywhere: https://www.w3.org/TR/xml/#charsets */
function xml(text: string): string {
  return plainText(text).replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign] ?? "");
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
