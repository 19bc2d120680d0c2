import { renameSync } from "node:fs";
import { argv, env } from "node:process";
import { runChild } from "../../setup/run-child.mjs";
import { mutationParts } from "./parts.ts";

/** `npm run mutate -- plan isolate`: these parts, one after the other; all of them without a name. Files of one part may follow as `--mutate FILES`. */
const at = argv.indexOf("--mutate");
const files = at === -1 ? undefined : argv[at + 1];
const named = argv.slice(2, at === -1 ? undefined : at);
const parts = Object.entries(mutationParts).filter(([part]) => named.length === 0 || named.includes(part));
if (parts.length === 0) throw new Error(`no such part; there are ${Object.keys(mutationParts).join(", ")}`);
for (const [part, { mutate }] of parts) {
  const code = await runChild("stryker", ["run", "--mutate", files ?? mutate.join(",")], {
    env: { ...env, PART: part },
  });
  if (code !== 0) process.exit(code);
  renameSync("reports/mutation.json", `reports/mutation-${part}.json`);
}
