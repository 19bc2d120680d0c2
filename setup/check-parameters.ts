// A plugin of the Serverless Framework: looks at the parameters before anything is packaged. The framework itself takes
// any name and any value, so that `--param="mod=report"` would deploy functions that write.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

/** What a plugin is given of the framework. */
export interface Framework {
  readonly serviceDir: string;
  readonly service: { readonly provider: { readonly stage: string } };
  readonly processedInput: {
    readonly commands: readonly string[];
    /** `NAME=VALUE`, as given on the command line. */
    readonly options: { readonly param?: readonly string[] };
  };
  readonly configurationInput: { readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly classes: { readonly Error: new (message: string) => Error };
}

interface Rule {
  readonly fits: RegExp;
  readonly says: string;
}

const must = (fits: RegExp, says: string): Rule => ({ fits, says });
const fromTwo = must(/^([2-9]|[1-9][0-9]{1,2})$/, "a whole number from 2 to 999");
const fromOne = must(/^[1-9][0-9]{0,2}$/, "a whole number from 1 to 999");
const file = must(/^(s3:\/\/[^/]+\/.+|(?!s3:)[^/].*)$/, "s3://BUCKET/KEY, or a path in the service's folder");

/** By parameter; those without a rule are checked by the framework or by AWS. */
const hours = must(/^(0|[1-9][0-9]{0,2})(\.[0-9]{1,3})?$/, "a number from 0 to 999.999");
const RULES: ReadonlyMap<string, Rule> = new Map([
  ["mode", must(/^(enforce|report)$/, "enforce or report")],
  ["experimentalEvents", must(/^(yes|no)$/, "yes or no")],
  ["webhooks", must(/^(auto|yes|no)$/, "auto, yes or no")],
  ["policies", file],
  ["config", file],
  ["organizationId", must(/^(none|o-[a-z0-9]{10,32})$/, "none, or an organization's id, o-…")],
  ["accountRole", must(/^[\w+=,.@/*-]{1,512}$/, "the name of a role, with its path and without the rest of its ARN")],
  ["secrets", must(/^[\w/+=.@-]{0,399}[\w+=.@-]$/, "how names of secrets begin, without a slash at the end")],
  ["webIdentityAudience", must(/^\S{1,1000}$/, "none, or an audience")],
  ["enforceConcurrency", fromTwo],
  ["auditConcurrency", fromTwo],
  ["ingestConcurrency", fromOne],
  ["auditReads", must(/^0\.[0-9]{0,3}[1-9]$/, "a number above 0 and below 1, e.g. 0.5")],
  ["waitHours", hours],
  ["auditWaitHours", hours],
  ["maxReceiveCount", fromOne],
  ["auditReceiveCount", fromOne],
  ["alertReceiveCount", fromOne],
]);

/** What the parameters are: of the file, of its stage, and of the command line, which counts first. */
export function parametersOf({ configurationInput, service, processedInput }: Framework): ReadonlyMap<string, unknown> {
  const { params: stages } = configurationInput;
  const given = (processedInput.options.param ?? []).map((one): [string, unknown] => {
    const at = one.indexOf("=");
    return [one.slice(0, at), one.slice(at + 1)];
  });
  const own = Object.entries(stages[service.provider.stage] ?? {});
  return new Map([...Object.entries(stages["default"] ?? {}), ...own, ...given]);
}

/** Every problem with the parameters, each with what to do. `isDeployed` = the package is to run, and not only looked at. */
export function parameterProblems(framework: Framework, isDeployed: boolean): readonly string[] {
  const { params: stages } = framework.configurationInput;
  const { stage } = framework.service.provider;
  const known = Object.keys(stages["default"] ?? {});
  const values = parametersOf(framework);
  const others = Object.keys(stages).filter((name) => name !== "default");
  const problems =
    others.length > 0 && !others.includes(stage)
      ? [
          `stage ${stage}: serverless.yml has parameters for ${others.join(", ")} alone; add \`${stage}: {}\` to its params if you mean a new one`,
        ]
      : [];
  for (const [name, value] of values) {
    const rule = RULES.get(name);
    if (!known.includes(name)) problems.push(`${name}: there is no such parameter; there are ${known.join(", ")}`);
    else if (rule !== undefined && !rule.fits.test(String(value))) problems.push(`${name}: must be ${rule.says}`);
    else if (isDeployed && rule === file) problems.push(...fileProblems(framework.serviceDir, name, String(value)));
  }
  return problems;
}

/** Whether everybody may read a file, in its mode. */
const READABLE = 0o004;

function fileProblems(folder: string, name: string, path: string): readonly string[] {
  if (path.startsWith("s3://")) return [];
  if (!existsSync(join(folder, path))) {
    const by = name === "policies" ? "policy compile" : "config compile";
    return [`${name}: ${path} isn't there; make it with \`tagwarden ${by} --out ${path}\``];
  }
  // It is packaged as it is, and Lambda runs functions as a user who doesn't own it.
  const isReadable = (statSync(join(folder, path)).mode & READABLE) !== 0;
  return isReadable
    ? []
    : [`${name}: ${path} can be read by its owner alone; \`chmod a+r ${path}\` lets Lambda read it`];
}

/** The framework makes a plugin with `new`, and takes what that gives. */
export default function checkParameters(framework: Framework) {
  return {
    hooks: {
      "before:package:cleanup": () => {
        const problems = parameterProblems(framework, framework.processedInput.commands.includes("deploy"));
        if (problems.length > 0) throw new framework.classes.Error(`parameters: ${problems.join("\n")}`);
      },
    },
  };
}
