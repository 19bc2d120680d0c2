import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  YAMLMap,
  type Node,
  type Pair,
  type ParsedNode,
  type Range,
  type Scalar,
} from "yaml";
import type { Position, Problems } from "./problems.ts";
import { textSlip } from "./look-alikes.ts";
import { missingDash } from "./slip.ts";
import { readSyntax, type ReadSyntax } from "./syntax-slips.ts";

/** A YAML or JSON text as a tree that knows where each of its parts stands. */
export type SourceNode = SourceMap | SourceList | SourceScalar;

interface Placed {
  readonly position: Position;
}

interface Collection extends Placed {
  /** As it is written, where that is within brackets or braces on one line. */
  readonly written?: string;
}

export interface SourceMap extends Collection {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, { readonly keyPosition: Position; readonly value: SourceNode }>;
}

export interface SourceList extends Collection {
  readonly kind: "list";
  readonly items: readonly SourceNode[];
}

export interface SourceScalar extends Placed {
  readonly kind: "scalar";
  readonly value: unknown;
  /** As it is written, without quotes. */
  readonly written: string;
  /** Why there is no value, where the text says something that YAML reads otherwise; for messages. */
  readonly instead?: string;
  /** What stood here was refused already: nothing more is to be said of it. */
  readonly refused?: true;
}

/** What a file is, in words for its problems. */
export interface FileKind {
  /** With its article, e.g. `a policy file`. */
  readonly name: string;
  /** What such a file starts with, e.g. `version: 1`. */
  readonly start: string;
}

/** In UTF-16 units. A file of this size, written by people, would be thousands of pages. */
const LONGEST_TEXT = 1_000_000;
const DEEPEST = 64;
/** Aliases repeat what they stand for, so the size of a text doesn't bound the size of its tree. */
const MOST_NODES = 500_000;

/** Reads one file; undefined where it can't be read, and the problems say why. */
export function readSource(path: string, text: string, kind: FileKind, problems: Problems): SourceNode | undefined {
  const start: Position = { path, line: 1, column: 1 };
  if (text.length > LONGEST_TEXT) {
    problems.add(start, `the file is longer than ${LONGEST_TEXT} characters, which no file needs that people write`);
    return undefined;
  }
  const syntax = readSyntax(text, (place, { message, isText }) => {
    const position = { path, ...place };
    if (isText === true) problems.addText(position, message);
    else problems.add(position, message);
  });
  if (syntax === undefined) return undefined;
  const { document } = syntax;
  const positionAt = (offset: number): Position => ({ path, ...syntax.placeOf(offset) });
  if (document.contents === null) {
    problems.add(start, `the file is empty: ${kind.name} starts with \`${kind.start}\``);
    return undefined;
  }
  return convert(syntax, positionAt, problems);
}

