import { problemsOf } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Keeps the worst of any number of findings. */
export interface Worst {
  add(finding: Finding): void;
  /** The worst first. The same findings in another order give the same list. */
  list(): readonly Finding[];
}

/** Above 0 where `b` is worse than `a`. */
type FindingOrder = (a: Finding, b: Finding) => number;

/** Holds at most twice `most` findings at a time. */
export function createWorst(most: number, order: FindingOrder = byProblems): Worst {
  let kept: Finding[] = [];
  let least: Finding | undefined;
  const prune = (): void => {
    kept = kept.sort(order).slice(0, most);
    least = kept.length === most ? kept[most - 1] : undefined;
  };
  return {
    add(finding) {
      if (least !== undefined && order(finding, least) >= 0) return;
      kept.push(finding);
      if (kept.length >= 2 * most) prune();
    },
    list() {
      prune();
      return [...kept];
    },
  };
}

/** Most problems first, then noncompliant before unknown, then by place and id. */
export function byProblems(a: Finding, b: Finding): number {
  return (
    problemsOf(b) - problemsOf(a) ||
    compare(a.compliance, b.compliance) ||
    compare(a.type, b.type) ||
    compare(a.account, b.account) ||
    compare(a.region, b.region) ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
