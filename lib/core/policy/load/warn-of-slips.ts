import type { Problems } from "../../yaml/problems.ts";
import { tightColonMessage } from "../../yaml/shape-problem.ts";
import { recordEntries, type Path } from "../../yaml/source-value.ts";
import { shown, withoutUnseen } from "../../shown.ts";
import { globSlip } from "../../slips/globs.ts";
import { nameSlip } from "../../slips/names.ts";
import { accountSlip, regionSlip } from "../../slips/places.ts";
import { onlyProviderOf, typeSlip, type KnownTypes } from "../../slips/types.ts";
import { entryFields } from "./compile-required-tag.ts";
import type { Part, PolicyFile } from "./policy-file.ts";
import type { DefaultSource, MatchSource, PolicySource, RequireSource } from "./schema.ts";

interface Slips {
  readonly known: KnownTypes;
  readonly problems: Problems;
}

/** Warns of what is legal, and seldom what was meant: signs of another language of patterns, and names that can't be. */
export function warnOfSlips(files: readonly PolicyFile[], slips: Slips): void {
  for (const { requiredTags, policies, exemptions } of files) {
    for (const { definition } of requiredTags.values()) {
      if (definition !== undefined) warnOfFields(definition.value, definition, [], slips);
    }
    for (const part of policies) {
      warnOfMatch(part.value.match, part, ["match"], slips);
      warnOfKeyGlobs(part, slips);
      for (const [index, entry] of (part.value.require ?? []).entries()) {
        warnOfEntry(entry, part, ["require", index], slips);
      }
    }
    for (const part of exemptions) warnOfMatch(part.value.match, part, ["match"], slips);
  }
}

function warnOfKeyGlobs(part: Part<PolicySource>, slips: Slips): void {
  const { forbid = [], keys } = part.value;
  warnOfTexts(forbid, part, ["forbid"], slips, globTextSlip);
  warnOfTexts(keys?.only ?? [], part, ["keys", "only"], slips, globTextSlip);
}

function warnOfTexts(
  texts: readonly string[],
  part: Part<unknown>,
  path: Path,
  { problems }: Slips,
  slipOf: (text: string) => Slip | undefined,
): void {
  for (const [index, text] of texts.entries()) {
    const slip = slipOf(text);
    if (slip !== undefined) problems.warn(part.position([...path, index]), ...slip);
  }
}

function globTextSlip(glob: string): Slip | undefined {
  return globSlips(glob) ?? slipBy("unseen-signs", unseenSlip(glob));
}

function warnOfEntry(entry: RequireSource, part: Part<unknown>, path: Path, slips: Slips): void {
  if (typeof entry !== "string" && "anyOf" in entry) {
    for (const [index, one] of entry.anyOf.entries()) warnOfEntry(one, part, [...path, "anyOf", index], slips);
    return;
  }
  const { fields } = entryFields(entry);
  if (fields !== undefined) warnOfFields(fields, part, path, slips);
}

interface Fields {
  readonly pattern?: string | undefined;
  readonly values?: readonly string[] | undefined;
  readonly notValues?: readonly string[] | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly default?: DefaultSource | undefined;
}

function warnOfFields(fields: Fields, part: Part<unknown>, path: Path, slips: Slips): void {
  const { values = [], notValues = [], aliases = [], pattern = "", default: source } = fields;
  const glob = globInPattern(pattern);
  if (glob !== undefined) slips.problems.warn(part.position([...path, "pattern"]), glob, "glob-in-pattern");
  for (const [index, value] of values.entries()) {
    const slip = valueSlip(value);
    if (slip !== undefined) slips.problems.warn(part.position([...path, "values", index]), ...slip);
  }
  warnOfTexts(notValues, part, [...path, "notValues"], slips, globTextSlip);
  warnOfTexts(aliases, part, [...path, "aliases"], slips, aliasSlip);
  if (source !== undefined) warnOfDefault(source, part, [...path, "default"], slips);
}

function aliasSlip(alias: string): Slip | undefined {
  return alias.includes("*")
    ? [`${shown(alias)} is one key, star and all: name each alias`, "literal-star"]
    : slipBy("unseen-signs", unseenSlip(alias));
}

