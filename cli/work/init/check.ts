import { parseConfigFile } from "../../../lib/core/config/schema.ts";
import { InputError } from "../../../lib/core/errors.ts";
import { loadPolicies } from "../../../lib/core/policy/load/load.ts";
import type { ProviderName } from "../../../lib/core/resource.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import { configuredTypes } from "../../input/configured-types.ts";
import { textHash } from "../../input/text-hash.ts";
import { shellText } from "../../output/next-command.ts";
import { firstConfig, firstPolicy, type FirstAccount, type WantedTag } from "./first-files.ts";

/** Something that the other commands would refuse, in the words of whoever called `init`. */
interface Problem {
  /** The flag that says it, and its value; undefined where none does. */
  readonly flag?: string;
  readonly value?: string;
  readonly says: string;
}

/** The problem as a line for whoever typed flags. */
export function flagText({ flag, value = "", says }: Problem): string {
  return flag === undefined ? `init: ${says}` : `${flag} ${shellText([value])} ${says}`;
}

/** What is wrong with an account in which somebody has just answered what a flag says. */
export function answerProblem(account: FirstAccount, asked: string, prefix: string): string | undefined {
  const [problem] = accountProblems(account, prefix);
  if (problem === undefined) return undefined;
  const { flag, value = "", says } = problem;
  if (flag === undefined) return says;
  return flag === asked ? `${shellText([value])} ${says}` : flagText(problem);
}

/** What the other commands would refuse of an account; `prefix` tells its flags from those of other providers. */
export function accountProblems(account: FirstAccount, prefix = ""): readonly Problem[] {
  const unnamed = account.provider === "huawei" ? Object.entries(account.projects) : [];
  return [
    ...refusals(() => parseConfigFile("config.yaml", firstConfig([account]))).map((line) =>
      placed(line, account, prefix),
    ),
    ...unnamed.flatMap(([region, project]) =>
      account.regions.includes(region)
        ? []
        : [{ flag: "--project", value: `${region}=${project}`, says: "is for a region that --region doesn't name" }],
    ),
  ];
}

/** What the other commands would refuse of these tags where these clouds are to hold them. */
export function tagProblems(tags: readonly WantedTag[], providers: readonly ProviderName[]): readonly string[] {
  const configured = configuredTypes(providers.map((provider) => ({ provider })));
  const files = [{ path: "policy.yaml", text: firstPolicy(tags) }];
  return refusals(() => loadPolicies(files, { contracts: allContracts, configured, hash: textHash }));
}

/** Without lines and columns: of a file that isn't there they help nobody. */
function refusals(load: () => unknown): readonly string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.split("\n").map((line) => line.replace(/^.*?:\d+:\d+: /, ""));
  }
}

/** Names the flag that a line about the configuration is about. */
function placed(line: string, account: FirstAccount, prefix: string): Problem {
  const [, field = "", at = "", says = ""] = /^accounts\[0\]\.(\w+)(?:[.[]([^\s\]]+)\]?)? (.*)$/s.exec(line) ?? [];
  switch (field) {
    case "account":
      return { flag: "--account", value: prefix + (account.account ?? ""), says };
    case "regions":
      return { flag: "--region", value: prefix + (account.regions[Number(at)] ?? ""), says };
    case "endpoints": {
      const url = account.endpoints?.[at] ?? "";
      return { flag: "--endpoint", value: prefix + (at === "*" ? url : `${at}=${url}`), says: inFlags(says) };
    }
    case "projects": {
      const project = account.provider === "huawei" ? (account.projects[at] ?? "") : "";
      return { flag: "--project", value: `${at}=${project}`, says };
    }
    default:
      return { says: line };
  }
}

/** A field that a message names, as the flag that says it. */
function inFlags(says: string): string {
  return says.replace("`regions`", "--region");
}
