import { z } from "zod";
import { COMPLIANCES } from "../../evaluation.ts";
import { momentOf } from "../../moment.ts";
import { PROVIDERS } from "../../resource.ts";
import { strict } from "../../yaml/strict.ts";

/** The shape of a file of cases that a policy is tested with. */

const text = z.string().min(1, "must not be empty");
const keys = z.array(z.string());
const tags = z.record(z.string(), z.string());

const isTime = (value: string): boolean => !Number.isNaN(momentOf(value));
const NO_TIME = "must be a day such as 2026-12-31, or a time such as 2026-12-31T08:00:00Z";

const TYPE = new RegExp(`^(?:${PROVIDERS.join("|")}):[^:]+:[^:]+$`);

const resourceSchema = strict({
  type: text.regex(TYPE, `must be provider:service:kind, with the provider ${PROVIDERS.join(", ")}`),
  account: text,
  region: text,
  id: text,
  project: text.optional(),
  tags: tags.optional(),
  event: strict({
    createdBy: z.string().optional(),
    createdByBasis: z.string().optional(),
    createdAt: z.string().refine(isTime, NO_TIME).optional(),
    eventId: z.string().optional(),
    eventName: z.string().optional(),
    sourceIp: z.string().optional(),
    requestTags: tags.optional(),
    record: z.unknown().optional(),
  }).optional(),
});

const expectSchema = strict({
  compliance: z.enum(COMPLIANCES).optional(),
  missing: keys.optional(),
  invalid: keys.optional(),
  forbidden: keys.optional(),
  exempt: keys.optional(),
  tags: tags.optional(),
});

const caseSchema = strict({
  name: text,
  resource: resourceSchema.optional(),
  event: z.union([text, z.record(z.string(), z.unknown())]).optional(),
  expect: expectSchema,
});

export const caseFileSchema = strict({
  $schema: z.string().optional(),
  policy: text.optional(),
  at: z.string().refine(isTime, NO_TIME).optional(),
  cases: z.array(caseSchema).min(1, "must hold at least one case"),
});

export type CaseSource = z.output<typeof caseSchema>;
export type ResourceSource = z.output<typeof resourceSchema>;
export type Expectation = z.output<typeof expectSchema>;

/** What a case may expect, in the order in which differences are told. */
export const EXPECTABLE = Object.keys(expectSchema.shape) as readonly (keyof Expectation)[];
