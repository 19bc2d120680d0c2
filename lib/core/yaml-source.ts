import {
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLParseError,
} from "yaml";
import { InputError } from "./errors.ts";

/** A YAML or JSON file, with the place of everything in it. */
export interface YamlSource {
  readonly path: string;
  readonly value: unknown;
  /** `path:line:col` of a value, or of the nearest one round it that the file has. */
  placeOf(keys: readonly PropertyKey[]): string;
  /** `path:line:col` of a key in the mapping at `keys`. */
  placeOfKey(keys: readonly PropertyKey[], key: string): string;
  /** The scalar as it is written, e.g. `0123` where its value is the number 123. */
  writtenAt(keys: readonly PropertyKey[]): string | undefined;
}

/** Far more than a policy or configuration has; a file with more means harm. */
const MOST_ALIASES = 100;

const MOST_PROBLEMS = 200;

/** In UTF-16 units; a file of this size would be thousands of accounts. */
const LONGEST_TEXT = 1_000_000;

function nodeAt(document: Document, keys: readonly PropertyKey[]): unknown {
  return keys.length === 0 ? document.contents : document.getIn(keys, true);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function toValue(path: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown;
  } catch (error) {
    throw new InputError(`${path}:1:1: uses too many aliases; write the values out`, { cause: error });
  }
}

function wordsOf({ code, message }: YAMLParseError): string {
  return code === "RESOURCE_EXHAUSTION" ? "is nested too deeply" : message;
}

/** Where keys stand that their mapping has already; at most as many as anybody reads. */
function repeatedKeys(document: Document): readonly number[] {
  const found: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(startOf(key) ?? 0);
        seen.add(key.value);
      }
    },
  });
  return found.slice(0, MOST_PROBLEMS);
}

/** Reads YAML 1.2 (and so JSON). Throws InputError that lists every fault of the syntax, a key named twice included. */
export function readYaml(path: string, text: string): YamlSource {
  if (text.length > LONGEST_TEXT) {
    throw new InputError(`${path}:1:1: is longer than ${LONGEST_TEXT} characters; split it`);
  }
  const lines = new LineCounter();
  // Its own check for equal keys compares each with each, which takes minutes on a hostile file.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  if (document.errors.length > 0) {
    throw new InputError(document.errors.map((error) => `${place(error.pos[0])}: ${wordsOf(error)}`).join("\n"));
  }
  const repeated = repeatedKeys(document);
  if (repeated.length > 0) {
    throw new InputError(repeated.map((offset) => `${place(offset)}: Map keys must be unique`).join("\n"));
  }
  return {
    path,
    value: toValue(path, document),
    placeOf(keys) {
      for (let length = keys.length; length > 0; length -= 1) {
        const start = startOf(nodeAt(document, keys.slice(0, length)));
        if (start !== undefined) return place(start);
      }
      return place(startOf(document.contents) ?? 0);
    },
    placeOfKey(keys, key) {
      const mapping = nodeAt(document, keys);
      const pair = isMap(mapping)
        ? mapping.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      const start = startOf(pair?.key);
      return start === undefined ? this.placeOf(keys) : place(start);
    },
    writtenAt(keys) {
      const node = nodeAt(document, keys);
      return isScalar(node) ? node.source : undefined;
    },
  };
}
