import { COMPLIANCES } from "../evaluation.ts";
import type { Report, ReportGroup } from "./report.ts";

/** The report as a page of Markdown: how compliant, where, by which key, how complete, at what cost. */
export function renderMarkdown(report: Report): string {
  return [
    `# Tag compliance: ${percent(report.compliance)}`,
    "",
    ...headline(report),
    "",
    ...section("Providers", groupTable("Provider", report.by.provider)),
    ...section("Policies", groupTable("Policy", report.by.policy)),
    ...section("Resource types", groupTable("Type", report.by.type)),
    ...section("Accounts", groupTable("Account", report.by.account)),
    ...section("Regions", groupTable("Region", report.by.region)),
    ...section("Required keys", keyTable(report)),
    ...section("Coverage", coverageLines(report)),
    ...section("Calls", [
      ...table(["Action", "Calls"], Object.entries(report.calls).map(numbered)),
      "",
      `The tag listings returned ${number(report.rows)} rows.`,
    ]),
  ].join("\n");
}

/** Two reports side by side, e.g. before and after enforcement: compliance in all, by provider and by policy. */
export function renderComparison(before: Report, after: Report): string {
  return [
    `# Tag compliance: ${percent(before.compliance)} → ${percent(after.compliance)}`,
    "",
    ...section("Providers", comparisonTable("Provider", before.by.provider, after.by.provider)),
    ...section("Policies", comparisonTable("Policy", before.by.policy, after.by.policy)),
  ].join("\n");
}

function headline(report: Report): string[] {
  const { compliant, noncompliant } = report.evaluated;
  const apart = COMPLIANCES.filter((name) => name !== "compliant" && name !== "noncompliant")
    .map((name) => `${number(report.evaluated[name])} ${name}`)
    .join(", ");
  const lines = [
    `${number(compliant)} of the ${number(compliant + noncompliant)} resources that were judged are compliant. ` +
      `Apart from these: ${apart}; ${number(report.resources)} resources in all.`,
    "",
    `Run ${text(report.run)}, ${report.startedAt} to ${report.finishedAt}, policies ${text(report.policyHash)}.`,
  ];
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
      percent(group.compliance),
      number(group.resources),
      ...COMPLIANCES.map((name) => number(group.evaluated[name])),
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
      percent(earlier.get(name)?.compliance ?? null),
      percent(later.get(name)?.compliance ?? null),
      number(earlier.get(name)?.evaluated.noncompliant ?? 0),
      number(later.get(name)?.evaluated.noncompliant ?? 0),
    ]),
  );
}

function keyTable(report: Report): string[] {
  return table(
    ["Key", "Missing", "Invalid", "Under another spelling"],
    report.keys.map(({ key, missing, invalid, nearMisses }) => [
      text(key),
      number(missing),
      number(invalid),
      number(nearMisses),
    ]),
  );
}

function coverageLines(report: Report): string[] {
  const { coverage } = report;
  const sources = table(
    ["Listed", "In the inventory", "In the tag listing", "Only in the inventory", "Only in the tag listing"],
    Object.entries(coverage.byType).map(([type, counts]) => [
      text(type),
      number(counts.inventory),
      number(counts.tagListing),
      number(counts.onlyInventory),
      number(counts.onlyTagListing),
    ]),
  );
  const lines = [
    ...coverage.notes.map(text),
    ...Object.entries(report.readErrors).map(
      ([error, n]) => `Tags of ${number(n)} resources are unknown: ${text(error)}`,
    ),
    ...Object.entries(report.notTaggable).map(
      ([reason, n]) => `${number(n)} resources can't carry tags: ${text(reason)}`,
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
  return [text(name), number(n)];
}

/** Rounded down, so that 100 % always means all. */
function percent(ratio: number | null): string {
  return ratio === null ? "–" : `${(Math.floor(ratio * 1000 + 1e-9) / 10).toFixed(1)} %`;
}

function number(n: number): string {
  return n.toLocaleString("en-US");
}

/** Names come from users and clouds: nothing in them may act as Markdown or HTML. */
function text(name: string): string {
  return name
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/[\\`*_[\]<>|#~&]/gu, (mark) => (mark === "<" ? "&lt;" : mark === "&" ? "&amp;" : `\\${mark}`));
}
