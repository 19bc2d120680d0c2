import { InputError } from "../../../lib/core/errors.ts";
import type { ProviderName } from "../../../lib/core/resource.ts";
import { tagProblems } from "./check.ts";
import type { Dialog } from "./dialog.ts";
import type { WantedTag } from "./first-files.ts";
import { refuseCommas } from "./words.ts";

const FIRST_KEYS = ["owner", "env"];
const FORM = "write KEY or KEY=VALUE,VALUE";

/** The tags that `--key` names; undefined where it isn't given. Throws InputError where the clouds can't hold them. */
export function givenTags(
  keys: readonly string[] | undefined,
  providers: readonly ProviderName[],
): readonly WantedTag[] | undefined {
  if (keys === undefined) return undefined;
  const tags = keys.map((text) => {
    const tag = wantedTag(text);
    if (tag === undefined) throw new InputError(`--key ${text}: ${FORM}`);
    refuseCommas("--key", [tag.key]);
    return tag;
  });
  const problems = tagProblems(tags, providers).map((line) => `init: ${line}`);
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  return tags;
}

/** The tags that every resource must carry, as somebody answers; owner and env where nobody does. */
export async function askedTags(
  providers: readonly ProviderName[],
  dialog: Dialog | undefined,
): Promise<readonly WantedTag[]> {
  const preset = FIRST_KEYS.join(", ");
  const problem = (text: string) => {
    const read = typedTags(text);
    return typeof read === "string" ? read : tagProblems(read, providers)[0];
  };
  const question = "Tags that every resource must carry (KEY or KEY=VALUE,VALUE)";
  const read = typedTags((await dialog?.text(question, { preset, problem })) ?? preset);
  if (typeof read === "string") throw new Error(read);
  return read;
}

/** `env=prod,dev` takes one of these values, `env` any; undefined where it is neither. */
function wantedTag(text: string): WantedTag | undefined {
  const at = text.indexOf("=");
  const key = (at < 0 ? text : text.slice(0, at)).trim();
  const values =
    at < 0
      ? undefined
      : text
          .slice(at + 1)
          .split(",")
          .map((value) => value.trim());
  if (key === "" || values?.includes("") === true) return undefined;
  return values === undefined ? { key } : { key, values };
}

/**
 * The tags of an answer in one line, or what is wrong with it. Keys have commas or blanks between them, values commas
 * alone: whether `dev` is a key in `env=prod, dev` is for whoever wrote it to say.
 */
function typedTags(text: string): readonly WantedTag[] | string {
  const read: string[] = [];
  let isListed = false;
  for (const word of text.split(/\s+/)) {
    isListed ||= word.startsWith(",");
    let isBehindValues = false;
    for (const part of word.split(",").filter((one) => one !== "")) {
      const last = read.at(-1) ?? "";
      if (isBehindValues && !part.includes("=")) {
        read.splice(-1, 1, `${last},${part}`);
        continue;
      }
      if (isListed && last.includes("=") && !part.includes("="))
        return `is ${part} a value? Then write ${last},${part} without a blank, else write ${part} in front`;
      read.push(part);
      isListed = false;
      isBehindValues = part.includes("=");
    }
    isListed ||= word.endsWith(",");
  }
  const tags = read.map(wantedTag);
  const unread = read.find((_, index) => tags[index] === undefined);
  if (unread !== undefined) return `${unread}: ${FORM}`;
  return tags.length > 0 ? tags.filter((tag) => tag !== undefined) : "name at least one key";
}
