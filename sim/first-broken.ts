/** Plays seeds from 1 on until one breaks a rule, and prints `SEED | RULE`; nothing where all so many run clean. */
import { simulate } from "./enforce/simulate.ts";

Error.stackTraceLimit = 0;
const seeds = Number(process.argv[2]);
for (let seed = 1; seed <= seeds; seed += 1) {
  const [broken] = (await simulate(seed)).violations;
  if (broken === undefined) continue;
  process.stdout.write(`${seed} | ${broken.rule}\n`);
  break;
}
