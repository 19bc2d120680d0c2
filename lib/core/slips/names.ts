/** What is odd about a name of a type, account or region, or a glob of them, as such: they are ASCII on every cloud. */
export function nameSlip(text: string): string | undefined {
  const several = severalIn(text);
  if (several !== undefined) return `"${text}" ${several}`;
  const [sign] = FULL_WIDTH.exec(text) ?? [];
  return sign === undefined ? undefined : `"${text}" has a ${sign} of full width: write "${text.normalize("NFKC")}"`;
}

/** The forms of ASCII that fill the square of a Chinese character. */
const FULL_WIDTH = /[\uff01-\uff5e]/;

/** Of names in one text that are meant one by one, what to write instead; undefined where it is one. */
export function severalIn(text: string): string | undefined {
  const names = text.split(/[,，、;]/).flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  if (names.length < 2) return undefined;
  return `holds ${names.length} in one text: write a list, [${names.map((name) => `"${name}"`).join(", ")}]`;
}
