import { PROVIDERS } from "../../../lib/core/resource.ts";
import { rightsFor } from "../../../lib/providers/index.ts";
import type { RecordedCall } from "../../../local/packaged/aws-recorder.ts";
import type { PackagedService } from "../../../local/packaged/read-package.ts";
import { LOCAL_TYPES } from "../../../local/run/settings.ts";
import { SOURCES, UNCALLED, UNUSED, VARIABLES } from "./expected-wiring.ts";
import { deniedCalls, unusedPermissions, type Permission } from "./role-permissions.ts";

/** `enforce: sqs:SendMessage on AlertQueue`: without the parts of an ARN that a stage changes. */
export function shortName({ function: name, action, resource }: Permission): string {
  const [, , , , , ...rest] = resource.split(":");
  const place = rest.join(":").replace(/^(table\/)?tagwarden-local-(reportbucket\/?)?/, "");
  return `${name}: ${action} on ${place === "" ? "the bucket" : place}`;
}

/** What the permissions lack or have too many of, in sentences; none where they are right. */
export async function permissionGaps(
  calls: readonly RecordedCall[],
  permissions: readonly Permission[],
): Promise<string[]> {
  const unused = new Set(unusedPermissions(calls, permissions).map(shortName));
  const expected = new Set(Object.keys(UNUSED));
  return [
    ...(await deniedCalls(calls, permissions)),
    ...[...unused]
      .filter((name) => !expected.has(name))
      .map((name) => `no recorded call needs ${name}: remove it from serverless.yml, or say why it is there`),
    ...[...expected]
      .filter((name) => !unused.has(name))
      .map((name) => `${name} is not in serverless.yml any more, or a recorded call needs it now: ${UNUSED[name]}`),
  ];
}

/** What accounts have to allow, beside what the run called there, in sentences; none where they agree. */
export function accountGaps(calls: Readonly<Record<string, number>>): string[] {
  const [allowed, called] = [
    PROVIDERS.flatMap((provider) =>
      Object.keys(rightsFor({ provider, types: [...(LOCAL_TYPES[provider] ?? [])] }).permissions),
    ),
    Object.keys(calls),
  ];
  const explained = Object.keys(UNCALLED);
  return [
    ...called
      .filter((action) => !allowed.includes(action))
      .map((action) => `${action} is called, and \`tagwarden permissions\` doesn't allow it`),
    ...allowed
      .filter((action) => !called.includes(action) && !explained.includes(action))
      .map(
        (action) =>
          `no recorded call needs ${action}: take it out of \`tagwarden permissions\`, or say why it is there`,
      ),
    ...explained
      .filter((action) => !allowed.includes(action) || called.includes(action))
      .map((action) => `${action} is not allowed any more, or a recorded call needs it now: ${UNCALLED[action]}`),
  ];
}

/** Variables and sources of events that are gone, in sentences. */
export function wiringGaps({ functions }: Pick<PackagedService, "functions">): string[] {
  const missing = (expected: Readonly<Record<string, readonly string[]>>, found: (name: string) => readonly string[]) =>
    Object.entries(expected).flatMap(([name, wanted]) =>
      wanted.filter((one) => !found(name).includes(one)).map((one) => `serverless.yml: ${name} has lost ${one}`),
    );
  const find = (name: string) => functions.find((one) => one.name === name);
  return [
    ...missing(VARIABLES, (name) => Object.keys(find(name)?.environment ?? {})),
    ...missing(SOURCES, (name) => [
      ...(find(name)?.queues ?? []).map(({ queue }) => queue),
      ...(find(name)?.schedules ?? []).map(({ expression }) => expression),
    ]),
  ];
}
