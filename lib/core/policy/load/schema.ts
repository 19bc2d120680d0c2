import { z } from "zod";
import { strict } from "../../yaml/strict.ts";
import { EVENT_VALUES } from "../compiled.ts";

/**
 * The shape of a policy file: the one declaration that validation, the JSON Schema in docs/ and the types come from.
 * What a shape can't say (patterns, keys that must be defined, what providers take) is checked in load.ts.
 */

/** An object without other keys, described. */
function described<Shape extends z.core.$ZodShape>(shape: Shape, description: string) {
  return strict(shape).describe(description);
}

const text = z.string().min(1, "must not be empty");
const globs = z.array(text).min(1, "must hold at least one glob; leave the field out to match all");

const matchShape = {
  types: globs.optional().describe("Globs of resource types, e.g. alibaba:apigateway:*"),
  accounts: globs.optional().describe("Globs of account ids"),
  regions: globs.optional().describe("Globs of regions; resources without a region have `global`"),
  ids: globs.optional().describe("Globs of resource ids"),
  tags: z
    .record(z.string(), z.union([z.string(), globs]))
    .optional()
    .describe("Tags that must be there: a key and the glob or globs of its value"),
};

const notSchema = described(matchShape, "A second match, which must not hold");

export const matchSchema = described(
  { ...matchShape, not: notSchema.optional() },
  "Fields are ANDed, an absent field matches all, entries in a list are ORed; * stands for any run of characters",
);

const fromEventSchema = described(
  { fromEvent: z.enum(EVENT_VALUES) },
  "What the creating event says, or the resource's own region or account",
);
const jmespathSchema = described(
  { jmespath: text },
  "A JMESPath expression over the cloud's own record of the creation",
);
const fromTagSchema = described({ fromTag: text }, "The value of another tag of the resource");
const templateSchema = described({ template: text }, "Text with {names} of tags or event values; {{ and }} are braces");

export type DefaultSource =
  | string
  | z.output<typeof fromEventSchema>
  | z.output<typeof jmespathSchema>
  | z.output<typeof fromTagSchema>
  | z.output<typeof templateSchema>
  | { byAccount: Record<string, DefaultSource>; otherwise?: DefaultSource | undefined }
  | { byRegion: Record<string, DefaultSource>; otherwise?: DefaultSource | undefined }
  | { byType: Record<string, DefaultSource>; otherwise?: DefaultSource | undefined }
  | DefaultSource[];

const defaultSchema: z.ZodType<DefaultSource> = z
  .lazy(() => {
    const cases = z.record(z.string(), defaultSchema);
    const otherwise = defaultSchema.optional();
    return z.union([
      z.string(),
      fromEventSchema,
      jmespathSchema,
      fromTagSchema,
      templateSchema,
      described({ byAccount: cases, otherwise }, "By account id, which may be a glob"),
      described({ byRegion: cases, otherwise }, "By region, which may be a glob"),
      described({ byType: cases, otherwise }, "By resource type, which may be a glob"),
      z.array(defaultSchema).min(1, "must hold at least one default"),
    ]);
  })
  .meta({
    id: "default",
    description: "Where an absent tag's value comes from; of a list, the first legal value wins",
  });

const LONGEST_DESCRIPTION = 500;

