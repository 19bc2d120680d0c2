import { posix } from "node:path";

/** What stands in brackets, and where it leads; an image in brackets is left to its own link. */
const LINK = /\[(?<words>[^[\]]*)\]\((?<target>[^()\s]+)\)/g;
/** A row of a table that begins with a link, and so is about what it leads to. */
const ROW = /^\| *(?<link>\[[^[\]]*\]\([^()\s]+\)) *\|/;

/**
 * A page of the documentation without links to what doesn't come with it: rows of tables about such a file are left out,
 * and other links keep their words. `isShipped` takes the path from the top; `page` is the page's own.
 */
export function shippedText(markdown: string, page: string, isShipped: (path: string) => boolean): string {
  const leads = (target: string): boolean => {
    const [path = ""] = target.split("#", 1);
    // A place in the page itself, or on the web.
    if (path === "" || /^[a-z]+:/.test(path)) return true;
    return isShipped(posix.normalize(posix.join(posix.dirname(page), path)));
  };
  const kept = markdown.split("\n").filter((line) => {
    const row = ROW.exec(line)?.groups?.["link"];
    return row === undefined || linked(row, leads) === row;
  });
  return kept.map((line) => linked(line, leads)).join("\n");
}

function linked(line: string, leads: (target: string) => boolean): string {
  return line.replaceAll(LINK, (link, words: string, target: string) => (leads(target) ? link : words));
}
