import type { ResourceOutcome } from "../../lib/core/outcome.ts";

/**
 * The checker's own table of what may end a resource for good, by outcome: the codes that the simulated clouds say it
 * with, and our own. An empty code stands for none.
 */
const FINAL_CODES: Readonly<Partial<Record<ResourceOutcome["outcome"], RegExp>>> = {
  gone: /^(InvalidResourceId\.NotFound|NotFound\w*|Invalid\w+[Ii][Dd]\.NotFound|ResourceNotFound\.\w+|PAP5\.0004|APIG\.3030|ResourceNotFoundException|NoSuchEntity|InvalidParameterException)$/,
  rejected:
    /^(NoPermission\.SystemTag|QuotaExceed\w*\.\w*Tags\w*|PAP5\.0036|PAP5\.0005|APIC\.7402|InvalidParameterException|TagLimitExceeded|TooManyTagsException|TagQuota)$/,
  "not-applicable":
    /^(|PAP5\.0038|ServiceLinkedRole|ReservedRole|TypeLeftOut|InvalidParameter\.(ServiceCode|ResourceType))$/,
  "report-only": /^(report-mode|policy-mode|report|no-default|unresolved|[a-z-]+)?$/,
};

/** What speaks against taking this outcome for final, where something does. */
export function notFinal({ outcome, code = "" }: ResourceOutcome): string | undefined {
  const codes = FINAL_CODES[outcome];
  return codes === undefined || codes.test(code) ? undefined : `${code} is final by no table`;
}
