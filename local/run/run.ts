import { messageOf } from "../../lib/core/errors.ts";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Mode } from "../../lib/core/mode.ts";
import { resourceKey } from "../../lib/core/resource.ts";
import type { Emulator } from "../emulator/start.ts";
import { isPublished, ROOT } from "../published.ts";
import { LOCAL_SETTLE_SECONDS } from "../scenario/cases.ts";
import { startLocalService, type LocalService } from "../service/service.ts";
import { lockFolder } from "../service/state-lock.ts";
import { startAlertReceiver, type AlertReceiver } from "./alert-receiver.ts";
import { startLocalCloud, usedRegions, type LocalCloud } from "./cloud.ts";
import { planRecording, planScenario, type LocalPlan } from "./plan.ts";
import { beginRun, type RunProgress } from "./progress.ts";
import type { LocalResult } from "./result.ts";
import { deliverAndAudit, reportBucket, type LocalProgress } from "./rounds.ts";
import { tellTagChanges } from "./tell-tag-changes.ts";
import { serveReport } from "./serve-report.ts";
import { writeLocalSettings } from "./settings.ts";

export type { LocalProgress } from "./rounds.ts";

export interface LocalOptions {
  /** A recording: event bodies as text, or as parsed values. Absent = the made scenario. */
  readonly events?: readonly unknown[];
  /** Absent = examples/local/policy.yaml. */
  readonly policyFiles?: readonly { readonly path: string; readonly text: string }[];
  /** Resources of the scenario; 1,200 by default. */
  readonly resources?: number;
  /** Keeps the embedded cloud, its queues and the run's own progress in this folder. */
  readonly state?: string;
  /** The deployment's parameter `mode`. Absent = what serverless.yml says by default, under which nothing is written. */
  readonly mode?: Mode;
  /** Where the report goes; `.tagwarden/local` by default. */
  readonly out?: string;
  /** Keeps everything running, schedules included, until this resolves. */
  readonly serve?: (running: {
    readonly result: LocalResult;
    readonly emulator: Emulator;
    readonly queueUrl: string;
    /** The page of the latest audit, for a browser. */
    readonly reportAddress: string;
    readonly service: LocalService;
  }) => Promise<void>;
  /** Runs the functions in this process, from their sources, instead of packaging them. What npm installs does so always. */
  readonly inProcess?: boolean;
  /** More of a configuration file, such as `ingest` and `alerts`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Path of another serverless.yml than the checkout's. */
  readonly serviceFile?: string;
  readonly onProgress?: (progress: LocalProgress) => void;
  /** Ends at once what other processes do for it. */
  readonly signal?: AbortSignal;
  /** Told what a person should know of the state's folder. */
  readonly onNote?: (note: string) => void;
}

const DEFAULT_RESOURCES = 1200;
/**
 * What nothing puts right is given up after eleven seconds, when it has come back once or twice: a day is long on a laptop.
 * No resource of the scenario takes that long to become visible, and none comes back for another reason.
 */
const WAIT_HOURS = "0.003";
/** Nothing in an audit is to be given up here, however slow the machine is. */
const AUDIT_WAIT_HOURS = "0.1";
/** The last events of a delivery wait this long for more instead of five seconds. */
const LONGEST_WINDOW_SECONDS = 1;

/**
 * The main job on the embedded cloud: creates resources, delivers their events through the queue to the functions of
 * serverless.yml, audits before and after, and delivers the same events once more. With `state`, a run that was killed
 * goes on where it stood. Throws an InputError where policies or options are wrong, or another run uses the folder.
 */
export async function runLocal(options: LocalOptions = {}): Promise<LocalResult> {
  const startedAt = Date.now();
  const progress = options.onProgress ?? (() => undefined);
  progress({ stage: "start" });
  const plan =
    options.events === undefined
      ? planScenario(options.resources ?? DEFAULT_RESOURCES, options.policyFiles === undefined)
      : planRecording(options.events);
  const opened = new AsyncDisposableStack();
  try {
    const running = await open(options, plan, opened);
    const { cloud, service, steps, failures } = running;
    const found = await deliverAndAudit({ plan, cloud, service, steps, progress, out: outOf(options) });
    const result: LocalResult = {
      ...found,
      expected: found.expected && failures.length === 0,
      failures,
      warnings: running.warnings,
      alerts: running.chats.told(),
      durationMs: Date.now() - startedAt,
    };
    steps.mark({ finished: true });
    if (options.serve !== undefined) {
      const served = await serveReport(reportBucket(service));
      opened.defer(() => served.close());
      const queueUrl = service.resources.ref("EnforceQueue");
      // While it runs on, whoever takes tags off is heard; before, all that writes is enforcement itself.
      const onFailure = (error: unknown) => void failures.push(`tag change: ${messageOf(error)}`);
      cloud.follow(tellTagChanges({ world: cloud.emulator.world, sqs: service.sqs, queueUrl, onFailure }));
      await options.serve({ result, emulator: cloud.emulator, queueUrl, reportAddress: served.address, service });
    }
    return result;
  } finally {
    await opened.disposeAsync();
  }
}

