import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The embedded cloud and spawned commands take a moment on a busy machine; no test measures time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["lib/**/*.ts", "functions/**/*.ts", "local/**/*.ts", "cli/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
