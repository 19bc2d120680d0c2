import { writingOffText } from "../../mode.ts";
import { changesText } from "../changes-text.ts";
import { COVERAGE_WORDS, coverageState } from "../coverage-state.ts";
import { countText, durationText, numberText, oldestInventoryText, percentText, unseenText } from "../figures.ts";
import type { PastRun } from "../history.ts";
import type { Report } from "../report.ts";
import { complianceBar } from "./charts.ts";
import { html, lineList, NOTHING, nameText, type Html } from "./text.ts";
import { changeLine } from "./trend.ts";

/** How compliant we are, and in a line each what the parts of the report say. */
export function headlineSection(report: Report, history: readonly PastRun[]): Html {
  const { compliant, noncompliant } = report.evaluated;
  const judged = compliant + noncompliant;
  const apart = report.resources - judged;
  return html`<section aria-labelledby="compliance">
    <div class="panel hero">
      <div>
        <h2 id="compliance">Compliance</h2>
        ${
          report.compliance === null
            ? html`<p class="headline words">${report.resources === 0 ? "No resources" : "Nothing judged"}</p>
                <p>
                  ${report.resources === 0 ? "The audit has found no resource in the configured accounts." : `None of the ${countText(report.resources, "resource")} is held to a policy.`}
                </p>`
            : html`<p class="headline">${percentText(report.compliance)}</p>
                ${changeLine(history)}
                <p>
                  <strong>${numberText(compliant)} of the ${countText(judged, "resource")}</strong> that
                  ${judged === 1 ? "was" : "were"} judged ${compliant === 1 ? "is" : "are"}
                  compliant.${apart === 0 ? "" : ` The other ${numberText(apart)} of all ${numberText(report.resources)} ${apart === 1 ? "is" : "are"} exempt, not applicable or unknown.`}
                </p>`
        }
      </div>
      ${glance(report)}
      <div class="whole">${complianceBar(report.evaluated)}</div>
    </div>
    ${incomplete(report)}${writingOff(report)}${unseen(report)}
  </section>`;
}

function incomplete({ complete, gaps }: Report): Html {
  if (complete) return NOTHING;
  return html`<div class="warn">
    <p><strong>This report is incomplete.</strong> ${countText(gaps.length, "part")} of the run could not be seen:</p>
    ${lineList(
      gaps.map(({ shard, type, reason }) => `${type === undefined ? shard : `${type} in ${shard}`}: ${reason}`),
      5,
    )}
  </div>`;
}

function writingOff({ mode }: Report): Html {
  const sentence = writingOffText(mode);
  return sentence === undefined ? NOTHING : html`<div class="warn"><p>${sentence}</p></div>`;
}

function unseen({ coverage }: Report): Html {
  const sentence = unseenText(coverage);
  return sentence === undefined ? NOTHING : html`<div class="warn"><p>${sentence}</p></div>`;
}

/** The report in a few lines, each of which leads to its part. */
function glance(report: Report): Html {
  const { survey } = report;
  const lines: readonly (readonly [id: string, name: string, text: Html])[] = [
    ["changes", "New", changesLine(report)],
    ["worst", "Most findings", ownerLine(survey)],
    ["exemptions", "Exempt", exemptLine(report)],
    ["coverage", "Coverage", coverageLine(report)],
    ["cost", "Cost", costLine(report)],
  ];
  return html`<dl class="glance">
    ${lines.map(
      ([id, name, text]) =>
        html`<div>
          <dt><a href="#${id}">${name}</a></dt>
          <dd>${text}</dd>
        </div>`,
    )}
  </dl>`;
}

function changesLine({ survey }: Report): Html {
  const changes = survey?.changes;
  if (changes === undefined) return html`known from the next run on`;
  return html`<strong>${countText(changes.new, "new finding")}</strong>, ${changesText(changes)}`;
}

function ownerLine(survey: Report["survey"]): Html {
  if (survey === undefined) return html`not looked at`;
  if (survey.findings === 0) return html`no findings`;
  const first = survey.owners?.find(({ owner }) => owner !== "");
  if (first === undefined) return html`${countText(survey.findings, "finding")}, none names its owner`;
  const unowned = survey.owners?.find(({ owner }) => owner === "")?.findings ?? 0;
  return html`<strong>${nameText(first.owner, 40)}</strong> with ${numberText(first.findings)} of
    ${countText(survey.findings, "finding")}${unowned === 0 ? "" : `; ${countText(unowned, "names", "name")} no owner`}`;
}

function exemptLine({ evaluated, exemptions }: Report): Html {
  const count = html`<strong>${countText(evaluated.exempt, "resource")}</strong>`;
  if (exemptions === undefined || exemptions.length === 0) return count;
  const expired = exemptions.filter((exemption) => exemption.expired).length;
  const next = exemptions
    .filter((exemption) => !exemption.expired)
    .map(({ expires }) => expires)
    .sort()[0];
  return html`${count}${next === undefined ? "" : `; the next exemption ends ${next}`}${expired === 0 ? NOTHING : html`; <strong class="down">${countText(expired, "exemption")} expired</strong>`}`;
}

function coverageLine({ gaps, evaluated, coverage }: Report): Html {
  const state = coverageState({ gaps, coverage });
  const word =
    state === "complete"
      ? html`<strong>${COVERAGE_WORDS[state]}</strong>`
      : html`<strong class="down">${COVERAGE_WORDS[state]}</strong>`;
  const listed = state === "complete" ? "all resources" : "all that was listed";
  const age = oldestInventoryText(coverage);
  const read = age === undefined ? "were read" : `were read, or stood in an inventory ${age}`;
  return html`${word}${gaps.length === 0 ? "" : `, ${countText(gaps.length, "part")} missing`}; tags of
  ${evaluated.unknown === 0 ? `${listed} ${read}` : `${countText(evaluated.unknown, "resource is", "resources are")} unknown`}${coverage.notes.length === 0 ? "" : `; ${countText(coverage.notes.length, "note")}`}`;
}

function costLine({ calls, startedAt, finishedAt }: Report): Html {
  const total = Object.values(calls).reduce((sum, n) => sum + n, 0);
  return html`<strong>${countText(total, "API call")}</strong> in ${durationText(startedAt, finishedAt)}`;
}
