import { parseDocument, type ScalarTag, type CollectionTag } from "yaml";
import { InputError } from "../../lib/core/errors.ts";

/** CloudFormation's short forms, read as the long ones: `!Ref X` as `{ Ref: X }`, `!GetAtt A.B` as `{ Fn::GetAtt: [A, B] }`. */
const SCALAR_TAGS: readonly ScalarTag[] = [
  { tag: "!Ref", resolve: (text) => ({ Ref: text }) },
  { tag: "!GetAtt", resolve: (text) => ({ "Fn::GetAtt": text.split(".") }) },
  { tag: "!Sub", resolve: (text) => ({ "Fn::Sub": text }) },
  { tag: "!Condition", resolve: (text) => ({ Condition: text }) },
];

const LIST_TAGS: readonly CollectionTag[] = ["GetAtt", "Join", "Sub", "Select", "If", "Equals", "Not", "And"].map(
  (name) => ({
    tag: `!${name}`,
    collection: "seq",
    resolve: (list) => ({ [`Fn::${name}`]: list.toJSON() }),
  }),
);

/** Reads YAML with CloudFormation's tags. Throws an InputError with line and column. */
export function parseCloudFormationYaml(text: string, path: string): unknown {
  const document = parseDocument(text, { customTags: [...SCALAR_TAGS, ...LIST_TAGS], merge: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) throw new InputError(`${path}: ${problem.message}`);
  return document.toJS();
}
