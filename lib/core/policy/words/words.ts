import { aboutFinder } from "../about.ts";
import { nearMissFinder } from "../near-miss.ts";
import { usesWords, type Words } from "../words.ts";
import { decideRare } from "./decide-rare.ts";
import { forbiddenBy, redactedTags } from "./forbid.ts";
import { inspect, type RarelyAsked } from "./inspect.ts";
import { requiredAlone, requiredGroups, requiredToWrite } from "./rare-key.ts";
import { testOf } from "./tests.ts";

/** What few policies say. */
export const words: Words = {
  testOf,
  prepare(policies, { search, limits }) {
    if (!usesWords({ policies })) return undefined;
    const means = { search, words };
    const writes = requiredToWrite(policies, means);
    const alone = requiredAlone(policies, means);
    const asked: RarelyAsked = {
      policies: policies.map(({ name }) => name),
      alone,
      isEachOnce: new Set(alone.map(({ key }) => key)).size === alone.length,
      groups: requiredGroups(policies, means),
      writes,
      nearMisses: nearMissFinder(writes.map(({ key }) => key)),
      forbiddenBy: forbiddenBy(policies),
      shared: new Map(),
    };
    const about = aboutFinder(policies);
    return {
      inspect: (resource, tags, at) => inspect(resource, tags, asked, at),
      decide: (resource, evaluation, at) => decideRare(resource, evaluation, asked, { limits, at }),
      about: (evaluation) => about?.(evaluation),
      forbids: (policy, key) => asked.forbiddenBy?.(key).some((one) => one.policy === policy) === true,
      redacted: (tags) => redactedTags(tags, asked.forbiddenBy),
    };
  },
};
