import { problemsOf } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Keeps the worst of any number of findings. */
export interface Worst {
  add(finding: Finding): void;
  /** The worst first. The same findings in another order give the same list. */
  list(): readonly Finding[];
}

/** Holds at most twice `most` findings at a time. */
export function createWorst(most: number): Worst {
  let kept: Finding[] = [];
  let least: Finding | undefined;
  const prune = (): void => {
    kept = kept.sort(byGravity).slice(0, most);
    least = kept.length === most ? kept[most - 1] : undefined;
  };
  return {
    add(finding) {
      if (least !== undefined && byGravity(finding, least) >= 0) return;
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
function byGravity(a: Finding, b: Finding): number {
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
