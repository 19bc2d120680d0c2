import { CloudError } from "../cloud-error.ts";
import { matchesGlob } from "../glob.ts";
import { parseSessionPolicy, type SessionPolicy } from "../session-policy.ts";

/** Characters: https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole */
const MOST_CHARACTERS = 2048;

/** The `Policy` of a call that takes a role. Throws CloudError. */
export function readSessionPolicy(text: string | undefined): SessionPolicy | undefined {
  if (text === undefined || text === "") return undefined;
  if (text.length > MOST_CHARACTERS) {
    const message = `The size of Policy must be smaller than ${MOST_CHARACTERS} bytes.`;
    throw new CloudError(400, "InvalidParameter.PolicySize", message);
  }
  const policy = parseSessionPolicy(text);
  if (policy !== undefined) return policy;
  throw new CloudError(400, "InvalidParameter.PolicyGrammar", "The parameter Policy has not passed grammar check.");
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
