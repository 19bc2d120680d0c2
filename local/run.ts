import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Emulator } from "./emulator/start.ts";
import { saveLocalCloud, startLocalCloud, usedRegions } from "./local-cloud.ts";
import { planRecording, planScenario } from "./local-plan.ts";
import type { LocalResult } from "./local-result.ts";
import { deliverAndAudit, type LocalProgress } from "./local-rounds.ts";
import { startLocalService } from "./local-service.ts";
import { writeLocalSettings } from "./local-settings.ts";
import { LOCAL_SETTLE_SECONDS } from "./scenario-cases.ts";

export type { LocalProgress } from "./local-rounds.ts";

export interface LocalOptions {
  /** A recording: event bodies as text, or as parsed values. Absent = the made scenario. */
  readonly events?: readonly unknown[];
  /** Absent = examples/local/policy.yaml. */
  readonly policyFiles?: readonly { readonly path: string; readonly text: string }[];
  /** Resources of the scenario; 1,200 by default. */
  readonly resources?: number;
  /** Keeps the embedded cloud and its queues in this folder between runs. */
  readonly state?: string;
  /** Where the report goes; `.tagwarden/local` by default. */
  readonly out?: string;
  /** Keeps everything running, schedules included, until this resolves. */
  readonly serve?: (running: {
    readonly result: LocalResult;
    readonly emulator: Emulator;
    readonly queueUrl: string;
  }) => Promise<void>;
  readonly onProgress?: (progress: LocalProgress) => void;
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DEFAULT_RESOURCES = 1200;

/**
 * The main job on the embedded cloud: creates resources, delivers their events through the queue to the functions of
 * serverless.yml, audits before and after, and delivers the same events once more. Throws an InputError where policies or
 * options are wrong.
 */
export async function runLocal(options: LocalOptions = {}): Promise<LocalResult> {
  const startedAt = Date.now();
  const progress = options.onProgress ?? (() => undefined);
  progress({ stage: "start" });
  const plan =
    options.events === undefined
      ? planScenario(options.resources ?? DEFAULT_RESOURCES, options.policyFiles === undefined)
      : planRecording(options.events);
  const folder = options.state ?? mkdtempSync(join(tmpdir(), "tagwarden-local-"));
  const stateFile = options.state === undefined ? undefined : join(options.state, "cloud.json");
  mkdirSync(folder, { recursive: true });
  const emulator = await startLocalCloud(plan, stateFile);
  try {
    const settings = writeLocalSettings({
      folder,
      policyFiles: options.policyFiles ?? [examplePolicy()],
      emulatorConfig: emulator.config(),
      regions: usedRegions([...emulator.world.all(), ...plan.resources]),
      settleSeconds: LOCAL_SETTLE_SECONDS,
      reportAccounts: plan.reportAccounts,
    });
    const failures: string[] = [];
    const service = await startLocalService({
      file: join(ROOT, "serverless.yml"),
      root: ROOT,
      stage: "local",
      params: { policies: settings.policies, config: settings.config },
      environment: { POWERTOOLS_LOG_LEVEL: "SILENT", POWERTOOLS_METRICS_DISABLED: "true" },
      ...(options.state === undefined ? {} : { dataDir: join(options.state, "aws") }),
      schedules: options.serve !== undefined,
      onFailure: (name, error) => failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`),
    });
    try {
      const out = options.out ?? join(".tagwarden", "local");
      const found = await deliverAndAudit({ plan, emulator, service, progress, out });
      const result: LocalResult = {
        ...found,
        expected: found.expected && failures.length === 0,
        failures,
        warnings: settings.warnings,
        durationMs: Date.now() - startedAt,
      };
      await options.serve?.({ result, emulator, queueUrl: service.resources.ref("EnforceQueue") });
      return result;
    } finally {
      await service.close();
    }
  } finally {
    if (stateFile !== undefined) saveLocalCloud(emulator, stateFile);
    await emulator.close();
    if (options.state === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function examplePolicy(): { path: string; text: string } {
  const path = "examples/local/policy.yaml";
  return { path, text: readFileSync(join(ROOT, path), "utf8") };
}