/** What is said for whoever has to mend something; pages and chats make a link of `url`, so that it may be nothing else. */
const aboutShape = {
  description: text
    .max(LONGEST_DESCRIPTION, `must not be longer than ${LONGEST_DESCRIPTION} characters`)
    .optional()
    .describe("What it is about, for whoever has to mend it: findings, alerts and reports carry it"),
  url: z
    .string()
    .max(2_000, "must not be longer than 2000 characters")
    .regex(/^https?:\/\/[^\s"'<>\\]+$/, "must be the address of a page, as https://wiki.example.com/tags")
    .optional()
    .describe("Where more about it is written"),
};

const day = z
  .string()
  .regex(/^(?:today(?:[+-]\d{1,5}d)?|\d{4}-\d{2}-\d{2})$/, "must be today, a date (YYYY-MM-DD), or today+90d");

const dateSchema = described(
  {
    after: day.optional().describe("The value must be a later day"),
    before: day.optional().describe("The value must be an earlier day"),
    within: z
      .string()
      .regex(/^\d{1,5}d$/, "must be a number of days, as 90d")
      .optional()
      .describe("The most days between the value and today, in either direction"),
  },
  "The value must be a date, YYYY-MM-DD, that exists; bounds are `today`, a date, or a day so many days from today",
);

const constraintShape = {
  values: z.array(z.string()).min(1, "must hold at least one value").optional().describe("The allowed values"),
  pattern: text.optional().describe("RE2 pattern that the whole value must match"),
  ignoreCase: z.boolean().optional().describe("Whether `values` and `pattern` take a value in any case"),
  notValues: z
    .array(text)
    .min(1, "must hold at least one glob")
    .optional()
    .describe("Globs of values that aren't allowed, compared without case"),
  date: dateSchema.optional(),
  aliases: z
    .array(text)
    .min(1, "must name at least one key")
    .optional()
    .describe("Other keys that satisfy the requirement where the key itself is absent"),
  ignoreKeyCase: z.boolean().optional().describe("Whether any capitalisation of the key does"),
  default: defaultSchema.optional(),
  allowBlank: z.boolean().optional().describe("Whether an empty value, or one of white space only, passes"),
  overwrite: z.boolean().optional().describe("Whether a blank or invalid value may be replaced"),
  ...aboutShape,
};

/** One entry of `requiredTags`. */
export const definitionSchema = described(
  {
    ...constraintShape,
    adoptNearMiss: z.boolean().optional().describe("Whether the value under another spelling of the key is copied"),
  },
  "What a key's value must be, and where it comes from when it is absent",
);

const keySchema = text.describe("A key of requiredTags");
const entrySchema = described({ key: text, ...constraintShape }, "A key, and what this policy adds to its definition");

/** One entry of a policy's `require`. */
export const requireSchema = z.union([
  keySchema,
  entrySchema,
  described(
    { anyOf: z.array(z.union([keySchema, entrySchema])).min(2, "must name at least two keys") },
    "Keys of which one is enough, whatever the others hold",
  ),
]);

const keysSchema = described(
  {
    pattern: text.optional().describe("RE2 pattern that every whole key must match"),
    only: globs.optional().describe("Globs of all keys that may be there"),
  },
  "How every key must look, but for the clouds' own (aws:, acs:, _sys_)",
);

/** One entry of `policies`. */
export const policySchema = described(
  {
    name: text.max(128, "must not be longer than 128 characters"),
    match: matchSchema.optional(),
    require: z.array(requireSchema).min(1, "must name at least one key").optional(),
    forbid: globs.optional().describe("Globs of keys that may not be there; their values are never told"),
    keys: keysSchema.optional(),
    mode: z.enum(["enforce", "report"]).optional().describe("Whether tags are written; default report"),
    severity: z.enum(["low", "medium", "high"]).optional().describe("Default medium"),
    repair: z
      .enum(["nightly", "never"])
      .optional()
      .describe("Whether the audit sends findings to enforce; default never"),
    graceDays: z
      .int("must be a whole number")
      .min(0, "must not be negative")
      .max(3650, "must be at most 3650")
      .optional()
      .describe("For how many days a finding counts as new; default 0"),
    recheck: z
      .boolean()
      .optional()
      .describe("Whether a resource is judged again when a required tag is taken off or changed; default false"),
    ...aboutShape,
  },
  "Which resources must carry which tags",
);

/** One entry of `exemptions`. */
export const exemptionSchema = described(
  {
    match: matchSchema,
    tags: z.array(text).min(1, "must name at least one key").optional().describe("Default: all required tags"),
    reason: text,
    approvedBy: text.optional(),
    expires: z.iso.date("must be a date, YYYY-MM-DD").describe("The last day (UTC) that it counts"),
  },
  "Resources that needn't carry some tags for a while",
);

/** Other values of `version` mean a language that this program doesn't speak. */
export const versionSchema = z.literal(1);

const policyFileSchema = described(
  {
    $schema: z.string().optional(),
    version: versionSchema,
    requiredTags: z.record(z.string(), definitionSchema).optional(),
    policies: z.array(policySchema).optional(),
    exemptions: z.array(exemptionSchema).optional(),
  },
  "tagwarden policies",
);

/** The keys that a policy file may have. */
export const FILE_KEYS: readonly string[] = Object.keys(policyFileSchema.shape);

export const MATCH_KEYS: readonly string[] = Object.keys(matchSchema.shape);

/** Those that its parts may have. */
export const DEEPER_KEYS: readonly string[] = [policySchema, matchSchema, definitionSchema, exemptionSchema].flatMap(
  ({ shape }) => Object.keys(shape),
);

export type DefinitionSource = z.output<typeof definitionSchema>;
export type KeySource = z.output<typeof keySchema> | z.output<typeof entrySchema>;
export type RequireSource = z.output<typeof requireSchema>;
export type DateSource = z.output<typeof dateSchema>;
export type PolicySource = z.output<typeof policySchema>;
export type ExemptionSource = z.output<typeof exemptionSchema>;
export type MatchSource = z.output<typeof matchSchema>;

/** The JSON Schema of a policy file, for editors; docs/policy.schema.json is this. */
export function policyJsonSchema(): Record<string, unknown> {
  return { title: "tagwarden policies", ...z.toJSONSchema(policyFileSchema, { io: "input" }) };
}
