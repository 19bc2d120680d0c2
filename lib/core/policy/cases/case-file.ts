import { momentOf } from "../../moment.ts";
import { tagsFromObject, type CreationEvent, type Resource } from "../../resource.ts";
import type { Position, Problems } from "../../yaml/problems.ts";
import { checkShape } from "../../yaml/shape-problem.ts";
import { readSource, type FileKind } from "../../yaml/source-tree.ts";
import { keyPositionOf, positionOf, recordEntries } from "../../yaml/source-value.ts";
import { caseFileSchema, EXPECTABLE, type CaseSource, type Expectation, type ResourceSource } from "./schema.ts";

/** What a policy is expected to say of one resource, or of what one event creates. */
export interface Case {
  readonly name: string;
  readonly position: Position;
  /** `recording`: a file of recorded events, relative to this one. `event`: such an event itself. */
  readonly subject:
    | { readonly resource: Resource }
    | { readonly recording: string; readonly position: Position }
    | { readonly event: unknown; readonly position: Position };
  readonly expect: Expectation;
  /** Where each expectation stands. */
  readonly positions: Readonly<Partial<Record<keyof Expectation, Position>>>;
}

export interface CaseFile {
  /** As it is written, relative to this file; undefined where it names none. */
  readonly policy: { readonly path: string; readonly position: Position } | undefined;
  /** Milliseconds since the epoch; undefined where it says nothing. */
  readonly at: number | undefined;
  readonly cases: readonly Case[];
}

const CASE_FILE: FileKind = { name: "a file of cases", start: "policy: policy.yaml" };

/** Reads a file of cases; undefined where it isn't right, and the problems say why. */
export function readCaseFile(path: string, text: string, problems: Problems): CaseFile | undefined {
  const root = readSource(path, text, CASE_FILE, problems);
  if (root === undefined) return undefined;
  if (root.kind !== "map") {
    problems.add(root.position, `a file of cases must be a mapping that starts with \`${CASE_FILE.start}\``);
    return undefined;
  }
  const before = problems.count;
  const checked = checkShape(caseFileSchema, root, [], problems);
  if (checked === undefined || problems.count > before) return undefined;
  const { policy, at, cases } = checked.value;
  const names = new Map<string, Position>();
  const read = cases.map((source, index): Case | undefined => {
    const at = ["cases", index] as const;
    const position = positionOf(root, [...at, "name"]);
    const first = names.get(source.name);
    if (first !== undefined) problems.add(position, `there is a case "${source.name}" already in line ${first.line}`);
    names.set(source.name, position);
    if (EXPECTABLE.every((field) => source.expect[field] === undefined)) {
      problems.add(
        positionOf(root, [...at, "expect"]),
        `expect nothing and nothing is tested: say ${EXPECTABLE.join(", ")}`,
      );
    }
    const subject = subjectOf(source, positionOf(root, [...at, "event"]));
    if (subject === undefined) {
      problems.add(position, `the case "${source.name}" needs either a resource or an event`);
      return undefined;
    }
    const positions = EXPECTABLE.flatMap((field) =>
      source.expect[field] === undefined ? [] : [[field, keyPositionOf(root, [...at, "expect", field])] as const],
    );
    return { name: source.name, position, subject, expect: source.expect, positions: Object.fromEntries(positions) };
  });
  return {
    policy: policy === undefined ? undefined : { path: policy, position: positionOf(root, ["policy"]) },
    at: at === undefined ? undefined : momentOf(at),
    cases: read.filter((one) => one !== undefined),
  };
}

function subjectOf({ resource, event }: CaseSource, position: Position): Case["subject"] | undefined {
  if ((resource === undefined) === (event === undefined)) return undefined;
  if (resource !== undefined) return { resource: resourceFrom(resource) };
  return typeof event === "string" ? { recording: event, position } : { event, position };
}

function resourceFrom({ tags, event, project, ...ref }: ResourceSource): Resource {
  return {
    ...ref,
    ...(project !== undefined && { project }),
    tags: tags === undefined ? undefined : new Map(recordEntries(tags)),
    ...(event !== undefined && { event: eventFrom(event) }),
  };
}

function eventFrom({ requestTags, record, ...texts }: NonNullable<ResourceSource["event"]>): CreationEvent {
  const known = Object.entries(texts).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    ...(requestTags !== undefined && { requestTags: tagsFromObject(Object.fromEntries(recordEntries(requestTags))) }),
    ...(record !== undefined && { record }),
  };
}
