import { messageOf } from "../../errors.ts";
import { compile as compileJmespath } from "@jmespath-community/jmespath";
import type { Position } from "../../yaml/problems.ts";
import { recordEntries, type Path } from "../../yaml/source-value.ts";
import type { CompiledDefault } from "../compiled.ts";
import type { DefaultSource } from "./schema.ts";
import { parseTemplate } from "./template.ts";

/** A value that a default names outright, so that it can be checked before any resource is seen. */
export interface Constant {
  readonly value: string;
  readonly position: Position;
  /** The glob of types that it is for; absent = all. */
  readonly type?: string;
  /** Whether another default is tried where this one doesn't fit. */
  readonly hasFallback: boolean;
}

export interface DefaultContext {
  position(path: Path): Position;
  problem(path: Path, message: string): void;
  readonly constants: Constant[];
}

interface Circumstances {
  readonly type?: string;
  readonly hasFallback: boolean;
}

/** An expression may be long, but not so long that running it on every resource takes the function's time. */
const LONGEST_EXPRESSION = 1_000;

export function compileDefault(
  source: DefaultSource,
  path: Path,
  context: DefaultContext,
  circumstances: Circumstances = { hasFallback: false },
): CompiledDefault {
  if (typeof source === "string") {
    context.constants.push({ value: source, position: context.position(path), ...circumstances });
    return { kind: "constant", value: source };
  }
  if (Array.isArray(source)) {
    return {
      kind: "first",
      of: source.map((each, index) => {
        const hasFallback = circumstances.hasFallback || index < source.length - 1;
        return compileDefault(each, [...path, index], context, { ...circumstances, hasFallback });
      }),
    };
  }
  if ("fromEvent" in source) return { kind: "event", name: source.fromEvent };
  if ("fromTag" in source) return { kind: "tag", key: source.fromTag };
  if ("jmespath" in source) {
    const problem = expressionProblem(source.jmespath);
    if (problem !== undefined) context.problem([...path, "jmespath"], problem);
    return { kind: "jmespath", expression: source.jmespath };
  }
  if ("template" in source) {
    const template = parseTemplate(source.template);
    if ("problem" in template) {
      context.problem([...path, "template"], `the template ${template.problem}`);
      return { kind: "template", parts: [] };
    }
    return { kind: "template", parts: template.parts };
  }
  return compileChoice(source, path, context, circumstances);
}

type Choice = Extract<DefaultSource, { byAccount: unknown } | { byRegion: unknown } | { byType: unknown }>;

function compileChoice(
  source: Choice,
  path: Path,
  context: DefaultContext,
  circumstances: Circumstances,
): CompiledDefault {
  const [by, field, record] =
    "byAccount" in source
      ? (["account", "byAccount", source.byAccount] as const)
      : "byRegion" in source
        ? (["region", "byRegion", source.byRegion] as const)
        : (["type", "byType", source.byType] as const);
  const cases = recordEntries(record).map(([name, chosen]): [string, CompiledDefault] => {
    const narrowed = by === "type" ? { ...circumstances, type: name } : circumstances;
    return [name, compileDefault(chosen, [...path, field, name], context, narrowed)];
  });
  if (cases.length === 0) context.problem([...path, field], `${field} must hold at least one entry`);
  const { otherwise } = source;
  return {
    kind: "choice",
    by,
    cases,
    ...(otherwise === undefined
      ? {}
      : { otherwise: compileDefault(otherwise, [...path, "otherwise"], context, circumstances) }),
  };
}

function expressionProblem(expression: string): string | undefined {
  if (expression.length > LONGEST_EXPRESSION) {
    return `the JMESPath expression is longer than ${LONGEST_EXPRESSION} characters`;
  }
  try {
    compileJmespath(expression);
    return undefined;
  } catch (error) {
    return `not a JMESPath expression: ${messageOf(error)}`;
  }
}
