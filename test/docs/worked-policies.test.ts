import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runMain } from "../cli/run-main.ts";

const FOLDER = "examples/policies/worked";
const POLICIES = readdirSync(FOLDER).filter((name) => /(?<!\.policy-test)\.yaml$/.test(name));

it("there are five worked policies", () => expect(POLICIES).toHaveLength(5));

describe.each(POLICIES)("the worked policy %s", (name) => {
  it("has nothing that lint says anything of", async () => {
    const ran = await runMain(["policy", "lint", "--policy", join(FOLDER, name), "--fail-on", "warning"]);
    expect(ran).toEqual({ code: 0, stdout: "[]\n", stderr: "nothing to say\n" });
  });

  it("has cases that all pass, and reach everything in it", async () => {
    const cases = join(FOLDER, name.replace(".yaml", ".policy-test.yaml"));
    const { code, stdout } = await runMain(["policy", "test", cases, "--coverage"]);
    const { results, coverage } = JSON.parse(stdout) as {
      results: { passed: boolean; name: string }[];
      coverage: { share: number }[];
    };
    expect({ code, failed: results.filter(({ passed }) => !passed) }).toEqual({ code: 0, failed: [] });
    expect(coverage).toMatchObject([{ share: 1 }]);
  });
});
