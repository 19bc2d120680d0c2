import type { TextLimits } from "../../contract.ts";
import { shown } from "../../shown.ts";
import type { Position, Problems } from "../../yaml/problems.ts";
import type { Path } from "../../yaml/source-value.ts";
import type { CompiledConstraint, CompiledDefault, CompiledRequiredTag } from "../compiled.ts";
import { isBlank, prepareConstraints, refusal } from "../constraint.ts";
import { compilePattern } from "../pattern/compile.ts";
import type { Outline } from "../pattern/outline.ts";
import { compileDefault, type Constant, type DefaultContext } from "./compile-default.ts";
import type { Part } from "./policy-file.ts";
import type { DefinitionSource, RequireSource } from "./schema.ts";

/** What a definition, or an entry of `require`, says of its key. */
export interface Compiled {
  readonly constraints: readonly PlacedConstraint[];
  readonly default: CompiledDefault | undefined;
  readonly constants: readonly Constant[];
  readonly allowBlank: boolean | undefined;
  readonly overwrite: boolean | undefined;
  readonly adoptNearMiss: boolean;
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

/** Compiles a definition or an entry that stands at `path` within `part`. */
export function compileFields(fields: Fields, part: Part<unknown>, path: Path, problems: Problems): Compiled {
  const constants: Constant[] = [];
  const context: DefaultContext = {
    position: (at) => part.position(at),
    problem: (at, message) => problems.add(part.position(at), message),
    constants,
  };
  const source = fields.default;
  const compiled: Compiled = {
    constraints: compileConstraints(fields, part, path, problems),
    default: source === undefined ? undefined : compileDefault(source, [...path, "default"], context),
    constants,
    allowBlank: fields.allowBlank,
    overwrite: fields.overwrite,
    adoptNearMiss: fields.adoptNearMiss === true,
    description: fields.description,
    url: fields.url,
  };
  checkConstants(compiled.constants, compiled.constraints, problems);
  return compiled;
}

function compileConstraints(fields: Fields, part: Part<unknown>, path: Path, problems: Problems): PlacedConstraint[] {
  const constraints: PlacedConstraint[] = [];
  if (fields.values !== undefined) {
    const position = part.position([...path, "values"]);
    const values = [...new Set(fields.values)];
    for (const [index, value] of fields.values.entries()) {
      const at = part.position([...path, "values", index]);
      if (isBlank(value)) problems.add(at, "a blank value is no value: say allowBlank: true instead");
    }
    constraints.push({ constraint: { values }, position });
  }
  if (fields.pattern !== undefined) {
    const position = part.position([...path, "pattern"]);
    const result = compilePattern(fields.pattern);
    if ("problem" in result) problems.add(position, `the pattern ${result.problem}`);
    else constraints.push({ ...result, constraint: { pattern: result.pattern }, position });
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
  const { description = definition.description, url = definition.url } = entry;
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
      ...(description !== undefined && { description }),
      ...(url !== undefined && { url }),
    },
    position,
    constraints,
    constants: chosen.constants,
  };
}

export function entryFields(entry: RequireSource): { key: string; fields: Fields | undefined } {
  if (typeof entry === "string") return { key: entry, fields: undefined };
  const { key, ...fields } = entry;
  return { key, fields };
}

/** Every list of values must have one that all constraints take; said `at` one place, or where the list stands. */
function checkTogether(constraints: readonly PlacedConstraint[], problems: Problems, at?: Position): void {
  const all = prepareConstraints(constraints.map(({ constraint }) => constraint));
  const impossible = constraints.flatMap(({ constraint, position }) => {
    if (!("values" in constraint) || constraint.values.some((value) => refusal(value, all) === undefined)) return [];
    const reasons = constraint.values.slice(0, 5).map((value) => `${shown(value)} ${refusal(value, all)}`);
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
  const all = prepareConstraints(constraints.map(({ constraint }) => constraint));
  for (const { value, position } of constants) {
    const problem = isBlank(value) ? "is blank" : refusal(value, all);
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
  const all = prepareConstraints(constraints.map(({ constraint }) => constraint));
  for (const { value } of constants) {
    const problem = refusal(value, all);
    if (problem === undefined) continue;
    problems.warn(
      position,
      `the default ${shown(value)} of ${key} ${problem} in this policy, so it fills nothing here`,
      "default-refused",
    );
  }
}
