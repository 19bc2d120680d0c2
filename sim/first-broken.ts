/** `first-broken.ts WORLD SEEDS`: plays seeds from 1 on until one breaks a rule, and prints `SEED | RULE`, or nothing. */
import { worlds, type WorldName } from "./worlds.ts";

Error.stackTraceLimit = 0;
const [world, seeds] = process.argv.slice(2) as [WorldName, string];
for (let seed = 1; seed <= Number(seeds); seed += 1) {
  const [broken] = (await worlds[world].play(seed)).violations;
  if (broken === undefined) continue;
  process.stdout.write(`${seed} | ${broken.rule}\n`);
  break;
}
