/**
 * The text of a file. Node's `fs` is there before any function, and is asked for and not imported: an import reads all
 * that it exports, `fs.promises` among them, which takes a cold start 1.5 ms to load. A file of the package is read in
 * a fraction of one.
 */
export function readFileText(path: string): string {
  return process.getBuiltinModule("node:fs").readFileSync(path, "utf8");
}
