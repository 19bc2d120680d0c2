import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes longest, and so begins first: a long file that begins last is waited for alone. */
const LONGEST = [
  "local/killed-run",
  "local/packaged",
  "sim",
  "local",
  "setup",
  "docs/runbook",
  "browser",
  "deploy",
  "cli",
];
/** These change nothing outside of themselves, so that none needs a process of its own. */
const TOGETHER = "test/{core,events,app,emulator,sinks}/**/*.test.ts";

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((name) => moduleId.includes(`/test/${name}`));
      return place < 0 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

export default defineConfig({
  test: {
    globalSetup: "test/temporary-files.ts",
    // One more than there are processors: many tests wait for processes and timers most of the time.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    // Ten times what the slowest take on a machine of two processors: no test is to end because others are at work.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    projects: [
      { extends: true, test: { name: "apart", include: ["test/**/*.test.ts"], exclude: [TOGETHER] } },
      { extends: true, test: { name: "together", include: [TOGETHER], isolate: false } },
    ],
    coverage: {
      provider: "v8",
      include: ["lib/**/*.ts", "functions/**/*.ts", "local/**/*.ts", "cli/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
