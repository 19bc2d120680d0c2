import { globMatcher, type TextMatcher } from "../glob.ts";
import { momentOf } from "../moment.ts";
import type { Resource } from "../resource.ts";
import type { CompiledDefault, EventValue, TemplatePart } from "./compiled.ts";
import { isBlank } from "./constraint.ts";
import type { Search } from "./words.ts";

/** The values that a default offers for a resource, the first to be tried first. */
export type Default = (resource: Resource) => readonly string[];

const NOTHING: readonly string[] = [];

export function prepareDefault(source: CompiledDefault, search: Search): Default {
  switch (source.kind) {
    case "constant": {
      const values = [source.value];
      return () => values;
    }
    case "event":
      return (resource) => offer(eventValue(resource, source.name));
    case "tag":
      return (resource) => offer(resource.tags?.get(source.key));
    case "jmespath":
      return (resource) => offer(fromRecord(resource.event?.record, source.expression, search));
    case "template":
      return (resource) => offer(filled(source.parts, resource));
    case "choice":
      return prepareChoice(source, search);
    case "first": {
      const all = source.of.map((each) => prepareDefault(each, search));
      return (resource) => all.flatMap((each) => each(resource));
    }
  }
}

function offer(value: string | undefined): readonly string[] {
  return value === undefined ? NOTHING : [value];
}

function prepareChoice(source: Choice, search: Search): Default {
  const find = caseFinder(source.cases.map(([glob, chosen]) => [glob, prepareDefault(chosen, search)]));
  const otherwise = source.otherwise === undefined ? undefined : prepareDefault(source.otherwise, search);
  return (resource) => {
    const chosen = find(resource[source.by]) ?? otherwise;
    return chosen === undefined ? NOTHING : chosen(resource);
  };
}

export type Choice = CompiledDefault & { kind: "choice" };

/** Finds what a name chooses among globs: an equal name first, then the first glob that matches. */
export function caseFinder<Chosen>(
  cases: readonly (readonly [string, Chosen])[],
): (name: string) => Chosen | undefined {
  const exact = new Map(cases);
  const globs = cases.flatMap(([glob, chosen]): [TextMatcher, Chosen][] =>
    glob.includes("*") ? [[globMatcher(glob), chosen]] : [],
  );
  return (name) => exact.get(name) ?? globs.find(([matches]) => matches(name))?.[1];
}

/** The template with every name filled in; undefined where one of them has no value, or a blank one. */
function filled(parts: readonly TemplatePart[], resource: Resource): string | undefined {
  let text = "";
  for (const part of parts) {
    const value = partValue(part, resource);
    if (value === undefined || (!("text" in part) && isBlank(value))) return undefined;
    text += value;
  }
  return text;
}

function partValue(part: TemplatePart, resource: Resource): string | undefined {
  if ("text" in part) return part.text;
  return "tag" in part ? resource.tags?.get(part.tag) : eventValue(resource, part.event);
}

/** What the expression finds in the cloud's own record, as text; undefined where that is nothing that a tag can hold. */
function fromRecord(record: unknown, expression: string, search: Search): string | undefined {
  if (record === undefined || record === null) return undefined;
  let found: unknown;
  try {
    found = search(record, expression);
  } catch {
    // The expression was compiled when the policy was loaded: what fails now is a function on a value of another
    // type than it takes, so this record has no value for this default, and the next one is tried.
    return undefined;
  }
  if (typeof found === "string") return found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : undefined;
}

/** What the creating event (or the resource itself) says under this name; undefined where it says nothing. */
export function eventValue(resource: Resource, name: EventValue): string | undefined {
  switch (name) {
    case "region":
      return resource.region;
    case "account":
      return resource.account;
    case "createdBy":
      return resource.event?.createdBy;
    case "eventName":
      return resource.event?.eventName;
    case "sourceIp":
      return resource.event?.sourceIp;
    case "createdAt":
      return utcDate(resource.event?.createdAt);
    case "createdAtTime":
      return resource.event?.createdAt;
  }
}

/** The UTC date, YYYY-MM-DD, of an RFC 3339 time; undefined where it is none. */
function utcDate(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const milliseconds = momentOf(time);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString().slice(0, 10);
}
