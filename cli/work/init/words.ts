import { InputError } from "../../../lib/core/errors.ts";

/** Words with commas or blanks between them. */
export function listOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((one) => one !== "");
}

/** What is wrong with a list of regions that somebody typed. */
export function regionsProblem(text: string): string | undefined {
  const regions = listOf(text);
  const areRegions = regions.length > 0 && regions.every((region) => /^[a-z0-9-]{1,64}$/.test(region));
  return areRegions ? undefined : "regions such as us-east-1, with commas between";
}

/** A flag that takes several values takes them one by one. */
export function refuseCommas(flag: string, values: readonly string[]): void {
  for (const text of values) {
    if (text.includes(",")) throw new InputError(`${flag} ${text}: no commas; write ${flag} ${listOf(text).join(" ")}`);
  }
}

/** A flag's value that must be one of a few. */
export function oneOf<Value extends string>(
  flag: string,
  text: string,
  options: readonly { readonly value: Value }[],
): Value {
  const found = options.find(({ value }) => value === text);
  if (found !== undefined) return found.value;
  throw new InputError(`${flag} ${text}: choose one of ${options.map(({ value }) => value).join(", ")}`);
}
