import { shown } from "../../shown.ts";
import type { Resource } from "../../resource.ts";
import type { CompiledDefault, TemplatePart } from "../compiled.ts";
import { caseFinder, prepareDefault, type Choice } from "../default.ts";
import type { Search } from "../words.ts";

/** One source of a default, and how it was come to: the fields and names that chose it, e.g. `byAccount`, `1111*`. */
export interface ChosenSource {
  readonly path: readonly (string | number)[];
  readonly source: Exclude<CompiledDefault, Choice | { kind: "first" }>;
}

/** The sources that a default comes to for a resource, the first to be tried first. */
export function chosenSources(
  source: CompiledDefault,
  resource: Resource,
  path: ChosenSource["path"] = [],
): readonly ChosenSource[] {
  if (source.kind === "first") return source.of.flatMap((one, index) => chosenSources(one, resource, [...path, index]));
  if (source.kind !== "choice") return [{ path, source }];
  const field = choiceField(source);
  const find = caseFinder(source.cases.map(([glob, chosen]) => [glob, [glob, chosen] as const]));
  const [glob, chosen] = find(resource[source.by]) ?? [];
  if (glob !== undefined && chosen !== undefined) return chosenSources(chosen, resource, [...path, field, glob]);
  return source.otherwise === undefined ? [] : chosenSources(source.otherwise, resource, [...path, "otherwise"]);
}

/** The field by which policy files write a choice. */
function choiceField({ by }: Pick<Choice, "by">): "byAccount" | "byRegion" | "byType" {
  return by === "account" ? "byAccount" : by === "region" ? "byRegion" : "byType";
}

/** One source that a default comes to, and what it offers for a resource. */
export interface TriedSource {
  /** In words, e.g. `createdBy of the creating event`, with what chose it. */
  readonly from: string;
  /** Absent = it has no value for this resource. */
  readonly value?: string;
  /** True where it depends on what isn't known of this resource. */
  readonly unknown?: true;
}

/** What is known of a resource beside its place. */
export interface KnownParts {
  readonly isTagKnown: (key: string) => boolean;
  readonly isEventKnown: boolean;
}

/** The sources of a default for this resource, the first to be tried first. */
export function triedSources(
  source: CompiledDefault,
  resource: Resource,
  known: KnownParts,
  search: Search,
): readonly TriedSource[] {
  return chosenSources(source, resource).map((chosen) => {
    const from = sourceText(chosen);
    if (!isKnown(chosen.source, known)) return { from, unknown: true };
    const [value] = prepareDefault(chosen.source, search)(resource);
    return { from, ...(value !== undefined && { value }) };
  });
}

/** All sources that a default may come to, in words, each once. */
export function allSources(source: CompiledDefault, path: ChosenSource["path"] = []): readonly string[] {
  if (source.kind === "first") {
    return [...new Set(source.of.flatMap((one, index) => allSources(one, [...path, index])))];
  }
  if (source.kind !== "choice") return [sourceText({ path, source })];
  const { cases, otherwise } = source;
  const chosen = cases.flatMap(([glob, one]) => allSources(one, [...path, choiceField(source), glob]));
  return otherwise === undefined ? chosen : [...chosen, ...allSources(otherwise, [...path, "otherwise"])];
}

function isKnown(source: ChosenSource["source"], { isTagKnown, isEventKnown }: KnownParts): boolean {
  switch (source.kind) {
    case "constant":
      return true;
    case "event":
      return isEventKnown || OF_THE_PLACE.has(source.name);
    case "jmespath":
      return isEventKnown;
    case "tag":
      return isTagKnown(source.key);
    case "template":
      return source.parts.every((part) => {
        if ("text" in part) return true;
        return "tag" in part ? isTagKnown(part.tag) : isEventKnown || OF_THE_PLACE.has(part.event);
      });
  }
}

/** Said by the resource itself, where there is no event. */
const OF_THE_PLACE: ReadonlySet<string> = new Set(["region", "account"]);

/** `the constant "dev" (byAccount 1111*)`. */
function sourceText({ source, path }: ChosenSource): string {
  const choices = path.flatMap((step, index) => {
    if (typeof step === "number" || !step.startsWith("by")) return step === "otherwise" ? [step] : [];
    const glob = path[index + 1];
    return glob === undefined ? [] : [`${step} ${String(glob)}`];
  });
  return `${plainText(source)}${choices.length === 0 ? "" : ` (${choices.join(", ")})`}`;
}

function plainText(source: ChosenSource["source"]): string {
  switch (source.kind) {
    case "constant":
      return `the constant ${shown(source.value)}`;
    case "event":
      return OF_THE_PLACE.has(source.name)
        ? `the ${source.name} of the resource`
        : `${source.name} of the creating event`;
    case "tag":
      return `the tag ${shown(source.key)}`;
    case "jmespath":
      return `the creating event, by ${source.expression}`;
    case "template":
      return `the template ${shown(source.parts.map(partText).join(""))}`;
  }
}

function partText(part: TemplatePart): string {
  if ("text" in part) return part.text;
  return `{${"tag" in part ? part.tag : part.event}}`;
}
