import { matchesGlob } from "./glob.ts";

/** What a taken role's rights are cut down to. Resources and conditions of its statements are not looked at. */
export interface SessionPolicy {
  /** Globs of actions, `ecs:Describe*`. */
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
}

function statementIn(value: unknown): Statement | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { Effect: effect, Action: action } = value as Readonly<Record<string, unknown>>;
  const actions = (Array.isArray(action) ? action : [action]).filter((one) => typeof one === "string");
  const isWhole = actions.length === (Array.isArray(action) ? action.length : 1);
  return (effect === "Allow" || effect === "Deny") && isWhole ? { effect, actions } : undefined;
}

/** The policy that a text of JSON holds; undefined where it is none. */
export function parseSessionPolicy(text: string): SessionPolicy | undefined {
  let statements: unknown;
  try {
    statements = (JSON.parse(text) as { readonly Statement?: unknown } | null)?.Statement;
  } catch {
    return undefined; // No JSON is no policy.
  }
  const all = Array.isArray(statements) ? statements.map(statementIn) : [undefined];
  if (!all.every((one) => one !== undefined)) return undefined;
  const having = (wanted: string) => all.flatMap(({ effect, actions }) => (effect === wanted ? actions : []));
  return { allowed: having("Allow"), denied: having("Deny") };
}

/** Whether the action may be called. */
export function allows({ allowed, denied }: SessionPolicy, action: string): boolean {
  return allowed.some((glob) => matchesGlob(glob, action)) && !denied.some((glob) => matchesGlob(glob, action));
}
