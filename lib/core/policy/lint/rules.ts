import type { Position, Problems, Remark } from "../../yaml/problems.ts";

/** `error`: can't be meant. `warning`: seldom is. `info`: may well be, and says nothing that wouldn't hold without it. */
export type LintSeverity = "error" | "warning" | "info";

export const LINT_SEVERITIES: readonly LintSeverity[] = ["error", "warning", "info"];

interface Rule {
  readonly severity: LintSeverity;
  /** What to do about it. */
  readonly fix: string;
}

/** Every rule, in the order of docs/lint.md, which has a section for each. */
export const LINT_RULES = {
  unsatisfiable: { severity: "error", fix: "take one of the constraints away" },
  "unsatisfiable-together": {
    severity: "warning",
    fix: "leave the resources of one policy out of the other with `not`, or let them agree",
  },
  "forbid-against-require": {
    severity: "warning",
    fix: "leave the resources of one policy out of the other with `not`, or forbid less",
  },
  "never-matches": { severity: "error", fix: "let `not` leave out less, or take the entry away" },
  "default-refused": { severity: "warning", fix: "give a default that everybody takes" },
  shadowed: { severity: "warning", fix: "take it away, or put it before what comes first" },
  "conflicting-defaults": {
    severity: "warning",
    fix: "put the narrower policy first, or keep the two apart with `not`",
  },
  "enforce-without-default": { severity: "warning", fix: "give one of its keys a default, or say mode: report" },
  "too-many-tags": { severity: "warning", fix: "require fewer keys there, or match fewer types" },
  "provider-limit": { severity: "warning", fix: "say what the provider takes, or leave its types out with `not`" },
  "keys-look-alike": { severity: "warning", fix: "keep one spelling" },
  "unused-definition": { severity: "warning", fix: "require it, or take it away" },
  "no-policy": { severity: "warning", fix: "write policies" },
  "exemption-expired": { severity: "warning", fix: "take it away, or have it approved anew" },
  "exemption-too-broad": { severity: "warning", fix: "name ids, accounts or tags, or take the policy away" },
  "exemption-unneeded": { severity: "warning", fix: "take it away, or correct what it names" },
  "matches-everything": { severity: "info", fix: "take the pattern away: a required tag has a value anyway" },
  "literal-star": { severity: "warning", fix: "name it in full: no star stands for others here" },
  "glob-in-pattern": { severity: "warning", fix: "write .* for any text" },
  "odd-glob": { severity: "warning", fix: "write a glob, in which * alone means something" },
  "odd-name": { severity: "warning", fix: "write each name by itself, in ASCII" },
  "unknown-type": { severity: "warning", fix: "name a type that there is" },
  "odd-account": { severity: "warning", fix: "write the account's id as its cloud does" },
  "odd-region": { severity: "warning", fix: "name a region that there is" },
  "unseen-signs": { severity: "warning", fix: "type the value anew" },
  "default-is-text": { severity: "warning", fix: "put a space behind the colon, and braces round it" },
  "matches-nothing-here": { severity: "warning", fix: "correct what it matches, or take it away" },
} as const satisfies Readonly<Record<string, Rule>>;

export type LintRule = keyof typeof LINT_RULES;

export function isLintRule(name: string): name is LintRule {
  return Object.hasOwn(LINT_RULES, name);
}

/** Says what a rule finds. What is no more than info is said to those alone who ask for it. */
export type Say = (rule: LintRule, at: Position, message: string, fix?: string) => void;

export function sayTo(problems: Problems): Say {
  return (rule, at, message, fix) => {
    if (LINT_RULES[rule].severity === "info") problems.note(at, message, rule, fix);
    else problems.warn(at, message, rule, fix);
  };
}

/** What `tagwarden policy lint` prints. */
export interface LintFinding {
  readonly rule: LintRule;
  readonly severity: LintSeverity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string;
}

/** The findings among these remarks, in their order, each once. */
export function findingsIn(remarks: readonly Remark[]): readonly LintFinding[] {
  const findings = remarks.flatMap(({ rule, position, message, fix }): [string, LintFinding][] => {
    if (!isLintRule(rule)) return [];
    const { path: file, line, column } = position;
    const { severity, fix: usual } = LINT_RULES[rule];
    return [
      [JSON.stringify([rule, position, message]), { rule, severity, file, line, column, message, fix: fix ?? usual }],
    ];
  });
  return [...new Map(findings).values()];
}
