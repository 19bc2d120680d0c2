import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { Emulator } from "../../../local/emulator/start.ts";
import { runMain, temporaryFolder } from "../run-main.ts";
import { spawnCommand, type SpawnedCommand } from "../spawn-command.ts";

export const GATEWAY = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
const POLICY = `
version: 1
requiredTags: { env: { values: [prod, dev] } }
policies: [{ name: gateways, match: {}, require: [env], severity: high }]
`;
const POLL_MS = 5;

/** Whether a file of an audit has its own name by now, and is not just being written. */
export const isWhole = (name: string): boolean => /\.(?:json|ndjson\.gz)$/u.test(name);

/** Waits until a process has come so far; throws where it ends before. */
export async function untilCome(command: SpawnedCommand, hasCome: () => boolean): Promise<void> {
  const { child } = command;
  while (!hasCome()) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${command.stderr()}`);
    await sleep(POLL_MS);
  }
}

/** An audit of everything that this emulator holds, in a folder that is gone after the test. */
export async function auditFiles(emulator: Emulator, alerts?: object) {
  const folder = await temporaryFolder();
  const [out, config, policy] = [join(folder, "out"), join(folder, "config.yaml"), join(folder, "policy.yaml")];
  writeFileSync(policy, POLICY);
  writeFileSync(config, stringify({ ...(emulator.config() as object), ...(alerts !== undefined && { alerts }) }));
  const argv = (more: readonly string[]) => ["audit", "--policy", policy, "--config", config, "--out", out, ...more];
  return {
    out,
    config,
    audit: (...more: string[]) => runMain(argv(more)),
    start: (...more: string[]) => spawnCommand(argv(more)),
    report: (format: string) => runMain(["report", "--run", out, "--format", format]),
    preview: () => runMain(["alerts", "preview", "--run", out, "--format", "json"]),
    /** Starts an audit that can't go on, and kills it when it has come so far. */
    killed: async (hasCome: () => boolean, ...more: string[]): Promise<void> => {
      const command = spawnCommand(argv(more));
      await untilCome(command, hasCome);
      command.child.kill("SIGKILL");
      await command.ended();
    },
    /** Names in one of its folders. */
    names: (name: string): string[] => (existsSync(join(out, name)) ? readdirSync(join(out, name)).sort() : []),
  };
}
