import type { TextLimits } from "../../contract.ts";
import { shown } from "../../shown.ts";
import type { Position, Problems } from "../../yaml/problems.ts";
import type { Path } from "../../yaml/source-value.ts";
import type { CompiledConstraint, CompiledDefault, CompiledRequiredTag } from "../compiled.ts";
import { words } from "../words/words.ts";
import { isBlank, prepareConstraints, refusal, SOME_DAY } from "../constraint.ts";
import { compilePattern } from "../pattern/compile.ts";
import type { Outline } from "../pattern/outline.ts";
import { compileDate } from "./compile-date.ts";
import { compileDefault, type Constant, type DefaultContext } from "./compile-default.ts";
import type { Part } from "./policy-file.ts";
import type { DefinitionSource, KeySource } from "./schema.ts";

/** What a definition, or an entry of `require`, says of its key. */
export interface Compiled {
  readonly constraints: readonly PlacedConstraint[];
  readonly default: CompiledDefault | undefined;
  readonly constants: readonly Constant[];
  readonly allowBlank: boolean | undefined;
  readonly overwrite: boolean | undefined;
  readonly adoptNearMiss: boolean;
  readonly ignoreCase?: boolean | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly ignoreKeyCase?: boolean | undefined;
  readonly description?: string | undefined;
  readonly url?: string | undefined;
}

export interface PlacedConstraint {
  readonly constraint: CompiledConstraint;
  readonly position: Position;
  /** Of a pattern: whether a value within these limits can match it. */
  readonly canMatch?: (limits: TextLimits) => boolean;
  /** Of a pattern: what its values have in common, where that can be told. */
  readonly outline?: () => Outline | undefined;
}

/** A required tag and where its parts stand, for the checks that follow. */
export interface PlacedRequiredTag {
  readonly tag: CompiledRequiredTag;
  readonly position: Position;
  readonly constraints: readonly PlacedConstraint[];
  readonly constants: readonly Constant[];
}

type Fields = Omit<DefinitionSource, "adoptNearMiss"> & { readonly adoptNearMiss?: boolean | undefined };

/** Where a definition or an entry stands. */
export interface FieldsPlace {
  readonly key: string;
  readonly part: Part<unknown>;
  readonly path: Path;
}

/** Compiles a definition, or an entry that adds to one. */
export function compileFields(
  fields: Fields,
  { key, part, path }: FieldsPlace,
  problems: Problems,
  definition: Pick<Compiled, "ignoreCase"> = NOTHING_SAID,
): Compiled {
  const ignoreCase = fields.ignoreCase ?? definition.ignoreCase;
  const constants: Constant[] = [];
  const context: DefaultContext = {
    position: (at) => part.position(at),
    problem: (at, message) => problems.add(part.position(at), message),
    constants,
  };
  const source = fields.default;
  const compiled: Compiled = {
    constraints: compileConstraints({ ...fields, ignoreCase }, part, path, problems),
    default: source === undefined ? undefined : compileDefault(source, [...path, "default"], context),
    constants,
    allowBlank: fields.allowBlank,
    overwrite: fields.overwrite,
    adoptNearMiss: fields.adoptNearMiss === true,
    ignoreCase,
    aliases: fields.aliases,
    ignoreKeyCase: fields.ignoreKeyCase,
    description: fields.description,
    url: fields.url,
  };
  checkConstants(compiled.constants, compiled.constraints, problems);
  if (fields.ignoreCase !== undefined && fields.values === undefined && fields.pattern === undefined) {
    problems.add(
      part.position([...path, "ignoreCase"]),
      "ignoreCase is about values or a pattern beside it: there are none",
    );
  }
  for (const [index, alias] of (fields.aliases ?? []).entries()) {
    const at = part.position([...path, "aliases", index]);
    if (alias === key) problems.add(at, `${shown(key)} is the key itself`);
    else if (fields.aliases?.indexOf(alias) !== index) problems.add(at, `${shown(alias)} is named twice`);
  }
  return compiled;
}

function compileConstraints(fields: Fields, part: Part<unknown>, path: Path, problems: Problems): PlacedConstraint[] {
  const constraints: PlacedConstraint[] = [];
  const ignoringCase = fields.ignoreCase === true ? ({ ignoreCase: true } as const) : {};
  if (fields.values !== undefined) {
    const position = part.position([...path, "values"]);
    const values = [...new Set(fields.values)];
    for (const [index, value] of fields.values.entries()) {
      const at = part.position([...path, "values", index]);
      if (isBlank(value)) problems.add(at, "a blank value is no value: say allowBlank: true instead");
    }
    constraints.push({ constraint: { values, ...ignoringCase }, position });
  }
  if (fields.pattern !== undefined) {
    const position = part.position([...path, "pattern"]);
    const result = compilePattern(fields.pattern, ignoringCase);
    if ("problem" in result) problems.add(position, `the pattern ${result.problem}`);
    else {
      constraints.push({ ...result, constraint: { pattern: result.pattern }, position });
      if (result.isEverything)
        problems.note(position, `the pattern ${fields.pattern} takes any value`, "matches-everything");
    }
  }
  if (fields.notValues !== undefined) {
    const notValues = [...new Set(fields.notValues.map((glob) => glob.toLowerCase()))];
    constraints.push({ constraint: { notValues }, position: part.position([...path, "notValues"]) });
  }
  if (fields.date !== undefined) {
    const at: Path = [...path, "date"];
    const date = compileDate(fields.date, (field, message) =>
      problems.add(part.position(field === undefined ? at : [...at, field]), message),
    );
    constraints.push({ constraint: { date }, position: part.position(at) });
  }
  checkTogether(constraints, problems);
  return constraints;
}

