import { scaleLinear, scalePoint } from "d3-scale";
import { line } from "d3-shape";
import { COMPLIANCES } from "../evaluation.ts";
import { numberText, percentText, timeText } from "./figures.ts";
import type { PastRun } from "./history.ts";
import { html, type Html } from "./html-text.ts";
import type { ComplianceCounts } from "./summary.ts";

const WIDTH = 640;
const HEIGHT = 200;
const LEFT = 44;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 28;

/** Compliance over the runs that are known, as SVG; the table beside it says the same in words. */
export function trendChart(runs: readonly PastRun[]): Html {
  const x = scalePoint()
    .domain(runs.map(({ run }) => run))
    .range([LEFT, WIDTH - RIGHT])
    .padding(0.5);
  const y = scaleLinear()
    .domain([0, 1])
    .range([HEIGHT - BOTTOM, TOP]);
  const place = (run: string): number => Math.round(x(run) ?? LEFT);
  const height = (ratio: number): number => Math.round(10 * y(ratio)) / 10;
  const path = line<PastRun>()
    .defined(({ compliance }) => compliance !== null)
    .x(({ run }) => place(run))
    .y(({ compliance }) => height(compliance ?? 0));
  const judged = runs.filter(({ compliance }) => compliance !== null);
  const [first, last] = [runs.at(0), runs.at(-1)];
  const words = `Compliance over ${runs.length} runs, from ${percentText(first?.compliance ?? null)} to ${percentText(last?.compliance ?? null)}`;
  return html`<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words}">
    ${y
      .ticks(4)
      .map(
        (tick) =>
          html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${height(tick)}" y2="${height(tick)}" /><text
              class="tick"
              x="${LEFT - 8}"
              y="${height(tick) + 4}"
              text-anchor="end"
              >${Math.round(tick * 100)} %</text
            >`,
      )}
    <path class="line" d="${path(runs) ?? ""}" />
    ${judged.map(
      ({ run, compliance, startedAt, complete }) =>
        html`<circle
          class="${complete ? "dot" : "dot partial"}"
          cx="${place(run)}"
          cy="${height(compliance ?? 0)}"
          r="4"
          ><title>${timeText(startedAt)}: ${percentText(compliance)}</title></circle
        >`,
    )}
    <text class="tick" x="${LEFT}" y="${HEIGHT - 6}">${timeText(first?.startedAt ?? "")}</text>
    <text class="tick" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">
      ${timeText(last?.startedAt ?? "")}
    </text>
  </svg>`;
}

/** How all resources divide, as one bar; the legend under it carries the counts. */
export function complianceBar(evaluated: ComplianceCounts): Html {
  const total = COMPLIANCES.reduce((sum, name) => sum + evaluated[name], 0);
  const x = scaleLinear()
    .domain([0, Math.max(1, total)])
    .range([0, WIDTH]);
  let start = 0;
  const bars = COMPLIANCES.map((name) => {
    const from = x(start);
    start += evaluated[name];
    const width = Math.round(10 * (x(start) - from)) / 10;
    return html`<rect class="fill-${name}" x="${Math.round(10 * from) / 10}" y="0" width="${width}" height="20" />`;
  });
  const words = COMPLIANCES.map((name) => `${numberText(evaluated[name])} ${name}`).join(", ");
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} 20" preserveAspectRatio="none" role="img" aria-label="${words}">
      ${bars}
    </svg>
    <ul class="legend">
      ${COMPLIANCES.map((name) => html`<li><span class="key fill-${name}"></span>${numberText(evaluated[name])} ${name}</li>`)}
    </ul>`;
}
