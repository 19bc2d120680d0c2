import type { JournalEntry } from "../../../lib/core/journal.ts";
import type { Because } from "../../../lib/core/policy/explain/because.ts";
import type {
  ExplainedDefault,
  ExplainedExemption,
  ExplainedPolicy,
  ExplainedTag,
  Explanation,
} from "../../../lib/core/policy/explain/explain.ts";
import { countText } from "../../../lib/core/report/figures.ts";
import { shown, shownTag, shownWord } from "../../../lib/core/shown.ts";
import { plainText, type Output } from "../../io.ts";
import { wrapped } from "../text-cell.ts";

/** A call, by its action, and the tags that it writes, or takes off. */
export interface ExplainedCall {
  readonly action: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A run's word on a resource, as its journal has it. */
export interface Written {
  readonly run: string;
  /** The policies that asked for it; absent = somebody did, by `tags set` or `tags unset`. */
  readonly policyHash?: string;
  /** Whether these are the policies that explain it here. */
  readonly samePolicies?: boolean;
  readonly entries: readonly Omit<JournalEntry, "type" | "account" | "region" | "project" | "id">[];
}

/** The JSON of a line of `tagwarden policy explain`. */
export interface ExplainedResource extends Explanation {
  readonly calls: readonly ExplainedCall[];
  readonly journal?: Written;
}

/** One line of a tree, and those below it. */
interface Branch {
  readonly text: string;
  readonly below?: readonly Branch[];
}

/** Prints why policies say of a resource what they say, as a tree of sentences. */
export async function writeExplanation(explained: ExplainedResource, output: Output): Promise<void> {
  const { resource } = explained;
  const place = `${resource.type} in ${resource.region} of account ${resource.account}`;
  const root: Branch = {
    text: `${resource.id} (${place}) is ${verdictText(explained)}`,
    below: [
      ...policyBranches(explained),
      ...tagBranches(explained),
      ...journalBranches(explained),
      callBranch(explained),
    ],
  };
  await output.write(`${linesOf(root, output.columns).join("\n")}\n\n`);
}

function linesOf({ text, below = [] }: Branch, columns: number | undefined, first = "", rest = ""): string[] {
  const width = columns === undefined ? Infinity : Math.max(columns - first.length, 20);
  const [head = "", ...more] = wrapped(plainText(text), width);
  const own = [`${first}${head}`, ...more.map((line) => `${rest}${below.length > 0 ? "│ " : "  "}${line}`)];
  return below.reduce((lines, branch, index) => {
    const [corner, gap] = index === below.length - 1 ? ["└─ ", "   "] : ["├─ ", "│  "];
    return [...lines, ...linesOf(branch, columns, `${rest}${corner}`, `${rest}${gap}`)];
  }, own);
}

function verdictText({ compliance, tags, policies }: ExplainedResource): string {
  const keysOf = (verdict: ExplainedTag["verdict"]): string =>
    listed(tags.flatMap((tag) => (tag.verdict === verdict ? [shownWord(tag.key)] : [])));
  if (compliance === "not-applicable") return "not applicable: no policy applies to it";
  if (compliance === "compliant") return "compliant: every tag that a policy requires is there and valid";
  const parts = (["missing", "invalid", "forbidden", "exempt", "unknown"] as const).flatMap((verdict) =>
    keysOf(verdict) === "" ? [] : [`${keysOf(verdict)} ${verdict}`],
  );
  if (compliance !== "unknown") return `${compliance}: ${parts.join("; ")}`;
  const isAsked = policies.some(({ matched }) => matched !== false);
  return `unknown: its tags aren't known${isAsked ? "" : ", and no policy applies to it"}`;
}

function policyBranches({ policies }: ExplainedResource): readonly Branch[] {
  const applying = policies.filter(({ matched }) => matched === true);
  const doubtful = policies.filter(({ matched }) => matched === null);
  const others = policies.filter(({ matched }) => matched === false);
  const branches = [
    ...applying.map((one) => policyBranch(one, `policy ${shown(one.name)} applies${modeText(one)}`)),
    ...doubtful.map((one) =>
      policyBranch(one, `policy ${shown(one.name)} may apply: that depends on tags that aren't known`),
    ),
  ];
  if (others.length === 0) return branches;
  const below = others.map(({ name, because }) => {
    const why = because.filter(({ holds }) => holds === false).map(becauseText);
    return { text: `${shown(name)}: ${why.join("; ")}` };
  });
  return [...branches, { text: `${countText(others.length, "policy doesn't", "policies don't")} apply`, below }];
}

function modeText({ mode, severity }: ExplainedPolicy): string {
  return `; it ${mode === "enforce" ? "enforces: what is missing is written where there is a default" : "only reports"}; severity ${severity}`;
}

function policyBranch({ because, ...policy }: ExplainedPolicy, text: string): Branch {
  const why = because.length === 0 ? ["it applies to every resource"] : because.map(becauseText);
  return { text, below: [...aboutBranches(policy), ...why.map((one) => ({ text: one }))] };
}

/** What the policy file says of something, in words of its own. */
function aboutBranches({ description, url }: { readonly description?: string; readonly url?: string }): Branch[] {
  return [description, url].flatMap((text) => (text === undefined ? [] : [{ text }]));
}

const NAMES: Readonly<Record<string, string>> = { types: "type", accounts: "account", regions: "region", ids: "id" };

/** `type aws:ec2:instance is one of aws:ec2:*`. */
function becauseText({ field, wanted, found, holds }: Because): string {
  if (!isList(wanted)) {
    const what = Object.entries(wanted).map(([name, globs]) => `${subject(name)} is ${oneOf(globs)}`);
    const is = holds === null ? "may be" : holds ? "isn't" : "is";
    return `it ${is} among those that the policy leaves out, whose ${what.join(" and ")}`;
  }
  const name = subject(field);
  if (found === undefined) return `${name} has to be ${oneOf(wanted)}, and isn't known`;
  if (typeof found !== "string") return `${name} has to be ${oneOf(wanted)}, and there is none`;
  return `${name} ${shownWord(found)} is ${holds === true ? "" : "not "}${oneOf(wanted)}`;
}

function isList(wanted: Because["wanted"]): wanted is readonly string[] {
  return Array.isArray(wanted);
}

function subject(field: string): string {
  return field.startsWith("tags.") ? `tag ${shownWord(field.slice("tags.".length))}` : (NAMES[field] ?? field);
}

const MOST_GLOBS = 5;

function oneOf(globs: readonly string[]): string {
  if (globs.length === 1) return globs[0] === "*" ? "any value" : shownWord(globs[0] ?? "");
  const more = globs.length - MOST_GLOBS;
  const some = globs.slice(0, MOST_GLOBS).map((glob) => shownWord(glob));
  return `one of ${some.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function tagBranches({ tags }: ExplainedResource): readonly Branch[] {
  return tags.map((tag) => ({ text: tagText(tag), below: tagBelow(tag) }));
}

function tagText({ key, verdict, found, foundAs, reason }: ExplainedTag): string {
  const as = foundAs === undefined ? "its value" : `the value of ${shown(foundAs)}, which stands for it,`;
  const value = typeof found === "string" ? `: ${as} is ${shown(found)}` : "";
  const why = reason === undefined ? "" : `${value === "" ? ":" : ", and"} ${reason}`;
  const name = `tag ${shownWord(key)}`;
  switch (verdict) {
    case "valid":
      return `${name} is valid${value}`;
    case "unknown":
      return `${name}: nobody knows whether it is there`;
    case "exempt":
      return `${name} is exempt${value}${why}`;
    case "not-needed":
      return `${name} isn't needed: ${reason}`;
    case "forbidden":
      return `${name} may not be there: it ${reason}`;
    case "missing":
    case "invalid":
      return `${name} is ${verdict}${value}${why}`;
  }
}