interface Running {
  readonly cloud: LocalCloud;
  readonly service: LocalService;
  readonly steps: RunProgress;
  /** Grows while the run goes on. */
  readonly failures: string[];
  readonly warnings: readonly string[];
  readonly chats: AlertReceiver;
}

/** Opens the folder and starts the clouds and the service; `opened` closes them, the last one first. */
async function open(options: LocalOptions, plan: LocalPlan, opened: AsyncDisposableStack): Promise<Running> {
  const { state: stateFolder, onNote = () => undefined } = options;
  const folder = openFolder(stateFolder, opened);
  const cloud = await startLocalCloud(plan, { ...(stateFolder === undefined ? {} : { stateFolder }), onNote });
  opened.defer(() => cloud.close());
  const { world } = cloud.emulator;
  const policyFiles = options.policyFiles ?? [examplePolicy()];
  const asked = [options.events, policyFiles, options.resources];
  const steps = beginRun({
    identity: createHash("sha256").update(JSON.stringify(asked)).digest("hex"),
    known: () => Array.from(world.all(), resourceKey),
    stateFolder,
    onNote,
  });
  opened.defer(() => steps.close());
  const chats = await startAlertReceiver();
  opened.defer(() => chats.close());
  const settings = writeLocalSettings({
    folder,
    policyFiles,
    emulatorConfig: cloud.emulator.config(),
    regions: usedRegions([...world.all(), ...plan.resources]),
    settleSeconds: LOCAL_SETTLE_SECONDS,
    reportAccounts: plan.reportAccounts,
    more: { alerts: chats.alerts, ...options.config },
  });
  const failures: string[] = [];
  const deployParams = {
    waitHours: WAIT_HOURS,
    auditWaitHours: AUDIT_WAIT_HOURS,
    ...(options.mode !== undefined && { mode: options.mode }),
  };
  const packaged = {
    deployParams,
    cache: join(ROOT, ".tagwarden", "packages"),
    folder: join(resolve(folder), "functions"),
    logs: join(outOf(options), "logs"),
    deploy: { "policies.json": settings.policies, "config.json": settings.config },
    signal: options.signal,
  };
  const service = await startLocalService({
    file: options.serviceFile ?? join(ROOT, "serverless.yml"),
    root: ROOT,
    stage: "local",
    params: {
      policies: settings.policies,
      config: settings.config,
      ...deployParams,
    },
    environment: { POWERTOOLS_LOG_LEVEL: "SILENT", POWERTOOLS_METRICS_DISABLED: "true" },
    ...(options.inProcess === true || isPublished ? {} : { packaged }),
    ...(stateFolder === undefined ? {} : { dataDir: join(stateFolder, "aws") }),
    schedules: options.serve !== undefined,
    longestWindowSeconds: LONGEST_WINDOW_SECONDS,
    onFailure: (name, error) => failures.push(`${name}: ${messageOf(error)}`),
  });
  opened.defer(() => service.close());
  return { cloud, service, steps, failures, warnings: settings.warnings, chats };
}

function outOf({ out }: LocalOptions): string {
  return out ?? join(".tagwarden", "local");
}

/** The state's folder, for this process alone, or one that goes with the run. */
function openFolder(stateFolder: string | undefined, opened: AsyncDisposableStack): string {
  if (stateFolder === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "tagwarden-local-"));
    opened.defer(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }
  mkdirSync(stateFolder, { recursive: true });
  const lock = lockFolder(stateFolder);
  opened.defer(() => lock.release());
  return stateFolder;
}

function examplePolicy(): { path: string; text: string } {
  const path = "examples/local/policy.yaml";
  return { path, text: readFileSync(join(ROOT, path), "utf8") };
}
