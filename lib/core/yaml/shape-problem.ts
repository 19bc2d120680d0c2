import type { z } from "zod";
import type { Position, Problems } from "./problems.ts";
import { shown } from "../shown.ts";
import { didYouMean } from "./suggest.ts";
import { lookAlikeMessage, openerSlip } from "./look-alikes.ts";
import type { SourceMap, SourceNode, SourceScalar } from "./source-tree.ts";
import { keyPositionOf, nodeAt, plainValue, positionOf, writtenStep, type Path } from "./source-value.ts";

type Issue = z.core.$ZodIssue;

/** A part of a file, as far as its shape is right. */
export interface Checked<T> {
  readonly value: T;
  /** The fields that were left out, because they are wrong. */
  readonly leftOut: ReadonlySet<string>;
}

/**
 * Checks the part of a file at a path against a schema, and says what doesn't fit where it stands. What can be left
 * out is, so that what else is wrong with the part gets said too; undefined where nothing useful is left. `deeper` are
 * keys that belong into the parts of this one, where they may have slid from.
 */
export function checkShape<T>(
  schema: z.ZodType<T>,
  root: SourceNode,
  path: Path,
  problems: Problems,
  deeper: readonly string[] = [],
): Checked<T> | undefined {
  const node = nodeAt(root, path);
  if (node === undefined) return undefined;
  const value = plainValue(node);
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data, leftOut: new Set() };
  const issues = parsed.error.issues.map((issue) => nearestIssue(issue, []));
  const strays = straysOf(issues, root, path);
  for (const placed of issues) {
    const at = [...path, ...placed.path];
    if (nodeAt(root, at) === undefined && isMisspelt(placed, issues)) continue;
    describe(placed.issue, root, at, problems, { strays, deeper });
  }
  const leftOut = new Set<string>();
  for (const { issue, path: inner } of issues) {
    const [field] = inner;
    if (issue.code === "unrecognized_keys") removeKeys(value, inner, issue.keys);
    else if (field !== undefined) {
      removeKeys(value, [], [String(field)]);
      leftOut.add(String(field));
    }
  }
  const again = schema.safeParse(value);
  return again.success ? { value: again.data, leftOut } : undefined;
}

interface PlacedIssue {
  readonly issue: Issue;
  readonly path: Path;
}

/** Whether the message about an unknown key beside a missing one says already that this one was meant. */
function isMisspelt({ path }: PlacedIssue, issues: readonly PlacedIssue[]): boolean {
  const around = JSON.stringify(path.slice(0, -1));
  return issues.some(
    (other) =>
      other.issue.code === "unrecognized_keys" &&
      JSON.stringify(other.path) === around &&
      other.issue.keys.some((key) => isMeantFor(key, String(path.at(-1)), other.issue.message.split(" "))),
  );
}

/** Whether an unknown key is most likely this one, of those that may stand there. */
export function isMeantFor(key: string, name: string, known: readonly string[]): boolean {
  return didYouMean(key, known).includes(`"${name}"`);
}

