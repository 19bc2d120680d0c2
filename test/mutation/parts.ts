/** The parts of the product that are tested by mutation: what is changed, and which tests must notice. */
export const mutationParts = {
  plan: {
    mutate: ["lib/core/plan.ts", "lib/core/plan/*.ts"],
    tests: ["test/core/plan/!(fewest-calls|many-keys).test.ts"],
  },
  isolate: {
    mutate: ["lib/core/isolate.ts", "lib/core/isolate/*.ts"],
    tests: ["test/core/isolate.test.ts", "test/core/isolate/*.test.ts"],
  },
  evaluate: {
    mutate: ["lib/core/policy/evaluate.ts"],
    tests: ["test/core/policy/{evaluate,decide,many-keys}.test.ts"],
  },
  apply: {
    mutate: [
      "lib/app/apply-batches.ts",
      "lib/app/mend-batch.ts",
      "lib/app/isolate-batch.ts",
      "lib/app/send-batch.ts",
      "lib/app/ledger.ts",
      "lib/app/refresh-entry.ts",
    ],
    tests: [
      "test/app/{enforce-tags,enforce-comes-back,enforce-brakes,refusals,write-journal,undo,ledger,send-batch,one-call,apply-batches,apply-rates,refusal-rates,disturbed-search}.test.ts",
    ],
  },
} as const;
