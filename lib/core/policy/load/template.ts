import { EVENT_VALUES, type EventValue, type TemplatePart } from "../compiled.ts";

const NAMES: ReadonlySet<string> = new Set(EVENT_VALUES);

function isEventValue(name: string): name is EventValue {
  return NAMES.has(name);
}

/**
 * Reads a template: `{name}` is the event value of that name or, where there is none of that name, the tag with that
 * key; `{{` and `}}` are braces.
 */
export function parseTemplate(template: string): { readonly parts: TemplatePart[] } | { readonly problem: string } {
  const parts: TemplatePart[] = [];
  let text = "";
  let at = 0;
  while (at < template.length) {
    const character = template.charAt(at);
    if ((character === "{" || character === "}") && template.charAt(at + 1) === character) {
      text += character;
      at += 2;
    } else if (character === "}") {
      return { problem: `has a } without {; write }} for a brace` };
    } else if (character === "{") {
      const end = template.indexOf("}", at);
      const name = end < 0 ? "" : template.slice(at + 1, end);
      if (name === "") return { problem: `has a { without a {name}; write {{ for a brace` };
      if (text !== "") parts.push({ text });
      text = "";
      parts.push(isEventValue(name) ? { event: name } : { tag: name });
      at = end + 1;
    } else {
      text += character;
      at += 1;
    }
  }
  if (text !== "") parts.push({ text });
  return { parts };
}
