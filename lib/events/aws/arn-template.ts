/** A piece of an ARN template: text as it stands, or a name to look up. */
type Piece =
  | { readonly text: string }
  | { readonly name: string; readonly otherwise: string | undefined; readonly lower: boolean };

const cache = new Map<string, readonly Piece[]>();

/**
 * Fills in `{name}`, `{name=default}` and `{name|lower}`; undefined where a name without a default has no value.
 * Templates come from the table and are taken apart once.
 */
export function fillArn(template: string, value: (name: string) => string | undefined): string | undefined {
  let arn = "";
  for (const piece of piecesOf(template)) {
    const text = "text" in piece ? piece.text : (value(piece.name) ?? piece.otherwise);
    if (text === undefined) return undefined;
    arn += "lower" in piece && piece.lower ? text.toLowerCase() : text;
  }
  return arn;
}

function piecesOf(template: string): readonly Piece[] {
  let pieces = cache.get(template);
  if (pieces === undefined) {
    // Odd parts stand between braces.
    pieces = template.split(/[{}]/).map((part, index) => (index % 2 === 0 ? { text: part } : hole(part)));
    cache.set(template, pieces);
  }
  return pieces;
}

function hole(part: string): Piece {
  const [whole = "", letters] = part.split("|", 2);
  const [name = "", otherwise] = whole.split("=", 2);
  return { name, otherwise, lower: letters === "lower" };
}
