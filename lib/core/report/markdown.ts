import { COMPLIANCES } from "../evaluation.ts";
import { changesNotes, changesText } from "./changes-text.ts";
import { unseenText } from "./coverage-text.ts";
import { countText, numberText, percentText } from "./figures.ts";
import { shortened } from "./html-text.ts";
import type { Report, ReportGroup } from "./report.ts";

/** The report as a page of Markdown: how compliant, where, by which key, how complete, at what cost. */
export function renderMarkdown(report: Report): string {
  return [
    `# Tag compliance: ${percentText(report.compliance)}`,
    "",
    ...headline(report),
    "",
    ...changesLines(report),
    ...ownersLines(report),
    ...section("Providers", groupTable("Provider", report.by.provider)),
    ...section("Policies", groupTable("Policy", report.by.policy)),
    ...section("Resource types", groupTable("Type", report.by.type)),
    ...section("Accounts", groupTable("Account", report.by.account)),
    ...section("Regions", groupTable("Region", report.by.region)),
    ...section("Required keys", keyTable(report)),
    ...exemptionsLines(report),
    ...section("Coverage", coverageLines(report)),
    ...section("Calls", [
      ...table(["Action", "Calls"], Object.entries(report.calls).map(numbered)),
      "",
      `The tag listings returned ${countText(report.rows, "row")}.`,
    ]),
  ].join("\n");
}

/** Two reports side by side, e.g. before and after enforcement: compliance in all, by provider and by policy. */
export function renderComparison(before: Report, after: Report): string {
  return [
    `# Tag compliance: ${percentText(before.compliance)} → ${percentText(after.compliance)}`,
    "",
    ...section("Providers", comparisonTable("Provider", before.by.provider, after.by.provider)),
    ...section("Policies", comparisonTable("Policy", before.by.policy, after.by.policy)),
  ].join("\n");
}

function headline(report: Report): string[] {
  const { compliant, noncompliant } = report.evaluated;
  const judged = compliant + noncompliant;
  const apart = COMPLIANCES.filter((name) => name !== "compliant" && name !== "noncompliant")
    .map((name) => `${numberText(report.evaluated[name])} ${name}`)
    .join(", ");
  const lines = [
    `${numberText(compliant)} of the ${countText(judged, "resource")} that ${judged === 1 ? "was" : "were"} judged ${compliant === 1 ? "is" : "are"} compliant. ` +
      `Apart from these: ${apart}; ${countText(report.resources, "resource")} in all.`,
    "",
    `Run ${text(report.run)}, ${report.startedAt} to ${report.finishedAt}, policies ${text(report.policyHash)}.`,
  ];
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

function groupTable(title: string, groups: readonly ReportGroup[]): string[] {
  return table(
    [title, "Compliance", "Resources", ...COMPLIANCES],
    groups.map((group) => [
      text(group.name),
      percentText(group.compliance),
      numberText(group.resources),
      ...COMPLIANCES.map((name) => numberText(group.evaluated[name])),
    ]),
  );
}

function comparisonTable(title: string, before: readonly ReportGroup[], after: readonly ReportGroup[]): string[] {
  const earlier = new Map(before.map((group) => [group.name, group]));
  const later = new Map(after.map((group) => [group.name, group]));
  const names = [...new Set([...earlier.keys(), ...later.keys()])].sort();
  return table(
    [title, "Before", "After", "Noncompliant before", "Noncompliant after"],
    names.map((name) => [
      text(name),
      percentText(earlier.get(name)?.compliance ?? null),
      percentText(later.get(name)?.compliance ?? null),
      numberText(earlier.get(name)?.evaluated.noncompliant ?? 0),
      numberText(later.get(name)?.evaluated.noncompliant ?? 0),
    ]),
  );
}

function keyTable(report: Report): string[] {
  return table(
    ["Key", "Missing", "Invalid", "Under another spelling"],
    report.keys.map(({ key, missing, invalid, nearMisses }) => [
      text(key),
      numberText(missing),
      numberText(invalid),
      numberText(nearMisses),
    ]),
  );
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
    owner === "" ? "no owner named" : text(shortened(owner, 80)),
    numberText(findings),
  ]);
  return section("Owners of the most findings", table(["Owner", "Findings"], rows));
}

function exemptionsLines({ exemptions }: Report): string[] {
  if (exemptions === undefined) return [];
  const rows = exemptions.map(({ reason, approvedBy, expires, expired }) => [
    text(reason),
    approvedBy === undefined ? "–" : text(approvedBy),
    expired ? `${expires} (expired)` : expires,
  ]);
  return section("Exemptions", table(["Reason", "Approved by", "Until"], rows));
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
  const lines = [
    ...coverage.notes.map(text),
    ...Object.entries(report.readErrors).map(
      ([error, n]) => `Tags of ${countText(n, "resource")} are unknown: ${text(error)}`,
    ),
    ...Object.entries(report.notTaggable).map(
      ([reason, n]) => `${countText(n, "resource")} can't carry tags: ${text(reason)}`,
    ),
  ];
  return lines.length === 0 ? sources : [...sources, "", ...lines.map((line) => `- ${line}`)];
}

function section(title: string, lines: readonly string[]): string[] {
  return [`## ${title}`, "", ...(lines.length === 0 ? ["None."] : lines), ""];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [
    `| ${head.join(" | ")} |`,
    `|${head.map((_, column) => (column === 0 ? "---" : "---:")).join("|")}|`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ];
}

function numbered([name, n]: readonly [string, number]): string[] {
  return [text(name), numberText(n)];
}

/** Names come from users and clouds: nothing in them may act as Markdown or HTML. */
function text(name: string): string {
  return name
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/[\\`*_[\]<>|#~&]/gu, (mark) => (mark === "<" ? "&lt;" : mark === "&" ? "&amp;" : `\\${mark}`));
}
