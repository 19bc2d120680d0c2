interface Part {
  readonly mutate: readonly string[];
  readonly tests: readonly string[];
  /** Tests of these files that would cost each mutant seconds, by their names. */
  readonly leftOut?: RegExp;
}

/** The parts of the product that are tested by mutation: what is changed, and which tests must notice. */
export const mutationParts: Readonly<Record<string, Part>> = {
  plan: {
    mutate: ["lib/core/plan/*.ts", "lib/core/compare-text.ts"],
    tests: ["test/core/plan/!(fewest-calls|many-keys).test.ts", "test/core/compare-text.test.ts"],
  },
  isolate: {
    mutate: ["lib/core/isolate/*.ts"],
    tests: ["test/core/isolate/*.test.ts"],
  },
  evaluate: {
    mutate: ["lib/core/policy/evaluate.ts"],
    tests: ["test/core/policy/{evaluate,decide,many-keys}.test.ts"],
  },
  apply: {
    mutate: [
      "lib/app/write/apply-batches.ts",
      "lib/app/write/retry-batch.ts",
      "lib/app/write/isolate-batch.ts",
      "lib/app/write/send-batch.ts",
      "lib/app/write/pairs.ts",
      "lib/app/write/refusal-rates.ts",
    ],
    tests: [
      "test/app/{enforce/enforce-tags,enforce/comes-back,enforce/brakes,enforce/refusals,write/journal,change/undo,write/pairs,write/send-batch,write/one-call,write/apply-batches,write/apply-rates,write/refusal-rates,write/disturbed-search}.test.ts",
    ],
    // A stack in the bundle names other files.
    leftOut: /with its call and stack/,
  },
  errors: {
    mutate: [
      "lib/providers/answer.ts",
      "lib/providers/error-body.ts",
      "lib/providers/busy-codes.ts",
      "lib/providers/*/errors.ts",
      "lib/providers/aws/sdk-errors.ts",
    ],
    tests: [
      "test/providers/{alibaba,huawei,aws}/errors.test.ts",
      "test/providers/huawei/answers.test.ts",
      "test/providers/{error-body,answer}.test.ts",
    ],
  },
  sqs: {
    mutate: ["lib/sinks/sqs/!(memory-*).ts"],
    tests: ["test/sinks/sqs/*.test.ts"],
    leftOut: /whatever JSON text/,
  },
  dynamo: {
    mutate: ["lib/sinks/dynamo/!(memory-*|run-store).ts"],
    tests: ["test/sinks/dynamo/*.test.ts", "test/sinks/alert-states.test.ts"],
  },
  runs: {
    mutate: ["lib/sinks/dynamo/run-store.ts", "lib/sinks/objects/run-store.ts"],
    tests: ["test/sinks/run-store.test.ts"],
    leftOut: /of 6,400|was cut off|two starts|end many shards|before its call [135] /,
  },
  objects: {
    mutate: ["lib/sinks/objects/!(memory|folder-lock|run-store).ts"],
    tests: ["test/sinks/objects/!(folder-lock).test.ts", "test/sinks/alert-states.test.ts"],
  },
  chat: {
    mutate: ["lib/sinks/chat/*.ts"],
    tests: ["test/sinks/chat/*.test.ts"],
  },
  messages: {
    mutate: ["lib/lambda/sqs/*.ts", "lib/app/enforce/keep-later.ts"],
    tests: ["test/lambda/sqs/*.test.ts", "test/app/enforce/keep-later.test.ts"],
  },
};
