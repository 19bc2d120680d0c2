import { clipped } from "../clip.ts";
import { aboutText } from "./about-text.ts";
import { COMPLIANCES } from "../evaluation.ts";
import { writingOffText } from "../mode.ts";
import { visible } from "../shown.ts";
import { changesNotes, changesText } from "./changes-text.ts";
import { COVERAGE_WORDS, coverageState } from "./coverage-state.ts";
import { countText, durationText, inventoryAgeTexts, numberText, percentText, unseenText } from "./figures.ts";
import { pastRun } from "./history.ts";
import type { PastRun } from "./history.ts";
import type { Report, ReportGroup } from "./report.ts";
import { trendText } from "./trend-text.ts";

/** The report as a page of Markdown, in the order of the page; `before` = the run before it, where one is known. */
export function renderMarkdown(report: Report, before?: PastRun): string {
  return [
    `# Tag compliance: ${percentText(report.compliance)}`,
    "",
    ...headline(report, before),
    "",
    ...changesLines(report),
    ...ownersLines(report),
    ...section("Providers", groupTable("Provider", report.by.provider)),
    ...section("Policies", groupTable("Policy", report.by.policy)),
    ...section("Resource types", groupTable("Type", report.by.type)),
    ...section("Accounts", groupTable("Account", report.by.account)),
    ...section("Regions", groupTable("Region", report.by.region)),
    ...section("Required keys", keyTable(report)),
    ...forbiddenLines(report),
    ...exemptionsLines(report),
    ...section("Coverage", coverageLines(report)),
    ...section("Calls and time", costLines(report)),
  ].join("\n");
}

function headline(report: Report, before: PastRun | undefined): string[] {
  const { compliant, noncompliant } = report.evaluated;
  const judged = compliant + noncompliant;
  const apart = COMPLIANCES.filter((name) => name !== "compliant" && name !== "noncompliant")
    .map((name) => `${numberText(report.evaluated[name])} ${name}`)
    .join(", ");
  const lines = [
    `${numberText(compliant)} of the ${countText(judged, "resource")} that ${judged === 1 ? "was" : "were"} judged ${compliant === 1 ? "is" : "are"} compliant. ` +
      `Apart from these: ${apart}; ${countText(report.resources, "resource")} in all.`,
    ...trendLines(report, before),
    "",
    `Run ${text(report.run)}, ${report.startedAt} to ${report.finishedAt}, policies ${text(report.policyHash)}.`,
  ];
  const off = writingOffText(report.mode);
  if (off !== undefined) lines.push("", off);
  const unseen = unseenText(report.coverage);
  if (unseen !== undefined) lines.push("", text(unseen));
  if (report.complete) return lines;
  return [
    ...lines,
    "",
    "**This report is incomplete.** Missing from it:",
    "",
    ...report.gaps.map(
      (gap) => `- ${text(gap.shard)}${gap.type === undefined ? "" : `, ${text(gap.type)}`}: ${text(gap.reason)}`,
    ),
  ];
}

function trendLines(report: Report, before: PastRun | undefined): string[] {
  const sentence = before === undefined ? undefined : trendText(before, pastRun(report));
  return sentence === undefined ? [] : ["", sentence];
}

function groupTable(title: string, groups: readonly ReportGroup[]): string[] {
  return table(
    [title, "Compliance", "Resources", ...COMPLIANCES],
    groups.map((group) => [
      [group.name, aboutText(group), group.note ?? ""]
        .filter((part) => part !== "")
        .map(text)
        .join(" – "),
      percentText(group.compliance),
      numberText(group.resources),
      ...COMPLIANCES.map((name) => numberText(group.evaluated[name])),
    ]),
  );
}

function keyTable(report: Report): string[] {
  return table(
    ["Key", "Missing", "Invalid", "Under another spelling"],
    report.keys.map(({ key, missing, invalid, nearMisses, ...said }) => [
      [key, aboutText(said)]
        .filter((part) => part !== "")
        .map(text)
        .join(" – "),
      numberText(missing),
      numberText(invalid),
      numberText(nearMisses),
    ]),
  );
}

/** So many are named; the rest is in report.json. */
const MOST_FORBIDDEN = 50;

function forbiddenLines({ forbidden = [] }: Report): string[] {
  const rows = forbidden.slice(0, MOST_FORBIDDEN).map(({ key, resources }) => [text(key), numberText(resources)]);
  return rows.length === 0 ? [] : section("Forbidden keys", table(["Key", "Resources"], rows));
}

