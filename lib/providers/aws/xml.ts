/** An element of an XML document. Its attributes, of which none of the answers read here has one that counts, are left out. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** What stands in it outside of its children, entities resolved; white space around it is part of it. */
  readonly text: string;
}

const TOKEN =
  /<!\[CDATA\[([^]*?)\]\]>|<!--[^]*?-->|<\?[^]*?\?>|<\/\s*([^\s>]+)\s*>|<([^\s>/!?]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/gy;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Undefined where one of the entities is none. */
function resolved(text: string): string | undefined {
  let isKnown = true;
  const clear = text.replaceAll(/&([^;]*);?/g, (_, name: string) => {
    const code = /^#x([0-9a-f]{1,6})$/i.exec(name)?.[1] ?? "";
    const point = code === "" ? Number(/^#(\d{1,7})$/.exec(name)?.[1] ?? Number.NaN) : Number.parseInt(code, 16);
    const character = point <= 0x10_ff_ff ? String.fromCodePoint(point) : ENTITIES.get(name);
    if (character === undefined) isKnown = false;
    return character ?? "";
  });
  return isKnown ? clear : undefined;
}

interface Open {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/** The root of an XML document; undefined where the text is none, or breaks off. Doctypes are refused. */
export function parseXml(document: string): XmlElement | undefined {
  const root: Open = { name: "", children: [], text: "" };
  const open: Open[] = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < document.length) {
    const match = TOKEN.exec(document);
    const inner = open.at(-1);
    if (match === null || inner === undefined) return undefined;
    const [, cdata, closed, opened, , selfClosed, text] = match;
    if (opened !== undefined) {
      const element: Open = { name: opened, children: [], text: "" };
      inner.children.push(element);
      if (selfClosed !== "/") open.push(element);
    } else if (closed !== undefined) {
      if (open.length === 1 || open.pop()?.name !== closed) return undefined;
    } else if (cdata !== undefined) {
      inner.text += cdata;
    } else if (text !== undefined) {
      const clear = resolved(text);
      if (clear === undefined) return undefined;
      inner.text += clear;
    }
  }
  const [only, ...others] = root.children;
  return open.length === 1 && others.length === 0 && root.text.trim() === "" ? only : undefined;
}

/** The first child of this name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of this name. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text;
}
