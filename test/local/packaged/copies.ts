import { readFileSync } from "node:fs";
import { isAlias, isMap, isSeq, parseDocument, type Document, type YAMLSeq } from "yaml";
import { parseCloudFormationYaml } from "../../../local/service/cloudformation-yaml.ts";
import { readServerlessFile } from "../../../local/service/serverless-file.ts";
import type { FunctionRole } from "./role-permissions.ts";

/** serverless.yml with less in it. */
export interface Copy {
  readonly role: string;
  /** What its role has lost: an action, or a statement that it shares with others. */
  readonly without: string;
  readonly text: string;
}

/**
 * serverless.yml once for each action that a statement of a role allows, without this action: taken out of its list, or
 * with its statement. Of a statement that several roles share, each role loses it once, and all lose each action once.
 */
export function copiesWithoutOneAction(path: string): readonly Copy[] {
  // Tags of CloudFormation that it doesn't know stay as they are.
  const original = parseDocument(readFileSync(path, "utf8"), { logLevel: "silent" });
  return rolesIn(original).flatMap((role) =>
    Array.from(statementsOf(original, role).items.keys()).flatMap((at) => cutsOf(role, at, original)),
  );
}

function cutsOf(role: string, at: number, original: Document): Copy[] {
  const cut = (without: string, change: (statements: YAMLSeq) => unknown): Copy => {
    const document = original.clone();
    change(statementsOf(document, role));
    return { role, without, text: document.toString({ lineWidth: 0 }) };
  };
  const statement = statementsOf(original, role).items[at];
  if (isAlias(statement)) return [cut(`*${statement.source}`, ({ items }) => items.splice(at, 1))];
  if (!isMap(statement)) throw new Error(`${role}: a statement is no map`);
  const actions = statement.get("Action");
  if (!isSeq(actions)) {
    return [
      cut(String(actions), (statements) =>
        // Others may refer to it.
        statement.anchor === undefined ? statements.items.splice(at, 1) : statements.setIn([at, "Action"], []),
      ),
    ];
  }
  return actions.items.map((action, index) =>
    cut(String(action), (statements) => statements.deleteIn([at, "Action", index])),
  );
}

function rolesIn(document: Document): readonly string[] {
  const resources = document.getIn(["resources", "Resources"]);
  if (!isMap(resources)) throw new Error("serverless.yml has no resources");
  return resources.items
    .map(({ key }) => String(key))
    .filter((name) => document.getIn(["resources", "Resources", name, "Type"]) === "AWS::IAM::Role");
}

function statementsOf(document: Document, role: string): YAMLSeq {
  const path = ["resources", "Resources", role, "Properties", "Policies", 0, "PolicyDocument", "Statement"];
  const statements = document.getIn(path);
  if (!isSeq(statements)) throw new Error(`${role} has no list of statements`);
  return statements;
}

/** Each function with its role, as a serverless.yml says: the framework's own reading is compared with this one. */
export function rolesOfFile(path: string, stage: string): readonly FunctionRole[] {
  const { resources } = readServerlessFile(path, { stage, params: {}, variables: {}, options: {} });
  const file = parseCloudFormationYaml(readFileSync(path, "utf8"), path) as {
    readonly functions: Readonly<Record<string, { readonly role: string }>>;
  };
  return Object.entries(file.functions).map(([name, { role }]) => {
    const found = resources.find(({ logicalId }) => logicalId === role);
    return { function: name, role, properties: found?.properties ?? {} };
  });
}
