import ts from "typescript";

/** A title of a test, or of each row of `test.each`. */
export interface Title {
  /** As it stands in the file, with `%s` for what is filled in, also where that is written `${…}`. */
  readonly template: string;
  /** What it may be filled with: texts of its own rows, and where these stand elsewhere, of the file. */
  readonly fillers: ReadonlySet<string>;
}

/** The titles of the tests in a file, each by itself and behind those of the groups around it. */
export function titlesIn(source: string): Title[] {
  const file = ts.createSourceFile("test.ts", source, ts.ScriptTarget.Latest, true);
  const all = textsIn(file);
  const titles: Title[] = [];
  const visit = (node: ts.Node, groups: readonly Title[]): void => {
    let inner = groups;
    const template = ts.isCallExpression(node) ? textOf(node.arguments[0]) : undefined;
    if (ts.isCallExpression(node) && template !== undefined) {
      const own: Title = { template, fillers: rowsOf(node.expression) ?? all };
      const first = firstWord(node.expression);
      if (/^(?:test|it)(?:[A-Z]\w*)?$/.test(first)) titles.push(...withGroups(groups, own));
      else if (first === "describe") inner = [...groups, own];
    }
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(file, []);
  return titles;
}

function withGroups(groups: readonly Title[], own: Title): Title[] {
  const titles = [own];
  for (const group of groups.toReversed()) {
    const { template, fillers } = titles.at(-1) ?? own;
    titles.push({ template: `${group.template} ${template}`, fillers: fillers.union(group.fillers) });
  }
  return titles;
}

/** Whether this is what a test is called, or one row of it: `refuses %s` filled with a text that stands in a row. */
export function isTitleOf(text: string, { template, fillers }: Title): boolean {
  if (template === text) return true;
  const parts = template.split(FILLED);
  if (parts.length === 1) return false;
  const pattern = parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join("(.+)");
  const filled = new RegExp(`^${pattern}$`, "s").exec(text)?.slice(1);
  return filled?.every((one) => fillers.has(one)) ?? false;
}

const FILLED = /%[sdifjoOc#$]|\$[a-z][\w.]*/;

/** `test` of `test.skipIf(…)(…)`, and of whatever else begins with it. */
function firstWord(callee: ts.Expression): string {
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) return firstWord(callee.expression);
  return "";
}

/** The texts of rows that stand where they are used; undefined where they stand elsewhere. */
function rowsOf(callee: ts.Expression): ReadonlySet<string> | undefined {
  if (!ts.isCallExpression(callee)) return undefined;
  const [rows] = callee.arguments;
  const list = rows !== undefined && ts.isAsExpression(rows) ? rows.expression : rows;
  if (list === undefined || !ts.isArrayLiteralExpression(list)) return undefined;
  return list.elements.some((row) => ts.isSpreadElement(row)) ? undefined : textsIn(list);
}

function textsIn(node: ts.Node, texts = new Set<string>()): Set<string> {
  if (ts.isStringLiteralLike(node)) texts.add(node.text);
  else if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) texts.add(node.name.text);
  ts.forEachChild(node, (child) => void textsIn(child, texts));
  return texts;
}

function textOf(argument: ts.Expression | undefined): string | undefined {
  if (argument === undefined) return undefined;
  if (ts.isStringLiteralLike(argument)) return argument.text;
  if (!ts.isTemplateExpression(argument)) return undefined;
  return argument.head.text + argument.templateSpans.map(({ literal }) => `%s${literal.text}`).join("");
}