function tagBelow(tag: ExplainedTag): readonly Branch[] {
  const { requiredBy, constraint, exemption, default: source } = tag;
  return [
    ...aboutBranches(tag),
    {
      text: `${tag.verdict === "forbidden" ? "forbidden" : "required"} by ${listed(requiredBy.map((name) => shown(name)))}`,
    },
    ...(constraint === null ? [] : [{ text: `it ${constraint}` }]),
    ...(exemption === null ? [] : [{ text: exemptionText(exemption) }]),
    ...(source === null ? [] : [defaultBranch(source)]),
  ];
}

function exemptionText({ reason, approvedBy, expires, expired }: ExplainedExemption): string {
  const by = approvedBy === undefined ? "" : `, approved by ${approvedBy}`;
  return expired
    ? `an exemption for it expired on ${expires}: ${reason}${by}`
    : `an exemption takes it out until the end of ${expires}: ${reason}${by}`;
}

function defaultBranch({ action, value, from, detail, policy, tried }: ExplainedDefault): Branch {
  const whose = policy === undefined ? "" : ` (default of policy ${shown(policy)})`;
  const failed = tried.flatMap((one) => {
    if (one.refused !== undefined) return [{ text: `not ${one.from}: ${shown(one.value ?? "")} ${one.refused}` }];
    return one.value === undefined && one.unknown !== true ? [{ text: `not ${one.from}: there is none` }] : [];
  });
  const below = failed.length === 0 ? {} : { below: failed };
  if (action === "write") {
    return { text: `${shown(value ?? "")} is written: ${from ?? "the default"}${whose}`, ...below };
  }
  if (action === "unknown")
    return { text: `its default is ${from ?? "something"}, which isn't known here${whose}`, ...below };
  return { text: `nothing is written: ${detail ?? "there is no default"}`, ...below };
}

function callBranch({ calls, journal }: ExplainedResource): Branch {
  const did = journal === undefined ? "would write" : "wrote";
  if (calls.length === 0) return { text: "no call is made for it" };
  const below = calls.map(({ action, tags }) => ({
    text: `${action} with ${Object.entries(tags)
      .map(([key, value]) => shownTag(key, value))
      .join(" ")}`,
  }));
  return { text: `${countText(calls.length, "call")} ${did} it`, below };
}

function journalBranches({ journal }: ExplainedResource): readonly Branch[] {
  if (journal === undefined) return [];
  const { run, entries, policyHash, samePolicies } = journal;
  const why =
    policyHash === undefined
      ? "no policy asked for it: somebody did, by a command"
      : samePolicies === true
        ? `the policies are those that asked for it then (${policyHash.slice(0, 12)})`
        : `other policies asked for it then (${policyHash.slice(0, 12)}): what is said here is what those of today say`;
  const below = [{ text: why }, ...entries.map((entry) => ({ text: entryText(entry) }))];
  return [{ text: `run ${run} changed its tags`, below }];
}

function entryText({ key, value, before, at, eventId, unconfirmed }: Written["entries"][number]): string {
  const had = before === undefined ? "there was none" : `it was ${shown(before)}`;
  const what = value === undefined ? `took off ${shownWord(key)}` : `wrote ${shownTag(key, value)}`;
  const event = eventId === undefined ? "" : `, for the event ${eventId}`;
  return `${at}: ${what}; ${had}${event}${unconfirmed === true ? "; whether it took effect, nobody has seen" : ""}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