/** Of a union's branches, the one that the value was most likely meant for; and in that branch, what is wrong. */
function nearestIssue(issue: Issue, around: Path): PlacedIssue {
  const path = [...around, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  if (issue.code !== "invalid_union") return { issue, path };
  const branches = issue.errors.filter((branch) => branch.length > 0).toSorted((a, b) => distance(a) - distance(b));
  const [nearest] = branches;
  const inner = nearest?.toSorted((a, b) => weight(a) - weight(b))[0];
  // A value that is of no branch's type is best told what there is to choose from.
  if (inner === undefined || (nearest !== undefined && distance(nearest) >= WRONG_TYPE)) return { issue, path };
  if (inner.code !== "unrecognized_keys" || inner.path.length > 0) return nearestIssue(inner, path);
  const known = issue.errors.flat().flatMap((each) => (isUnknownKey(each) ? each.message.split(" ") : []));
  return nearestIssue({ ...inner, message: [...new Set(known)].join(" ") }, path);
}

function isUnknownKey(issue: Issue): boolean {
  return issue.code === "unrecognized_keys" && issue.path.length === 0;
}

const WRONG_TYPE = 100;

/** Not what the branch is about at all: another type, or not its word. */
function isOtherKind(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

/** How far a branch is from what was written: a wrong type further than a missing or unknown key. */
function distance(branch: readonly Issue[]): number {
  let sum = 0;
  for (const issue of branch) {
    if (issue.path.length === 0 && isOtherKind(issue)) sum += WRONG_TYPE;
    else if (issue.path.length <= 1 && issue.code === "invalid_type" && issue.input === undefined) sum += 10;
    else if (issue.code === "unrecognized_keys") sum += 3 * issue.keys.length;
    else sum += 1;
  }
  return sum;
}

function weight(issue: Issue): number {
  return issue.code === "unrecognized_keys" ? 0 : 1;
}

/** Keys that nobody knows, by the place of what they belong to: that one's message speaks of them too. */
type Strays = ReadonlyMap<string, readonly string[]>;

/**
 * Of a key whose value is missing or is no list, the unknown ones that follow it: what belongs below it
 * (`match:` and `types:` in one column) or into its list (`values: prod, dev` within braces).
 */
function straysOf(issues: readonly PlacedIssue[], root: SourceNode, path: Path): Strays {
  const strays = new Map<string, readonly string[]>();
  for (const { issue, path: inner } of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const around = nodeAt(root, [...path, ...inner]);
    if (around?.kind !== "map") continue;
    let owner: string | undefined;
    for (const [key, { value }] of around.entries) {
      if (!issue.keys.includes(key)) {
        const isOwner = issues.some((other) => isAt(other.path, [...inner, key]) && lacks(other.issue, value));
        owner = isOwner ? JSON.stringify([...path, ...inner, key]) : undefined;
      } else if (owner !== undefined) strays.set(owner, [...(strays.get(owner) ?? []), key]);
    }
  }
  return strays;
}

const isAt = (one: Path, other: Path): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Whether a value is one that what follows it was meant for. */
function lacks(issue: Issue, value: SourceNode): boolean {
  return isNothing(value) || (value.kind === "scalar" && issue.code === "invalid_type" && issue.expected === "array");
}

const isNothing = (node: SourceNode): boolean => node.kind === "scalar" && node.value === null && node.written === "";

interface Around {
  readonly strays: Strays;
  readonly deeper: readonly string[];
}

function describe(issue: Issue, root: SourceNode, path: Path, problems: Problems, { strays, deeper }: Around): void {
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(" ");
    const told = new Set([...strays].flatMap(([owner, keys]) => (isAround(path, owner) ? keys : [])));
    for (const key of issue.keys) if (!told.has(key)) sayUnknownKey(root, [...path, key], known, problems, deeper);
    return;
  }
  const node = nodeAt(root, path);
  if (node?.kind === "scalar" && node.refused === true) return;
  const tight = node === undefined ? tightKeyFor(root, path) : undefined;
  if (tight !== undefined) return sayTightColon(root, tight, problems);
  problems.add(positionFor(issue, root, path), message(issue, node, path, strays.get(JSON.stringify(path)) ?? []));
}

/** Whether this is the path of what a key stands in. */
function isAround(path: Path, owner: string): boolean {
  return isAt(path, (JSON.parse(owner) as Path).slice(0, -1));
}

/** Says that a key is none that may stand there, and what was meant, where that can be seen. */
export function sayUnknownKey(
  root: SourceNode,
  path: Path,
  known: readonly string[],
  problems: Problems,
  deeper: readonly string[] = [],
): void {
  const key = String(writtenStep(path.at(-1) ?? ""));
  if (known.includes(key.slice(0, Math.max(0, key.search(/[:：]/))))) return sayTightColon(root, path, problems);
  if (deeper.includes(key)) {
    const message = `${key} stands too far to the left: indent its line as those beside it are`;
    return problems.add(keyPositionOf(root, path), message);
  }
  const suggestion = INVISIBLE.test(key)
    ? ": it holds spaces or signs that only look like spaces or like none; type the line anew"
    : didYouMean(key, known) || `; known here: ${known.join(", ")}`;
  problems.add(keyPositionOf(root, path), `unknown key ${INVISIBLE.test(key) ? shown(key) : `"${key}"`}${suggestion}`);
}

const INVISIBLE = /[\p{Cf}\p{Cc}]|(?! )\p{Z}/u;

/** `default:dev` is one word to YAML: a key without a value. */
function sayTightColon(root: SourceNode, path: Path, problems: Problems): void {
  problems.add(keyPositionOf(root, path), tightColonMessage(String(writtenStep(path.at(-1) ?? ""))));
}

export function tightColonMessage(written: string): string {
  const colon = written.search(/[:：]/);
  const instead = `${written.slice(0, colon)}: ${written.slice(colon + 1).trim()}`;
  if (written.charAt(colon) !== ":") return lookAlikeMessage(written.charAt(colon), instead);
  return `a space is missing after the colon: write \`${instead}\``;
}

/** Where a key stands that was meant for the missing one at this path. */
export function tightKeyFor(root: SourceNode, path: Path): Path | undefined {
  const around = nodeAt(root, path.slice(0, -1));
  if (around?.kind !== "map") return undefined;
  const key = [...around.entries.keys()].find((one) => /[:：]/.test(one) && one.split(/[:：]/)[0] === path.at(-1));
  return key === undefined ? undefined : [...path.slice(0, -1), key];
}

function positionFor(issue: Issue, root: SourceNode, path: Path): Position {
  return issue.code === "invalid_key" ? keyPositionOf(root, path) : positionOf(root, path);
}

function message(issue: Issue, node: SourceNode | undefined, path: Path, strays: readonly string[]): string {
  const name = path.length === 0 ? "the file" : named(path);
  if (node === undefined) {
    const how = issue.code === "invalid_value" ? `write ${choices(issue.values.map(String))}` : "add it";
    return `${name} is missing; ${how}`;
  }
  if (issue.code === "invalid_type") return `${name} ${typeMessage(issue.expected, node, strays)}`;
  if (issue.code === "invalid_value") return `${name} ${choiceMessage(issue.values.map(String), node)}`;
  if (node.kind === "scalar" && node.instead !== undefined) return `${name} has no value: ${node.instead}`;
  if (issue.code === "invalid_union" && issue.errors.length > 0) return `${name} ${unionMessage(issue, node, strays)}`;
  return `${name} ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

/** A value that is of none of the forms: what they have in common, or what the schema says of them together. */
function unionMessage(
  { errors, message }: z.core.$ZodIssueInvalidUnion,
  node: SourceNode,
  strays: readonly string[],
): string {
  const kinds = new Set(errors.flat().map((issue) => (issue.code === "invalid_type" ? issue.expected : undefined)));
  const [kind] = kinds;
  if (kinds.size === 1 && kind !== undefined) return typeMessage(kind, node, strays);
  if (message !== NO_MESSAGE) return message;
  return isUnquoted(node) ? typeMessage("string", node) : "is not of any form that is possible here";
}

/** What zod says of a union whose schema says nothing. */
const NO_MESSAGE = "Invalid input";

function choiceMessage(values: readonly string[], node: SourceNode): string {
  return `must be ${choices(values)}${node.kind === "scalar" ? chosen(node.written, values) : ""}`;
}

/** What was meant of some values: without what follows a word, such as a comment that has no space in front. */
function chosen(written: string, values: readonly string[]): string {
  if (values.includes(written)) return `: write ${written} without quotes`;
  const word = /^[\w-]+(?=[^\w-])/.exec(written)?.[0] ?? "";
  if (!values.includes(word)) return values.every(isNumber) ? "" : didYouMean(written, values);
  return /^\s*(?:#|\/\/|;)/.test(written.slice(word.length))
    ? `: write ${word}, and a comment behind a space and #`
    : didYouMean(word, values);
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

function choices(values: readonly string[]): string {
  return `${values.length === 1 ? "" : "one of "}${values.join(", ")}`;
}

/** A scalar that YAML reads as a number, a boolean or nothing, where people meant text. */
function isUnquoted(node: SourceNode): boolean {
  return node.kind === "scalar" && typeof node.value !== "string";
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function typeMessage(expected: string, node: SourceNode, strays: readonly string[] = []): string {
  if (node.kind !== "scalar") {
    if (expected === "array" && node.kind === "map") return `must be a list${insteadOfMap(node)}`;
    const quoted = expected === "string" && node.written !== undefined && !node.written.includes("'");
    return `must be ${KINDS[expected] ?? expected}${quoted ? `: quote it ('${node.written}')` : ""}`;
  }
  if (isNothing(node)) {
    const instead = strays.length === 0 ? node.instead : `indent what belongs to it further, ${strays.join(" and ")}`;
    return `has no value${instead === undefined ? "" : `: ${instead}`}`;
  }
  if (expected === "string") return `must be text: quote it ("${node.written}")`;
  if (NUMBERS.has(expected)) return `must be ${KINDS[expected] ?? expected}${insteadOfNumber(node)}`;
  return `must be ${KINDS[expected] ?? expected}${instead(expected, node.written, strays)}`;
}

/** What to say of something that should be a list of mappings; a word or a number is none in brackets either. */
export function listMessage(node: SourceNode): string {
  const isWord = node.kind === "scalar" && !isNothing(node) && LISTED.test(node.written);
  return isWord ? "must be a list, with a dash before each entry" : typeMessage("array", node);
}

/** Keys where the entries of a list belong: words within braces, or lines whose dashes are missing. */
function insteadOfMap({ entries, written }: SourceMap): string {
  if (written === undefined) return ": write a dash before the first line of each entry";
  const words = [...entries.keys()];
  const isWords = words.length > 0 && [...entries.values()].every(({ value }) => isNothing(value));
  return isWords ? `: write [${words.join(", ")}]` : "";
}

/** What to write where a list or mapping is meant, as far as that can be seen. */
function instead(expected: string, written: string, strays: readonly string[]): string {
  const opener = openerSlip(written);
  if (opener !== undefined) return `; ${opener}`;
  const words = [written, ...strays].join(", ").replace(/^\((.*)\)$/, "$1");
  if (expected === "array" && LISTED.test(words)) return `: write [${words}]`;
  const tight = MAPPINGS.has(expected) ? TIGHT_COLON.exec(written)?.[0] : undefined;
  return tight === undefined ? "" : `; ${tightColonMessage(tight)}`;
}

/** Digits in quotes, of full width or in groups; or with a unit behind them. */
function insteadOfNumber({ value, written }: SourceScalar): string {
  if (typeof value !== "string") return "";
  const plain = written.normalize("NFKC").replaceAll(/[\s_',]/g, "");
  if (/^-?\d+(?:\.\d+)?$/.test(plain))
    return plain === written ? `: write ${plain} without quotes` : `: write ${plain}`;
  return /^\d+(?:\.\d+)?[a-z]+$/i.test(plain) ? ", without a unit" : "";
}

const NUMBERS: ReadonlySet<string> = new Set(["number", "int"]);

/** Words that mean in brackets what they mean outside, and the commas between them. */
const LISTED = /^[\w./:*@$+-]+(?:, *[\w./:*@$+-]+)*$/;
const MAPPINGS: ReadonlySet<string> = new Set(["object", "record"]);
const TIGHT_COLON = /^[\w$-]+(?::[^\s:/]|：).*/;

/** `policies[0].match.types`, as people write paths. */
function named(path: Path): string {
  let text = "";
  for (const step of path.map(writtenStep))
    text += typeof step === "number" ? `[${step}]` : `${text === "" ? "" : "."}${step}`;
  return text;
}

function removeKeys(value: unknown, path: Path, keys: readonly string[]): void {
  let at: unknown = value;
  for (const step of path) at = typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined;
  if (typeof at !== "object" || at === null) return;
  for (const key of keys) Reflect.deleteProperty(at, key);
}
