import type { Problems } from "../../yaml/problems.ts";
import { recordEntries, type Path } from "../../yaml/source-value.ts";
import { nameSlip } from "../../slips/names.ts";
import { accountSlip, regionSlip } from "../../slips/places.ts";
import { onlyProviderOf, typeSlip, type KnownTypes } from "../../slips/types.ts";
import { entryFields } from "./compile-required-tag.ts";
import type { Part, PolicyFile } from "./policy-file.ts";
import type { DefaultSource, MatchSource } from "./schema.ts";

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
      for (const [index, entry] of part.value.require.entries()) {
        const { fields } = entryFields(entry);
        if (fields !== undefined) warnOfFields(fields, part, ["require", index], slips);
      }
    }
    for (const part of exemptions) warnOfMatch(part.value.match, part, ["match"], slips);
  }
}

interface Fields {
  readonly values?: readonly string[] | undefined;
  readonly default?: DefaultSource | undefined;
}

function warnOfFields({ values = [], default: source }: Fields, part: Part<unknown>, path: Path, slips: Slips): void {
  for (const [index, value] of values.entries()) {
    if (!value.includes("*")) continue;
    const at = part.position([...path, "values", index]);
    slips.problems.warn(at, `"${value}" stands for itself, star and all: for any text there write ${asPattern(value)}`);
  }
  if (source !== undefined) warnOfDefault(source, part, [...path, "default"], slips);
}

function asPattern(value: string): string {
  const parts = value.split(/\*+/).map((part) => part.replaceAll(/[\\.+?()[\]{}|^$]/g, String.raw`\$&`));
  return `pattern: '${parts.join(".*").replaceAll("'", "''")}'`;
}

function warnOfDefault(source: DefaultSource, part: Part<unknown>, path: Path, slips: Slips): void {
  if (typeof source === "string") return;
  if (Array.isArray(source)) {
    for (const [index, one] of source.entries()) warnOfDefault(one, part, [...path, index], slips);
    return;
  }
  for (const [field, slipOf] of Object.entries(CHOICES)) {
    const cases: unknown = Reflect.get(source, field);
    if (typeof cases !== "object" || cases === null) continue;
    for (const [name, chosen] of recordEntries(cases as Record<string, DefaultSource>)) {
      const at = [...path, field, name];
      const slip = globSlip(name) ?? nameSlip(name) ?? slipOf(name, slips.known);
      if (slip !== undefined) slips.problems.warn(part.keyPosition(at), slip);
      warnOfDefault(chosen, part, at, slips);
    }
  }
}

/** What a default may go by, and what is odd about the names there. */
const CHOICES: Readonly<Record<string, (name: string, known: KnownTypes) => string | undefined>> = {
  byAccount: (name) => accountSlip(name, undefined),
  byRegion: (name) => regionSlip(name, undefined),
  byType: typeSlip,
};

function warnOfMatch(match: MatchSource | undefined, part: Part<unknown>, path: Path, slips: Slips): void {
  if (match === undefined) return;
  const { types = [], accounts = [], regions = [], ids = [], tags = {} } = match;
  const provider = onlyProviderOf(match.types);
  const warn = (at: Path, globs: readonly string[], slipOf: (glob: string) => string | undefined): void => {
    for (const [index, glob] of globs.entries()) {
      const slip = globSlip(glob) ?? slipOf(glob);
      if (slip !== undefined) slips.problems.warn(part.position([...path, ...at, index]), slip);
    }
  };
  const nothingElse = (): undefined => undefined;
  warn(["types"], types, (type) => nameSlip(type) ?? typeSlip(type, slips.known));
  warn(["accounts"], accounts, (account) => nameSlip(account) ?? accountSlip(account, provider));
  warn(["regions"], regions, (region) => nameSlip(region) ?? regionSlip(region, provider));
  warn(["ids"], ids, nothingElse);
  // A single glob stands where its list would, and a place within it leads there.
  for (const [key, globs] of Object.entries(tags)) warn(["tags", key], [globs].flat(), nothingElse);
  if (match.not !== undefined) warnOfMatch(match.not, part, [...path, "not"], slips);
}

/** Signs that mean something in other languages, and in a glob only themselves. */
function globSlip(glob: string): string | undefined {
  if (glob.includes("|")) {
    return `"${glob}" stands for itself, | and all: for one of several write a list, [${glob.split("|").join(", ")}]`;
  }
  if (glob.includes(".*")) {
    return `"${glob}" is a glob, in which . stands for itself and * alone for any text: write "${glob.replaceAll(".*", "*")}"`;
  }
  const whole = glob.replace(/^\^/, "").replace(/\$$/, "");
  return whole === glob ? undefined : `"${glob}" is a glob, which holds for the whole text anyway: write "${whole}"`;
}
