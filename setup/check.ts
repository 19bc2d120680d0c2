// Checks types, lint, format, imports and unused code, one after the other, and ends with the first that complains. Not
// by way of `npm run`, which hands no signal on.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import "./end-with-parent.mjs";
import { runChild } from "./run-child.mjs";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Readonly<Record<string, string>> };

for (const [, script] of Object.entries(scripts).filter(([name]) => name.startsWith("check:"))) {
  const [tool = "", ...arguments_] = script.split(" ");
  const code = await runChild(join("node_modules", ".bin", tool), arguments_);
  if (code !== 0) process.exit(code);
}
