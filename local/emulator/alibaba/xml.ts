const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** What XML 1.0 can't carry, not even escaped. */
// oxlint-disable-next-line no-control-regex
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(ILLEGAL, "\ufffd")
    .replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)
    .replaceAll("\r", "&#13;");
}

/** A value as XML: a list repeats its element, an object nests. */
function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join("");
  if (typeof value === "object") return `<${name}>${children(value)}</${name}>`;
  return `<${name}>${escape(typeof value === "string" ? value : JSON.stringify(value))}</${name}>`;
}

function children(value: object): string {
  return Object.entries(value)
    .map(([name, child]) => element(name, child))
    .join("");
}

/** A response as `Format=XML` gives it: `<TagResourcesResponse><RequestId>…`. */
export function toXml(root: string, value: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${element(root, value)}`;
}