/** What an entry says that is a bare key, and a definition that isn't there. */
const NOTHING_SAID: Compiled = {
  constraints: [],
  default: undefined,
  constants: [],
  allowBlank: undefined,
  overwrite: undefined,
  adoptNearMiss: false,
};

/** Merges a key's definition and what a policy adds to it: all constraints hold, the entry's own words come first. */
export function mergeEntry(
  { key, position }: { readonly key: string; readonly position: Position },
  definition: Compiled = NOTHING_SAID,
  entry: Compiled = NOTHING_SAID,
  problems: Problems,
): PlacedRequiredTag {
  const constraints = [...definition.constraints, ...entry.constraints];
  const chosen = entry.default === undefined ? definition : entry;
  const [added] = entry.constraints;
  if (added !== undefined && definition.constraints.length > 0) checkTogether(constraints, problems, added.position);
  if (chosen === entry) checkConstants(entry.constants, definition.constraints, problems);
  else warnOfInherited(key, position, definition.constants, entry.constraints, problems);
  return {
    tag: {
      key,
      constraints: constraints.map(({ constraint }) => constraint),
      ...(chosen.default === undefined ? {} : { default: chosen.default }),
      allowBlank: entry.allowBlank ?? definition.allowBlank ?? false,
      overwrite: entry.overwrite ?? definition.overwrite ?? false,
      adoptNearMiss: definition.adoptNearMiss,
      ...mergeOptional(definition, entry),
    },
    position,
    constraints,
    constants: chosen.constants,
  };
}

/** What is left out where nobody says it, so that compiled policies of earlier versions keep their hash. */
function mergeOptional(
  definition: Compiled,
  entry: Compiled,
): Pick<CompiledRequiredTag, "aliases" | "ignoreKeyCase" | "description" | "url"> {
  const { description = definition.description, url = definition.url } = entry;
  const { ignoreKeyCase = definition.ignoreKeyCase } = entry;
  const aliases = [...new Set([...(definition.aliases ?? []), ...(entry.aliases ?? [])])];
  return {
    ...(aliases.length > 0 && { aliases }),
    ...(ignoreKeyCase === true && { ignoreKeyCase }),
    ...(description !== undefined && { description }),
    ...(url !== undefined && { url }),
  };
}

export function entryFields(entry: KeySource): { key: string; fields: Fields | undefined } {
  if (typeof entry === "string") return { key: entry, fields: undefined };
  const { key, ...fields } = entry;
  return { key, fields };
}

/** The allowed values, where they are all: those that any case is allowed of are not. */
export function exactValues(constraint: CompiledConstraint): readonly string[] | undefined {
  return "values" in constraint && constraint.ignoreCase !== true ? constraint.values : undefined;
}

/** Every list of values must have one that all constraints take; said `at` one place, or where the list stands. */
function checkTogether(constraints: readonly PlacedConstraint[], problems: Problems, at?: Position): void {
  const all = prepareConstraints(
    constraints.map(({ constraint }) => constraint),
    words,
  );
  const impossible = constraints.flatMap(({ constraint, position }) => {
    const values = exactValues(constraint);
    if (values === undefined || values.some((value) => refusal(value, all, SOME_DAY) === undefined)) return [];
    const reasons = values.slice(0, 5).map((value) => `${shown(value)} ${refusal(value, all, SOME_DAY)}`);
    return [{ position: at ?? position, message: `none of the values can ever pass: ${reasons.join("; ")}` }];
  });
  const last = impossible.at(-1);
  if (last !== undefined) problems.add(last.position, last.message);
}

function checkConstants(
  constants: readonly Constant[],
  constraints: readonly PlacedConstraint[],
  problems: Problems,
): void {
  const all = prepareConstraints(
    constraints.map(({ constraint }) => constraint),
    words,
  );
  for (const { value, position } of constants) {
    const problem = isBlank(value) ? "is blank" : refusal(value, all, SOME_DAY);
    if (problem !== undefined) problems.add(position, `the default ${shown(value)} is never legal: it ${problem}`);
  }
}

/** A definition's default may be too wide for one policy; then the tag stays missing there, which people should know. */
function warnOfInherited(
  key: string,
  position: Position,
  constants: readonly Constant[],
  constraints: readonly PlacedConstraint[],
  problems: Problems,
): void {
  const all = prepareConstraints(
    constraints.map(({ constraint }) => constraint),
    words,
  );
  for (const { value } of constants) {
    const problem = refusal(value, all, SOME_DAY);
    if (problem === undefined) continue;
    problems.warn(
      position,
      `the default ${shown(value)} of ${key} ${problem} in this policy, so it fills nothing here`,
      "default-refused",
    );
  }
}
