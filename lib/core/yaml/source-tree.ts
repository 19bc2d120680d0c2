import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type ParsedNode,
} from "yaml";
import type { Position, Problems } from "./problems.ts";

/** A YAML or JSON text as a tree that knows where each of its parts stands. */
export type SourceNode = SourceMap | SourceList | SourceScalar;

interface Placed {
  readonly position: Position;
}

export interface SourceMap extends Placed {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, { readonly keyPosition: Position; readonly value: SourceNode }>;
}

export interface SourceList extends Placed {
  readonly kind: "list";
  readonly items: readonly SourceNode[];
}

export interface SourceScalar extends Placed {
  readonly kind: "scalar";
  readonly value: unknown;
  /** As it is written, without quotes. */
  readonly written: string;
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
  const lines = new LineCounter();
  // Its own check for equal keys compares each with each, which takes minutes on a hostile file.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, version: "1.2" });
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { path, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // What the parser says after it has given up is of its own making.
  const givenUp = document.errors.find(({ code }) => code === "RESOURCE_EXHAUSTION");
  for (const error of givenUp === undefined ? document.errors : [givenUp]) {
    problems.add(positionAt(error.pos[0]), syntaxMessage(error.code, error.message, kind));
  }
  if (document.errors.length > 0) return undefined;
  if (document.contents === null) {
    problems.add(start, `the file is empty: ${kind.name} starts with \`${kind.start}\``);
    return undefined;
  }
  return convert(document, positionAt, problems);
}

function syntaxMessage(code: string, message: string, kind: FileKind): string {
  switch (code) {
    case "MULTIPLE_DOCS":
      return `${kind.name} holds one document: put the part after \`---\` into a file of its own`;
    case "RESOURCE_EXHAUSTION":
      return "nested too deeply";
    default:
      return message;
  }
}

function convert(
  document: Document.Parsed,
  positionAt: (offset: number) => Position,
  problems: Problems,
): SourceNode | undefined {
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  let nodes = 0;

  const place = (node: Node | ParsedNode | null | undefined, otherwise: Position): Position =>
    node?.range ? positionAt(node.range[0]) : otherwise;

  const blank = (position: Position): SourceScalar => ({ kind: "scalar", value: null, written: "", position });

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

  const read = (node: Node | null, around: Position, depth: number): SourceNode => {
    const position = place(node, around);
    nodes += 1;
    if (node === null || nodes > MOST_NODES) return blank(position);
    if (depth > DEEPEST) {
      problems.add(position, `nested more than ${DEEPEST} deep`);
      return blank(position);
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined && !open.has(target)) return read(target, position, depth);
      problems.add(position, target === undefined ? `no anchor &${node.source} before this` : "an alias of itself");
      return blank(position);
    }
    if ("anchor" in node && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) {
      return { kind: "scalar", value: node.value, written: node.source ?? String(node.value), position };
    }
    open.add(node);
    try {
      if (isSeq(node)) {
        return { kind: "list", items: node.items.map((item) => read(item as Node, position, depth + 1)), position };
      }
      const entries = new Map<string, { keyPosition: Position; value: SourceNode }>();
      if (isMap(node)) for (const pair of node.items) readPair(pair, entries, depth, position);
      return { kind: "map", entries, position };
    } finally {
      open.delete(node);
    }
  };

  const root = read(document.contents, positionAt(0), 0);
  if (nodes <= MOST_NODES) return root;
  problems.add(root.position, `more than ${MOST_NODES} values, aliases counted in`);
  return undefined;
}
