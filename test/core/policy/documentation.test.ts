import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { policyJsonSchema } from "../../../lib/core/policy/load/schema.ts";
import { tagsFromObject, type Resource } from "../../../lib/core/resource.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import { load, NOON, prepare } from "./policies.ts";

const DOCS = join(import.meta.dirname, "../../../docs");

interface Example {
  readonly at?: string;
  readonly resource: Omit<Resource, "tags"> & { readonly tags: Record<string, string> };
  readonly evaluation: object;
  readonly decisions: readonly object[];
}

/** The fenced blocks of docs/policy-language.md: each policy with the results that follow it. */
function chapters(): { policy: string; examples: Example[] }[] {
  const text = readFileSync(join(DOCS, "policy-language.md"), "utf8");
  const found: { policy: string; examples: Example[] }[] = [];
  for (const [, language, block = ""] of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    if (language === "yaml") found.push({ policy: block, examples: [] });
    else found.at(-1)?.examples.push(JSON.parse(block));
  }
  return found;
}

describe("docs/policy-language.md", () => {
  test("shows every policy with a result", () => {
    expect(chapters().length).toBeGreaterThanOrEqual(6);
    expect(chapters().every(({ examples }) => examples.length > 0)).toBe(true);
  });

  test.each(chapters())("policy %# loads without warnings and does what the text says", ({ policy, examples }) => {
    expect(load(policy, { contracts: allContracts }).warnings).toEqual([]);
    const policies = prepare(policy, { contracts: allContracts });
    for (const { at, resource, evaluation, decisions } of examples) {
      const subject: Resource = { ...resource, tags: tagsFromObject(resource.tags) };
      const asOf = at === undefined ? NOON : Date.parse(at);
      const evaluated = policies.evaluate(subject, asOf);
      expect(evaluated).toMatchObject(evaluation);
      expect(policies.decide(subject, evaluated, asOf)).toMatchObject(decisions);
    }
  });
});

test("docs/policy.schema.json is what the schema says", () => {
  expect(JSON.parse(readFileSync(join(DOCS, "policy.schema.json"), "utf8"))).toEqual(
    JSON.parse(JSON.stringify(policyJsonSchema())),
  );
});
