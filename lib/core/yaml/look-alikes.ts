import { areMends, linesOf, shortened, type Mend, type Place, type Slip } from "./slip.ts";

/**
 * Signs that an input method or a word processor writes in place of YAML's own: full-width ones, the dashes of print,
 * spaces of another width. To YAML they are letters like any other, and so they are to us within text that has others
 * of their kind: `owner: 王，李` says what it says.
 */
interface LookAlike {
  /** YAML's own. */
  readonly sign: string;
  readonly name: string;
}

const FULL_WIDTH: Readonly<Record<string, string>> = {
  "：": ":",
  "，": ",",
  "、": ",",
  "［": "[",
  "］": "]",
  "【": "[",
  "】": "]",
  "｛": "{",
  "｝": "}",
};

const DASHES = "－–—−‐‑";
const SPACES = "\u3000\u00a0\u2000-\u200a\u202f\u205f";

const NAMES: Readonly<Record<string, string>> = {
  ":": "colon",
  ",": "comma",
  "[": "bracket",
  "]": "bracket",
  "{": "brace",
  "}": "brace",
  "-": "dash",
  " ": "space",
};

function lookAlike(character: string): LookAlike | undefined {
  const sign =
    FULL_WIDTH[character] ?? (DASHES.includes(character) ? "-" : undefined) ?? (ODD.test(character) ? " " : undefined);
  return sign === undefined ? undefined : { sign, name: NAMES[sign] ?? "sign" };
}

const ODD = new RegExp(`^[${SPACES}]$`, "u");

/** `： is no colon to YAML, which knows ":" alone`; a space is called by its number, since it can't be seen. */
export function lookAlikeMessage(character: string, instead: string): string {
  const { sign, name } = lookAlike(character) ?? { sign: character, name: "sign" };
  const shown =
    sign === " " ? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}` : character;
  return `${shown} is no ${name} to YAML, though it looks like one: write \`${shortened(instead)}\``;
}

/** Dash, key and colon at the beginning of a line, or one of them alone, and what follows. */
const LINE = new RegExp(
  `^(?<indent> *)(?<dash>(?:[-${DASHES}][ ${SPACES}]+)?)(?:(?<key>[\\w$-]+|"[^"]*")(?<colon>[:：][ ${SPACES}]*))?(?<value>.*)$`,
  "u",
);

/** The lines of an error on which a sign only looks like one of YAML's, if that is what it is about. */
export function lookAlikeSlips(place: Place): readonly Slip[] {
  const slips = linesOf(place.text, place.error.pos).flatMap(({ start, line }) => {
    const mends = lookAlikesOf(line);
    const [first] = mends;
    if (first === undefined) return [];
    const at = start + first.at;
    const message = lookAlikeMessage(line.slice(first.at).charAt(0), apply(line, mends).trim());
    return [{ at, message, mends: mends.map((mend) => ({ ...mend, at: start + mend.at })) }];
  });
  return areMends(
    place,
    slips.flatMap(({ mends }) => mends),
  )
    ? slips
    : [];
}

function apply(line: string, mends: readonly Mend[]): string {
  return mends.reduceRight(
    (text, { at, text: sign, length = 0 }) => text.slice(0, at) + sign + text.slice(at + length),
    line,
  );
}

/** In their order. A line without any is left as it is. */
function lookAlikesOf(line: string): Mend[] {
  const { indent = "", dash = "", key = "", colon = "", value = "" } = LINE.exec(line)?.groups ?? {};
  const beforeColon = indent.length + dash.length + key.length;
  const mends = [...signsIn(indent.length, dash), ...inColon(beforeColon, colon, value)];
  return [...mends, ...inFlow(beforeColon + colon.length, value)];
}

function signsIn(at: number, text: string): Mend[] {
  return [...text].flatMap((character, index) => {
    const sign = lookAlike(character)?.sign;
    return sign === undefined ? [] : [{ at: at + index, text: sign, length: 1 }];
  });
}

/** A colon and the spaces behind it, of which there has to be one where a value follows. */
function inColon(at: number, colon: string, value: string): Mend[] {
  const mends = signsIn(at, colon);
  if (!colon.startsWith("：") || colon.length > 1 || value === "") return mends;
  return [{ at, text: ": ", length: 1 }];
}

/** Within braces and brackets, quoted text left out. */
function inFlow(at: number, value: string): Mend[] {
  if (!/^[[{［｛【]/.test(value)) return [];
  const mends: Mend[] = [];
  for (const { 0: text, index } of value.matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|[：，、［］【】｛｝]/g)) {
    const sign = FULL_WIDTH[text];
    if (sign === undefined) continue;
    const space = /[:,]/.test(sign) && /\S/.test(value.charAt(index + 1)) ? " " : "";
    mends.push({ at: at + index, text: sign + space, length: 1 });
  }
  return mends;
}

const BETWEEN = /[，、]/;
const SEPARATED = /^[\x21-\x7e][\x20-\x7e]*(?:[，、] ?[\x21-\x7e][\x20-\x7e]*)+$/;
const QUOTED = /^[“”„＂「『‘’＇«]([\x20-\x7e]*)[“”＂」』‘’＇»]$/;

/** What is meant by a text without quotes that is a list, or is in quotes of print; undefined where it is what it is. */
export function textSlip(written: string, { inList }: { readonly inList: boolean }): string | undefined {
  const quoted = QUOTED.exec(written)?.[1];
  if (quoted !== undefined) return `the quotes ${written} are part of the text: write straight ones ("${quoted}")`;
  const [comma] = BETWEEN.exec(written) ?? [];
  if (comma === undefined || !inList || !SEPARATED.test(written)) return undefined;
  return lookAlikeMessage(
    comma,
    written
      .split(BETWEEN)
      .map((one) => one.trim())
      .join(", "),
  );
}

/** A value that begins as a list or mapping does, but for the sign. */
export function openerSlip(written: string): string | undefined {
  const [opener] = /^[［｛【]/.exec(written) ?? [];
  if (opener !== undefined) return lookAlikeMessage(opener, apply(written, inFlow(0, written)));
  const dash = signsIn(0, LINE.exec(written)?.groups?.["dash"] ?? "");
  const [first] = dash;
  return first === undefined
    ? undefined
    : lookAlikeMessage(written.charAt(first.at), apply(written, dash).split(" - ")[0] ?? "");
}