function convert(
  { document, text }: ReadSyntax,
  positionAt: (offset: number) => Position,
  problems: Problems,
): SourceNode | undefined {
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  let nodes = 0;

  const place = (node: Node | ParsedNode | null | undefined, otherwise: Position): Position =>
    node?.range ? positionAt(node.range[0]) : otherwise;

  const blank = (position: Position): SourceScalar => ({ kind: "scalar", value: null, written: "", position });
  const refused = (position: Position, message: string): SourceScalar => {
    problems.add(position, message);
    return { ...blank(position), refused: true };
  };

  const readPair = (
    pair: Pair,
    entries: Map<string, { keyPosition: Position; value: SourceNode }>,
    depth: number,
    around: Position,
  ): void => {
    const keyNode = pair.key as Node | null;
    const keyPosition = place(keyNode, around);
    if (!isScalar(keyNode)) {
      problems.add(keyPosition, "a key must be text");
      return;
    }
    const written = keyNode.source ?? String(keyNode.value);
    if (typeof keyNode.value !== "string") {
      problems.add(keyPosition, `the key ${written} must be text: quote it ("${written}")`);
    }
    const key = typeof keyNode.value === "string" ? keyNode.value : written;
    if (entries.has(key)) {
      problems.add(keyPosition, `the key "${key}" is here twice`);
      return;
    }
    entries.set(key, { keyPosition, value: read(pair.value as Node | null, keyPosition, depth + 1) });
  };

  const readScalar = (node: Scalar, position: Position, inList: boolean): SourceScalar => {
    const instead = insteadOfValue(node);
    const written = node.source ?? String(node.value);
    const slip = node.type === "PLAIN" ? textSlip(written, { inList }) : undefined;
    if (slip !== undefined) return refused(position, slip);
    return { kind: "scalar", value: node.value, written, position, ...(instead !== undefined && { instead }) };
  };

  const writtenAs = ({ flow, range }: { readonly flow?: boolean; readonly range?: Range | null }) => {
    const written = flow === true && range != null ? text.slice(range[0], range[1]) : undefined;
    return written === undefined || written.includes("\n") ? {} : { written };
  };

  /** An entry of a list that begins anew with its first key is two of them: the dash between them is missing. */
  const splitAtDashes = (item: Node | null): (Node | null)[] => {
    if (!isMap(item) || item.flow === true) return [item];
    const names = item.items.map(({ key }) => (isScalar(key) ? String(key.value) : undefined));
    const again = names.indexOf(names[0], 1);
    const repeated = names.slice(again).filter((name) => names.indexOf(name) < again);
    if (again < 2 || repeated.length < 2) return [item];
    const first = item.items[again]?.key as Node;
    const [from = 0] = first.range ?? [];
    const line = text.slice(from, (text.indexOf("\n", from) + 1 || text.length + 1) - 1);
    problems.add(place(first, positionAt(from)), missingDash(line));
    const [before, behind] = [new YAMLMap<Node, Node>(), new YAMLMap<Node, Node>()];
    before.items = item.items.slice(0, again) as Pair<Node, Node>[];
    behind.items = item.items.slice(again) as Pair<Node, Node>[];
    before.range = item.range ?? null;
    behind.range = first.range ?? null;
    return [before, ...splitAtDashes(behind)];
  };

  const read = (node: Node | null, around: Position, depth: number, inList = false): SourceNode => {
    const position = place(node, around);
    nodes += 1;
    if (node === null || nodes > MOST_NODES) return blank(position);
    if (depth > DEEPEST) return refused(position, `nested more than ${DEEPEST} deep`);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined && !open.has(target)) return read(target, position, depth);
      if (target !== undefined) return refused(position, "an alias of itself");
      return refused(
        position,
        `no anchor &${node.source} before this: where text is meant, quote it ("*${node.source}")`,
      );
    }
    if ("anchor" in node && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return readScalar(node, position, inList);
    open.add(node);
    try {
      if (isSeq(node)) {
        const items = node.items
          .flatMap((item) => splitAtDashes(item as Node | null))
          .map((item) => read(item, position, depth + 1, true));
        return { kind: "list", items, position, ...writtenAs(node) };
      }
      const entries = new Map<string, { keyPosition: Position; value: SourceNode }>();
      const template = templateIn(node);
      if (template !== undefined) return refused(position, template);
      if (isMap(node)) for (const pair of node.items) readPair(pair, entries, depth, position);
      return { kind: "map", entries, position, ...writtenAs(node) };
    } finally {
      open.delete(node);
    }
  };

  const root = read(document.contents, positionAt(0), 0);
  if (nodes <= MOST_NODES) return root;
  problems.add(root.position, `more than ${MOST_NODES} values, aliases counted in`);
  return undefined;
}

/** `{{team}}` without quotes is a mapping in a mapping to YAML. */
function templateIn(node: Node): string | undefined {
  if (!isMap(node) || node.flow !== true || node.items.length !== 1) return undefined;
  const key = node.items[0]?.key;
  const word = isMap(key) && key.items.length === 1 ? key.items[0]?.key : undefined;
  return isScalar(word) ? `braces are YAML's own here: for text quote it ("{{${String(word.value)}}}")` : undefined;
}

/** What stands where a value should be, and is none to YAML. */
function insteadOfValue({ source = "", tag, anchor, comment }: Scalar): string | undefined {
  if (source !== "") return undefined;
  if (tag?.startsWith("!") === true) return `${tag} is a tag of YAML: quote it ("${tag}")`;
  if (anchor !== undefined) return `&${anchor} is an anchor of YAML: quote it ("&${anchor}")`;
  return comment?.trim() ? `what follows # is a comment: quote it ("#${comment}")` : undefined;
}
