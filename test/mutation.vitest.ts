import { defineConfig } from "vitest/config";

/** The tests that mutants of the core and the executor are held against: those that take milliseconds. */
export default defineConfig({
  test: {
    include: [
      "test/core/plan.test.ts",
      "test/core/plan/**/*.test.ts",
      "test/core/isolate.test.ts",
      "test/core/isolate/**/*.test.ts",
      "test/core/policy/{evaluate,decide,many-keys}.test.ts",
      "test/app/{enforce-tags,refusals,write-journal,undo,ledger,send-batch,one-call,apply-batches}.test.ts",
    ],
    testTimeout: 20_000,
  },
});
