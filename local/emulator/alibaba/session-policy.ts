import { CloudError } from "../cloud-error.ts";
import { matchesGlob } from "../glob.ts";

/** What a taken role's rights are cut down to. Resources and conditions of its statements are not looked at. */
export interface SessionPolicy {
  /** Globs of actions, `ecs:Describe*`. */
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

/** Characters: https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole */
const MOST_CHARACTERS = 2048;

const grammar = (): CloudError =>
  new CloudError(400, "InvalidParameter.PolicyGrammar", "The parameter Policy has not passed grammar check.");

function actionsOf(statement: unknown): { readonly effect: unknown; readonly actions: readonly string[] } {
  if (typeof statement !== "object" || statement === null) throw grammar();
  const { Effect: effect, Action: action } = statement as Readonly<Record<string, unknown>>;
  const actions = Array.isArray(action) ? action : [action];
  if ((effect !== "Allow" && effect !== "Deny") || !actions.every((one) => typeof one === "string")) throw grammar();
  return { effect, actions };
}

/** The `Policy` of a call that takes a role. Throws CloudError. */
export function readSessionPolicy(text: string | undefined): SessionPolicy | undefined {
  if (text === undefined || text === "") return undefined;
  if (text.length > MOST_CHARACTERS) {
    const message = `The size of Policy must be smaller than ${MOST_CHARACTERS} bytes.`;
    throw new CloudError(400, "InvalidParameter.PolicySize", message);
  }
  let statements: unknown;
  try {
    statements = (JSON.parse(text) as { readonly Statement?: unknown } | null)?.Statement;
  } catch {
    throw grammar();
  }
  if (!Array.isArray(statements)) throw grammar();
  const all = statements.map(actionsOf);
  const having = (wanted: string) => all.flatMap(({ effect, actions }) => (effect === wanted ? actions : []));
  return { allowed: having("Allow"), denied: having("Deny") };
}

/** Whether the action may be called. */
export function allows({ allowed, denied }: SessionPolicy, action: string): boolean {
  return allowed.some((glob) => matchesGlob(glob, action)) && !denied.some((glob) => matchesGlob(glob, action));
}

const READS = /^(\*|Describe|Get|List|Query)/;

/** Whether anything of a service may be read: what Resource Center is assumed to go by. */
export function readsService(policy: SessionPolicy, service: string): boolean {
  const isRead = (glob: string): boolean => {
    if (glob === "*") return true;
    const [named = "", verb = ""] = glob.split(":");
    return matchesGlob(named, service) && READS.test(verb);
  };
  return policy.allowed.some(isRead) && !policy.denied.some((glob) => glob === "*" || glob === `${service}:*`);
}
