// fast-check for this project's tests. Draws are the same in each run, so that a red run is the fault of the change it
// ran on, not of a draw that nobody has seen before. TAGWARDEN_SEED=random, or a number, looks elsewhere.
import { env } from "node:process";
import { configureGlobal, readConfigureGlobal } from "fast-check";

const SEED = 20261122;

const { TAGWARDEN_SEED: asked } = env;
const chosen = asked === "random" ? {} : { seed: asked === undefined ? SEED : seedFrom(asked) };
// Mutation tests have chosen theirs before.
configureGlobal({ ...chosen, ...readConfigureGlobal() });

function seedFrom(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed)) return seed;
  throw new Error(`TAGWARDEN_SEED is ${JSON.stringify(text)}; give a whole number, or random`);
}

export * from "fast-check";