/** `prod-*` is a pattern as well: of hyphens. */
function globInPattern(pattern: string): string | undefined {
  const [repeated] =
    /(?<![\\[(|])[-_/:@]\*(?![?+])/.exec(pattern.replaceAll(/\[[^\]]*\]/g, (set) => "x".repeat(set.length))) ?? [];
  if (repeated === undefined) return undefined;
  const sign = repeated.charAt(0);
  return `\`${repeated}\` repeats the ${sign} alone: for any text behind it write \`${sign}.*\``;
}

/** What is odd, and the rule that says so. */
type Slip = readonly [message: string, rule: string];

function slipBy(rule: string, message: string | undefined): Slip | undefined {
  return message === undefined ? undefined : [message, rule];
}

function valueSlip(value: string): Slip | undefined {
  return value.includes("*")
    ? [`"${value}" stands for itself, star and all: for any text there write ${asPattern(value)}`, "literal-star"]
    : slipBy("unseen-signs", unseenSlip(value));
}

/** What nobody sees in a file, and every resource would be held to or get. */
function unseenSlip(text: string): string | undefined {
  if (text.trim() !== text) return `${shown(text)} has a space at its end that counts: write ${shown(text.trim())}`;
  return withoutUnseen(text) === text ? undefined : `${shown(text)} holds signs that can't be seen: type it anew`;
}

function asPattern(value: string): string {
  const parts = value.split(/\*+/).map((part) => part.replaceAll(/[\\.+?()[\]{}|^$]/g, String.raw`\$&`));
  return `pattern: '${parts.join(".*").replaceAll("'", "''")}'`;
}

function warnOfDefault(source: DefaultSource, part: Part<unknown>, path: Path, slips: Slips): void {
  if (typeof source === "string") {
    const slip = slipBy("default-is-text", tightSourceSlip(source)) ?? slipBy("unseen-signs", unseenSlip(source));
    if (slip !== undefined) slips.problems.warn(part.position(path), ...slip);
    return;
  }
  if (Array.isArray(source)) {
    for (const [index, one] of source.entries()) warnOfDefault(one, part, [...path, index], slips);
    return;
  }
  for (const [field, [rule, slipOf]] of Object.entries(CHOICES)) {
    const cases: unknown = Reflect.get(source, field);
    if (typeof cases !== "object" || cases === null) continue;
    for (const [name, chosen] of recordEntries(cases as Record<string, DefaultSource>)) {
      const at = [...path, field, name];
      const slip = globSlips(name) ?? slipBy("odd-name", nameSlip(name)) ?? slipBy(rule, slipOf(name, slips.known));
      if (slip !== undefined) slips.problems.warn(part.keyPosition(at), ...slip);
      warnOfDefault(chosen, part, at, slips);
    }
  }
}

/** `fromEvent:createdBy` is a value like any other to YAML, and every resource would get it. */
function tightSourceSlip(value: string): string | undefined {
  if (!TIGHT_SOURCE.test(value)) return undefined;
  return `${shown(value)} is the value itself: ${tightColonMessage(value)}`;
}

const TIGHT_SOURCE = /^(?:fromEvent|fromTag|jmespath|template|byAccount|byRegion|byType)[:：]./;

/** What a default may go by, and what is odd about the names there. */
const CHOICES: Readonly<Record<string, readonly [string, (name: string, known: KnownTypes) => string | undefined]>> = {
  byAccount: ["odd-account", (name) => accountSlip(name, undefined)],
  byRegion: ["odd-region", (name) => regionSlip(name, undefined)],
  byType: ["unknown-type", typeSlip],
};

const globSlips = (glob: string): Slip | undefined => slipBy("odd-glob", globSlip(glob));

function warnOfMatch(match: MatchSource | undefined, part: Part<unknown>, path: Path, slips: Slips): void {
  if (match === undefined) return;
  const { types = [], accounts = [], regions = [], ids = [], tags = {} } = match;
  const provider = onlyProviderOf(match.types);
  const warn = (at: Path, globs: readonly string[], slipOf: (glob: string) => Slip | undefined): void => {
    for (const [index, glob] of globs.entries()) {
      const slip = globSlips(glob) ?? slipOf(glob);
      if (slip !== undefined) slips.problems.warn(part.position([...path, ...at, index]), ...slip);
    }
  };
  const nothingElse = (): undefined => undefined;
  const named = (name: string, rule: string, slip: string | undefined) =>
    slipBy("odd-name", nameSlip(name)) ?? slipBy(rule, slip);
  warn(["types"], types, (type) => named(type, "unknown-type", typeSlip(type, slips.known)));
  warn(["accounts"], accounts, (account) => named(account, "odd-account", accountSlip(account, provider)));
  warn(["regions"], regions, (region) => named(region, "odd-region", regionSlip(region, provider)));
  warn(["ids"], ids, nothingElse);
  // A single glob stands where its list would, and a place within it leads there.
  for (const [key, globs] of Object.entries(tags)) warn(["tags", key], [globs].flat(), nothingElse);
  if (match.not !== undefined) warnOfMatch(match.not, part, [...path, "not"], slips);
}
