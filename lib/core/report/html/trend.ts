import { changeText, countText, numberText, timeText } from "../figures.ts";
import type { PastRun } from "../history.ts";
import { caveats } from "../trend-text.ts";
import { meter, trendChart } from "./charts.ts";
import { countColumn, htmlTable } from "./table.ts";
import { html, NOTHING, nameText, type Html } from "./text.ts";

/** The share against that of the run before, e.g. `▲ 1.7 points up since 2026-11-21 02:00 UTC`. */
export function changeLine(history: readonly PastRun[]): Html {
  const [before, now] = history.slice(-2);
  if (before === undefined || now === undefined || before.compliance === null || now.compliance === null)
    return NOTHING;
  const change = changeText(before.compliance, now.compliance);
  const tone = change.startsWith("▲") ? "up" : change.startsWith("▼") ? "down" : "soft";
  return html`<p class="change">
    <span class="${tone}">${change}</span> <span class="soft">since ${timeText(before.startedAt)}</span>
  </p>`;
}

/** Compliance over the last runs, as a chart and as a table. */
export function trendSection(history: readonly PastRun[]): Html {
  if (history.length < 2) {
    return html`<p>
      This is the first run that is known here. From the next one on, a chart shows how compliance changes.
    </p>`;
  }
  const policiesChanged = history.some(
    ({ policyHash }, index) => index > 0 && policyHash !== history[index - 1]?.policyHash,
  );
  const legend = [
    ...(history.every(({ complete }) => complete) ? [] : ["A hollow dot is an incomplete run."]),
    ...(policiesChanged ? ["A dashed line: the policies have changed."] : []),
  ];
  const [before, now] = history.slice(-2);
  const besides = before === undefined || now === undefined ? [] : caveats(before, now);
  return html`<p>${[sentenceOf(history), ...besides].join(" ")}</p>
    <figure>
      <div class="panel">${trendChart(history)}</div>
      <figcaption>Compliance of the last ${countText(history.length, "run")}. ${legend.join(" ")}</figcaption>
    </figure>
    <details>
      <summary>The same as a table</summary>
      ${historyTable(history)}
    </details>`;
}

function sentenceOf(history: readonly PastRun[]): string {
  const [before, now] = history.slice(-2);
  if (before === undefined || now === undefined) return "";
  const [then, since] = [before.evaluated, now.evaluated].map(
    ({ compliant, noncompliant }) => `${numberText(compliant)} of ${numberText(compliant + noncompliant)}`,
  );
  return `${since ?? ""} judged resources are compliant; in the run before, ${then ?? ""} were.`;
}

function historyTable(history: readonly PastRun[]): Html {
  return htmlTable<PastRun>({
    caption: "The last runs, the latest first",
    rows: history.toReversed(),
    most: history.length,
    columns: [
      {
        heading: "Started",
        cell: ({ startedAt, complete }) => `${timeText(startedAt)}${complete ? "" : " (incomplete)"}`,
      },
      {
        heading: "Compliance",
        cell: ({ compliance }) => meter(compliance, "compliant"),
        number: ({ compliance }) => compliance ?? -1,
      },
      countColumn("Compliant", ({ evaluated }) => evaluated.compliant),
      countColumn("Noncompliant", ({ evaluated }) => evaluated.noncompliant),
      countColumn("Resources", ({ resources }) => resources),
      countColumn("Calls", ({ calls }) => calls),
      { heading: "Policies", cell: ({ policyHash }) => nameText(policyHash, 13) },
    ],
  });
}
