import type { Position, Problems } from "../../yaml/problems.ts";
import {
  checkShape,
  isMeantFor,
  listMessage,
  sayUnknownKey,
  tightKeyFor,
  type Checked,
} from "../../yaml/shape-problem.ts";
import { readSource, type FileKind, type SourceNode } from "../../yaml/source-tree.ts";
import { keyPositionOf, positionOf, type Path } from "../../yaml/source-value.ts";
import {
  definitionSchema,
  DEEPER_KEYS,
  exemptionSchema,
  FILE_KEYS,
  MATCH_KEYS,
  policySchema,
  versionSchema,
  type DefinitionSource,
  type ExemptionSource,
  type PolicySource,
} from "./schema.ts";

/** A part of a file whose shape is right, and where its parts stand. */
export interface Part<T> extends Checked<T> {
  /** Of the part at this path within it. */
  position(path: Path): Position;
  keyPosition(path: Path): Position;
}

/** One file, as far as its shape is right: what isn't is left out, and the problems name it. */
export interface PolicyFile {
  /** Its definitions can't be read, and that was said: which keys it meant to define isn't known. */
  readonly refused: boolean;
  /** undefined where the key is there but its definition is not right. */
  readonly requiredTags: ReadonlyMap<string, { keyPosition: Position; definition: Part<DefinitionSource> | undefined }>;
  readonly policies: readonly Part<PolicySource>[];
  readonly exemptions: readonly Part<ExemptionSource>[];
}

const POLICY_FILE: FileKind = { name: "a policy file", start: "version: 1" };

const NO_FIELDS: Checked<DefinitionSource> = { value: {}, leftOut: new Set() };

/** Of a file that can't be read. */
const NOTHING: PolicyFile = { refused: true, requiredTags: new Map(), policies: [], exemptions: [] };

export function readPolicyFile(path: string, text: string, problems: Problems): PolicyFile {
  const root = readSource(path, text, POLICY_FILE, problems);
  if (root === undefined) return NOTHING;
  if (root.kind !== "map") {
    problems.add(root.position, "a policy file must be a mapping that starts with `version: 1`");
    return NOTHING;
  }
  const slid = slidDefinitions(root);
  for (const key of root.entries.keys()) {
    if (!FILE_KEYS.includes(key)) sayUnknownKey(root, [key], FILE_KEYS, problems, [...DEEPER_KEYS, ...slid]);
  }
  if (root.entries.has("version")) checkShape(versionSchema, root, ["version"], problems);
  else if (tightKeyFor(root, ["version"]) === undefined && !isMisspelt("version", root.entries.keys())) {
    problems.add(root.position, "version is missing: write `version: 1`");
  }
  const section = root.entries.get("requiredTags")?.value;
  return {
    refused: section !== undefined ? section.kind !== "map" : tightKeyFor(root, ["requiredTags"]) !== undefined,
    requiredTags: readDefinitions(root, problems),
    policies: readList(root, "policies", problems, (at) => checkShape(policySchema, root, at, problems, MATCH_KEYS)),
    exemptions: readList(root, "exemptions", problems, (at) => checkShape(exemptionSchema, root, at, problems)),
  };
}

/** Whether one of these keys was meant for this one, which their message says. */
function isMisspelt(name: string, keys: Iterable<string>): boolean {
  return [...keys].some((key) => !FILE_KEYS.includes(key) && isMeantFor(key, name, FILE_KEYS));
}

/** Unknown keys right behind the definitions that hold one: lines of theirs that lost their indentation. */
function slidDefinitions(root: SourceNode & { kind: "map" }): readonly string[] {
  const slid: string[] = [];
  let behind = false;
  for (const [key, { value }] of root.entries) {
    const isOne: boolean = behind && !FILE_KEYS.includes(key) && (value.kind === "map" || isNothing(value));
    if (isOne && !isMeant(key)) slid.push(key);
    behind = key === "requiredTags" || isOne;
  }
  return slid;
}

const isMeant = (key: string): boolean => FILE_KEYS.some((name) => isMeantFor(key, name, FILE_KEYS));

const isNothing = (node: SourceNode): boolean => node.kind === "scalar" && node.value === null;

function readDefinitions(root: SourceNode & { kind: "map" }, problems: Problems): PolicyFile["requiredTags"] {
  const definitions = new Map<string, { keyPosition: Position; definition: Part<DefinitionSource> | undefined }>();
  const section = root.entries.get("requiredTags")?.value;
  if (section === undefined) return definitions;
  const slid = slidDefinitions(root);
  if (section.kind !== "map") {
    // Where all of them slid, each says so itself.
    if (slid.length === 0) problems.add(section.position, "requiredTags must be a mapping of keys");
    return definitions;
  }
  for (const [key, { keyPosition, value }] of section.entries) {
    const path: Path = ["requiredTags", key];
    // `owner:` alone defines a key without constraints.
    const checked = isNothing(value) ? NO_FIELDS : checkShape(definitionSchema, root, path, problems);
    const definition = checked === undefined ? undefined : part(checked, root, path);
    definitions.set(key, { keyPosition, definition });
  }
  for (const key of slid) {
    definitions.set(key, { keyPosition: keyPositionOf(root, [key]), definition: undefined });
  }
  return definitions;
}

function readList<T>(
  root: SourceNode & { kind: "map" },
  key: string,
  problems: Problems,
  check: (path: Path) => Checked<T> | undefined,
): Part<T>[] {
  const section = root.entries.get(key)?.value;
  if (section === undefined) return [];
  if (section.kind !== "list") {
    problems.add(section.position, `${key} ${listMessage(section)}`);
    return [];
  }
  return section.items.flatMap((_, index) => {
    const path: Path = [key, index];
    const checked = check(path);
    return checked === undefined ? [] : [part(checked, root, path)];
  });
}

function part<T>(checked: Checked<T>, root: SourceNode, at: Path): Part<T> {
  return {
    ...checked,
    position: (path) => positionOf(root, [...at, ...path]),
    keyPosition: (path) => keyPositionOf(root, [...at, ...path]),
  };
}
