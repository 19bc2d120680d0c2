import type { Config } from "../../lib/core/config/config.ts";
import { checkExpired } from "../../lib/core/policy/lint/expired.ts";
import { findingsIn, sayTo, type LintFinding } from "../../lib/core/policy/lint/rules.ts";
import { unmatchedFinder } from "../../lib/core/policy/lint/unmatched.ts";
import { collectProblems } from "../../lib/core/yaml/problems.ts";
import { openPolicyFiles } from "../input/policy.ts";
import { readResources } from "../input/resources.ts";
import type { Io } from "../io.ts";

/**
 * All that can be said of policies that load: as of `at` (milliseconds since the epoch), and, where a file of resources is
 * named, beside them. Throws InputError with every problem where they don't load.
 */
export async function lintPolicies(
  { policy, resources, at }: { readonly policy: string; readonly resources: string | undefined; readonly at: number },
  config: Config | undefined,
  io: Io,
): Promise<readonly LintFinding[]> {
  const { compiled, remarks, places } = await openPolicyFiles(policy, config, io);
  const problems = collectProblems(remarks);
  const say = sayTo(problems);
  checkExpired(compiled, places, at, say);
  if (resources !== undefined) {
    const finder = unmatchedFinder(compiled, places);
    for await (const { resource } of readResources(resources, io)) finder.add(resource);
    finder.end(say);
  }
  return findingsIn(problems.remarks);
}