function changesLines({ survey, repairs }: Report): string[] {
  const changes = survey?.changes;
  if (changes === undefined) return [];
  const counts = `${numberText(changes.new)} new, ${changesText(changes)}, since run ${text(changes.since)}.`;
  return section("Since the last run", [counts, ...changesNotes(changes, repairs).flatMap((note) => ["", note])]);
}

const MOST_OWNERS = 10;

function ownersLines({ survey }: Report): string[] {
  const owners = survey?.owners?.slice(0, MOST_OWNERS) ?? [];
  if (owners.length === 0) return [];
  const rows = owners.map(({ owner, findings }) => [
    owner === "" ? "no owner named" : text(clipped(owner, 80)),
    numberText(findings),
  ]);
  return section("Owners of the most findings", table(["Owner", "Findings"], rows));
}

function exemptionsLines({ exemptions }: Report): string[] {
  if (exemptions === undefined) return [];
  const rows = exemptions.map(({ reason, tags, approvedBy, resources, expires, expired }) => [
    text(reason),
    tags === undefined ? "all" : text(tags.join(", ")),
    approvedBy === undefined ? "–" : text(approvedBy),
    expired ? `${expires} (expired)` : expires,
    resources === undefined ? "–" : numberText(resources),
  ]);
  return section("Exemptions", table(["Reason", "Tags", "Approved by", "Until", "Covers"], rows, 4));
}

function coverageLines(report: Report): string[] {
  const { coverage } = report;
  const sources = table(
    [
      "Listed",
      "In the inventory",
      "In the tag listing",
      "Told of by events",
      "Only in the inventory",
      "Only in the tag listing",
      "Only told of by events",
    ],
    Object.entries(coverage.byType).map(([type, counts]) => [
      text(type),
      numberText(counts.inventory),
      numberText(counts.tagListing),
      numberText(counts.events),
      numberText(counts.onlyInventory),
      numberText(counts.onlyTagListing),
      numberText(counts.onlyEvents),
    ]),
  );
  const unseen = unseenText(coverage);
  const lines = [
    // What is missing of an incomplete run stands at its head.
    ...(report.complete ? [`Coverage is ${COVERAGE_WORDS[coverageState(report)]}.`] : []),
    ...(unseen === undefined ? [] : [text(unseen)]),
    ...inventoryAgeTexts(coverage).map(text),
    ...coverage.notes.map(text),
    ...Object.entries(report.readErrors).map(
      ([error, n]) => `Tags of ${countText(n, "resource")} are unknown: ${text(error)}`,
    ),
    ...Object.entries(report.notTaggable).map(
      ([reason, n]) => `${countText(n, "resource")} can't carry tags: ${text(reason)}`,
    ),
  ];
  return [...sources, ...(sources.length === 0 ? [] : [""]), ...lines.map((line) => `- ${line}`)];
}

function costLines({ calls, rows, startedAt, finishedAt }: Report): string[] {
  const total = Object.values(calls).reduce((sum, n) => sum + n, 0);
  const cost = `${countText(total, "API call")} in ${durationText(startedAt, finishedAt)}, failed ones included.`;
  return [
    `${cost} The tag listings returned ${countText(rows, "row")}.`,
    "",
    ...table(["Action", "Calls"], Object.entries(calls).map(numbered)),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return [`## ${title}`, "", ...(lines.length === 0 ? ["None."] : lines), ""];
}

/** Columns hold numbers from `numbers` on. */
function table(head: readonly string[], rows: readonly (readonly string[])[], numbers = 1): string[] {
  if (rows.length === 0) return [];
  return [
    `| ${head.join(" | ")} |`,
    `|${head.map((_, column) => (column < numbers ? "---" : "---:")).join("|")}|`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ];
}

function numbered([name, n]: readonly [string, number]): string[] {
  return [text(name), numberText(n)];
}

/**
 * Names come from users and clouds: nothing in them may act as Markdown or HTML, or hide from the eye. An invisible character keeps what looks
 * like `@team` from calling that team where a page of Markdown becomes a comment; no escape does.
 */
function text(name: string): string {
  return visible(name.replaceAll(/[ \t\r\n]+/gu, " "))
    .replaceAll(/(?<!\w)@/gu, "@\u2060")
    .replaceAll(/[\\`*_[\]<>|#~&]/gu, (mark) => (mark === "<" ? "&lt;" : mark === "&" ? "&amp;" : `\\${mark}`));
}
