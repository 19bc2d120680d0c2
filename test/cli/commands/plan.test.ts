import { describe, expect, test } from "vitest";
import { GROUP, ndjson, POLICY, runMain, temporaryFile } from "../run-main.ts";

const plan = async (resources: readonly object[], ...more: string[]) => {
  const policy = await temporaryFile("policy.yaml", POLICY);
  const path = await temporaryFile("resources.ndjson", ndjson(resources));
  return runMain(["plan", "--policy", policy, "--resources", path, ...more]);
};

describe("plan", () => {
  test("is one JSON object: batches, calls, lower bound and what stays unresolved", async () => {
    const near = { ...GROUP, id: "g3", tags: { env: "dev", Owner: "web" } };
    const ran = await plan([GROUP, { ...GROUP, id: "g2", tags: { env: "prod" } }, near]);
    expect(ran.code).toBe(0);
    const { type, account, region } = GROUP;
    expect(JSON.parse(ran.stdout)).toEqual({
      batches: [{ type, account, region, resourceIds: ["g2"], tags: { owner: "platform" } }],
      calls: 1,
      lowerBound: 1,
      unresolved: [{ id: "g3", key: "owner", reason: expect.stringMatching(/^near-miss: .*Owner/) as string }],
    });
  });

  test("says of illegal values that nothing overwrites them", async () => {
    const { stdout } = await plan([{ ...GROUP, tags: { env: "moon", owner: "web" } }]);
    expect(JSON.parse(stdout)).toMatchObject({ calls: 0, unresolved: [{ id: "g1", key: "env" }] });
  });

  test("counts a resource that is named twice once", async () => {
    const ran = await plan([
      { ...GROUP, tags: {} },
      { ...GROUP, tags: {} },
    ]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ calls: 1, batches: [{ resourceIds: ["g1"] }] });
    expect(ran.stderr).toContain("1 lines name a resource again and were left out");
  });

  test("refuses a resource that is named twice with different tags", async () => {
    const ran = await plan([GROUP, { ...GROUP, tags: {} }]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(
      /resources\.ndjson:2: g1 stands at .*resources\.ndjson:1 already, with other tags; keep one/,
    );
  });

  test("plans nothing for a resource whose tags are not known", async () => {
    const { tags: _tags, ...unknown } = GROUP;
    const ran = await plan([unknown]);
    expect(JSON.parse(ran.stdout)).toEqual({ batches: [], calls: 0, lowerBound: 0, unresolved: [] });
    expect(ran.stderr).toContain("the tags of 1 resource are not known");
  });

  test("is tables on a terminal", async () => {
    const policy = await temporaryFile("policy.yaml", POLICY);
    const stdin = ndjson([{ ...GROUP, tags: { env: "moon" } }]);
    const ran = await runMain(["plan", "--policy", policy, "--resources", "-"], { stdin, terminal: true });
    expect(ran.stdout).toMatch(/^type +account +region +resources +tags +ids\n/);
    expect(ran.stdout).toMatch(/owner=platform +g1\n/);
    expect(ran.stdout).toMatch(/\nid +key +not written, because\ng1 +env +no-overwrite: /);
  });

  test("has ids of one word on one line and no more than a screen can hold", async () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ ...GROUP, id: `g${index}`, tags: { env: "dev" } }));
    expect((await plan(many, "--format", "table")).stdout).toContain("g0 g1 g2 and 6 more");
  });
});
