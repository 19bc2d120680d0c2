import { scaleLinear, scalePoint } from "d3-scale";
import { area, line } from "d3-shape";
import { COMPLIANCES } from "../../evaluation.ts";
import { COMPLIANCE_WORDS, countText, numberText, percentText, timeText } from "../figures.ts";
import type { PastRun } from "../history.ts";
import type { ComplianceCounts } from "../summary.ts";
import { html, NOTHING, type Html } from "./text.ts";

/** Pixels down, per cent across: a chart keeps its height and the size of its letters, whatever its width. */
const HEIGHT = 220;
const TOP = 24;
const BOTTOM = 30;
/** Shares at which a line runs across. */
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Compliance over the runs that are known, as SVG; the table beside it says the same in words. */
export function trendChart(runs: readonly PastRun[]): Html {
  const x = scalePoint()
    .domain(runs.map(({ run }) => run))
    .range([6, 94]);
  const y = scaleLinear()
    .domain([0, 1])
    .range([HEIGHT - BOTTOM, TOP]);
  const across = ({ run }: PastRun): number => tenths(x(run) ?? 0);
  const height = (ratio: number | null): number => tenths(y(ratio ?? 0));
  const isJudged = ({ compliance }: PastRun): boolean => compliance !== null;
  const curve = line<PastRun>(across, ({ compliance }) => height(compliance)).defined(isJudged);
  const under = area<PastRun>(across, height(0), ({ compliance }) => height(compliance)).defined(isJudged);
  const judged = runs.filter(isJudged);
  const [first, last] = [runs.at(0), runs.at(-1)];
  const words = `Compliance over ${countText(runs.length, "run")}, from ${percentText(first?.compliance ?? null)} to ${percentText(last?.compliance ?? null)}`;
  return html`<div class="trend" role="img" aria-label="${words}">
    <svg height="${HEIGHT}" aria-hidden="true">
      ${TICKS.map((tick) => html`<text class="tick" x="38" y="${height(tick) + 4}" text-anchor="end">${tick * 100} %</text>`)}
    </svg>
    <svg height="${HEIGHT}" aria-hidden="true">
      ${TICKS.map((tick) => html`<line class="grid" x2="100%" y1="${height(tick)}" y2="${height(tick)}" />`)}
      ${runs.map((run, index) => {
        const changed = index > 0 && run.policyHash !== runs[index - 1]?.policyHash;
        return changed
          ? html`<line class="changed" x1="${across(run)}%" x2="${across(run)}%" y1="${TOP}" y2="${height(0)}" />`
          : NOTHING;
      })}
      <svg viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none" width="100%" height="${HEIGHT}">
        <path class="area" d="${under(runs) ?? ""}" />
        <path class="line" d="${curve(runs) ?? ""}" />
      </svg>
      ${judged.map((run) => {
        const isEnd = run === judged.at(0) || run === judged.at(-1);
        const [left, top, share] = [`${across(run)}%`, height(run.compliance), percentText(run.compliance)];
        const label = html`<text class="value" x="${left}" y="${top - 11}" text-anchor="middle">${share}</text>`;
        return html`<circle class="${run.complete ? "dot" : "dot partial"}" cx="${left}" cy="${top}" r="4.5">
            <title>${timeText(run.startedAt)}: ${share}</title></circle
          >${isEnd ? label : NOTHING}`;
      })}
      <text class="tick" y="${HEIGHT - 8}">${timeText(first?.startedAt ?? "")}</text>
      <text class="tick" x="100%" y="${HEIGHT - 8}" text-anchor="end">${timeText(last?.startedAt ?? "")}</text>
    </svg>
  </div>`;
}

/** A part of the bar is never too thin to be seen. */
const THINNEST = 0.006;

/** How all resources divide, as one bar; the legend under it carries the counts. */
export function complianceBar(evaluated: ComplianceCounts): Html {
  const total = COMPLIANCES.reduce((sum, name) => sum + evaluated[name], 0);
  const drawn = COMPLIANCES.map((name) => (evaluated[name] === 0 ? 0 : Math.max(evaluated[name], THINNEST * total)));
  const x = scaleLinear()
    .domain([0, Math.max(1, sumOf(drawn))])
    .range([0, 100]);
  const bars = COMPLIANCES.map((name, index) => {
    const from = x(sumOf(drawn.slice(0, index)));
    const width = x(sumOf(drawn.slice(0, index + 1))) - from;
    return width === 0
      ? NOTHING
      : html`<rect class="fill-${name}" x="${tenths(from)}%" width="${tenths(width)}%" height="100%" />`;
  });
  const words = COMPLIANCES.map((name) => `${numberText(evaluated[name])} ${COMPLIANCE_WORDS[name]}`);
  return html`<svg class="bar" role="img" aria-label="${words.join(", ")}">
      <rect class="track" width="100%" height="100%" />
      ${bars}
    </svg>
    <ul class="legend">
      ${COMPLIANCES.map((name, index) => html`<li><span class="key fill-${name}"></span>${words[index] ?? ""}</li>`)}
    </ul>`;
}

/** A share as a figure, and before it as a small bar that says the same; null where nothing was judged. */
export function meter(ratio: number | null, fill: "compliant" | "noncompliant"): Html {
  return html`<svg class="meter" aria-hidden="true">
      <rect class="track" width="100%" height="100%" />
      <rect class="fill-${fill}" width="${tenths(100 * (ratio ?? 0))}%" height="100%" /></svg
    ><span class="share">${percentText(ratio)}</span>`;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}

function tenths(n: number): number {
  return Math.round(10 * n) / 10;
}
