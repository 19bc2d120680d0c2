import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { RecordedCall } from "../../../local/packaged/aws-recorder.ts";

/** One action on one kind of resource that a function's role allows. */
export interface Permission {
  readonly function: string;
  readonly role: string;
  readonly action: string;
  /** An ARN with `*`, or `*`. */
  readonly resource: string;
  /** As in a policy. */
  readonly condition?: unknown;
}

export const nameOf = ({ function: name, action, resource }: Pick<Permission, "function" | "action" | "resource">) =>
  `${name}: ${action} on ${resource}`;

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** A function's role as the template has it. */
export interface FunctionRole {
  readonly function: string;
  readonly role: string;
  /** `Properties` of the role. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What the roles allow, one action and one resource at a time. `resolve` gives the text that a template value stands for. */
export function permissionsOf(roles: readonly FunctionRole[], resolve: (value: unknown) => string): Permission[] {
  return roles.flatMap(({ function: name, role, properties }) => {
    const policies = properties["Policies"] as readonly { PolicyDocument: { Statement: readonly Statement[] } }[];
    const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    return statements.flatMap(({ Action: actions, Resource: resources, Condition: condition }) =>
      [actions].flat().flatMap((action) =>
        [resources].flat().map((resource) => ({
          function: name,
          role,
          action,
          resource: resolve(resource),
          ...(condition === undefined ? {} : { condition }),
        })),
      ),
    );
  });
}

/** Calls that the permissions don't allow, by IAM's own rules; each is a sentence that names what is missing. */
export async function deniedCalls(
  calls: readonly RecordedCall[],
  permissions: readonly Permission[],
): Promise<string[]> {
  const denied: string[] = [];
  for (const call of calls) {
    const own = permissions.filter((permission) => permission.function === call.function);
    if (!(await isAllowed(call, own))) {
      const role = own[0]?.role ?? "its role";
      denied.push(
        `${call.function} calls ${call.action} on ${call.resource}, which ${role} in serverless.yml does not allow`,
      );
    }
  }
  return denied;
}

/** Condition keys that hold several values. */
const MANY: ReadonlySet<string> = new Set(["dynamodb:LeadingKeys", "sts:IdentityTokenAudience"]);

async function isAllowed(call: RecordedCall, permissions: readonly Permission[]): Promise<boolean> {
  const Statement = permissions
    // Only these can allow it, and the simulator takes its time for each statement.
    .filter(({ action }) => action === call.action)
    .map(({ action, resource, condition }) => ({
      Effect: "Allow",
      Action: action,
      Resource: resource,
      ...(condition === undefined ? {} : { Condition: condition }),
    }));
  if (Statement.length === 0) return false;
  const question = JSON.stringify([call, permissions[0]?.role, Statement]);
  const known = answers.get(question) ?? simulate(call, permissions[0]?.role ?? "", Statement);
  answers.set(question, known);
  return known;
}

/** The simulator takes a few milliseconds, and copies of a role with one action less ask it nearly the same. */
const answers = new Map<string, Promise<boolean>>();

async function simulate(call: RecordedCall, role: string, Statement: readonly object[]): Promise<boolean> {
  const account = "000000000000";
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/${role}`,
        action: call.action,
        resource: { resource: call.resource, accountId: account },
        contextVariables: Object.fromEntries(
          Object.entries(call.context).map(([key, value]) => [key, MANY.has(key) ? [value] : value]),
        ),
      },
      identityPolicies: [{ name: "role", policy: { Version: "2012-10-17", Statement } }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === "error") throw new Error(`${nameOf(call)}: ${JSON.stringify(result.errors)}`);
  return result.overallResult === "Allowed";
}

/** Permissions that no recorded call needs. Of several that allow a call, it needs the one for the fewest resources. */
export function unusedPermissions(calls: readonly RecordedCall[], permissions: readonly Permission[]): Permission[] {
  const needed = new Set<Permission>();
  for (const call of calls) {
    const covering = permissions.filter((permission) => covers(permission, call));
    const [narrowest] = covering.sort((one, other) => breadth(one) - breadth(other));
    if (narrowest !== undefined) needed.add(narrowest);
  }
  return permissions.filter((permission) => !needed.has(permission));
}

/** More resources, the shorter the part before the first `*`. */
function breadth({ resource }: Permission): number {
  return resource.includes("*") ? 10_000 - resource.indexOf("*") : 0;
}

/** Whether this permission is about such a call, its condition apart. */
export function covers(permission: Permission, call: Pick<RecordedCall, "function" | "action" | "resource">): boolean {
  if (permission.function !== call.function || permission.action !== call.action) return false;
  const parts = permission.resource.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(call.resource);
}
