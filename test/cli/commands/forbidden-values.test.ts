import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { runMain, temporaryFolder } from "../run-main.ts";

const SECRET = "hunter2-9f8e7d";
const group = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };

/** A value that nobody may learn, in each place from which one could be copied. */
const RESOURCES: readonly EmulatedResource[] = [
  { ...group, id: "plain", tags: { password: SECRET, env: "qa" } },
  { ...group, id: "owned", tags: { team: SECRET, env: "prod" } },
  { ...group, id: "spelt", tags: { "Pass-Word": SECRET } },
  { ...group, id: "required", tags: { token: SECRET, owner: "jane", env: "prod" } },
  { ...group, id: "shape", tags: { [`Not A Key`]: SECRET, env: "prod", owner: "jane" } },
  {
    type: "alibaba:vpcipam:IPAM",
    account: "111122223333",
    region: "cn-hangzhou",
    id: "ipam-1",
    tags: { secret: SECRET },
  },
];

const POLICY = `version: 1
requiredTags:
  owner: { aliases: [team], default: [{ fromTag: password }, { template: "{password}-{team}" }, ops] }
  pass-word: { adoptNearMiss: true, default: { fromTag: secret } }
  token: { values: [a, b], default: a, overwrite: true }
  env: { values: [prod], default: { fromTag: secret }, overwrite: true }
policies:
  - { name: tagged, match: { tags: { env: "*" } }, require: [owner, env], mode: enforce, severity: high }
  - { name: tokens, match: { tags: { token: "*" } }, require: [token], mode: enforce }
  - { name: spellings, require: [pass-word], mode: enforce }
  - { name: no-secrets, forbid: [password, team, token, "secret*", Pass-Word], severity: high, match: { not: { tags: { nobody: "*" } } } }
  - { name: by-key, match: { tags: { password: "*" } }, require: [owner] }
  - { name: shape, keys: { pattern: "[A-Za-z-]+" } }
`;

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES });
});
afterAll(() => emulator.close());

/** All that lies in a folder, packed or not. */
function contents(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const bytes = readFileSync(join(parentPath, name));
      return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    });
}

test("what a forbidden key holds is in no output and in no file, whatever the command", async () => {
  const [inputs, made] = [await temporaryFolder(), await temporaryFolder()];
  const [config, policy, resources, out] = [
    join(inputs, "config.yaml"),
    join(inputs, "policy.yaml"),
    join(inputs, "resources.ndjson"),
    join(made, "out"),
  ];
  const alerts = {
    channels: [{ name: "all", type: "webhook", url: "http://127.0.0.1:9/x", secret: "file:/none#x" }],
    fallback: ["all"],
    newFindings: "low",
  };
  writeFileSync(config, stringify({ ...(emulator.config() as object), alerts }));
  writeFileSync(policy, POLICY);
  writeFileSync(resources, RESOURCES.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const said: string[] = [];
  const run = async (...argv: string[]): Promise<string> => {
    const { stdout, stderr, code } = await runMain(argv);
    said.push(stdout, stderr);
    expect([argv, code, stderr], stderr).not.toContain(2);
    return stdout;
  };
  const given = ["--policy", policy, "--resources", resources];
  const evaluated = await run("evaluate", ...given, "--format", "ndjson");
  const [first] = evaluated.split("\n").map((line) => (line === "" ? undefined : JSON.parse(line)));
  // Told is that it is there.
  expect(first).toMatchObject({ id: "plain", forbidden: [{ key: "password", reason: "is forbidden" }] });
  await run("evaluate", ...given, "--format", "table");
  for (const format of ["table", "json"]) await run("plan", ...given, "--format", format);
  for (const format of ["table", "ndjson"]) await run("policy", "explain", ...given, "--format", format);
  await run("audit", "--policy", policy, "--config", config, "--out", out);
  await run("audit", "--policy", policy, "--config", config, "--out", out, "--no-color");
  await run("alerts", "preview", "--run", out, "--format", "json");
  for (const format of ["html", "json", "csv", "md"]) await run("report", "--run", out, "--format", format);
  await run("enforce", ...given, "--config", config, "--journal", join(made, "journal"), "--rows");
  const applied = ["--apply", "--format", "json", "--journal", join(made, "journal")];
  await run("enforce", ...given, "--config", config, ...applied);
  expect(said.filter((text) => text.includes(SECRET)).map((text) => text.slice(0, 2_000))).toEqual([]);
  const files = contents(made);
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((text) => text.includes(SECRET)).map((text) => text.slice(0, 2_000))).toEqual([]);
  // Nor was it copied into another tag.
  const holders = [...emulator.world.all()].filter(({ tags = {} }) =>
    Object.values(tags).some((value) => value.includes(SECRET)),
  );
  expect(
    holders.map(({ id, tags }) => [id, Object.values(tags ?? {}).filter((value) => value.includes(SECRET)).length]),
  ).toEqual(RESOURCES.map(({ id }) => [id, 1]));
});
