import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { ndjson, POLICY, runMain, temporaryFolder, type Ran, type RunOptions } from "../run-main.ts";

const ALIBABA = { account: "111122223333", region: "cn-hangzhou" };
export const GROUP = { type: "alibaba:apigateway:apiGroup", ...ALIBABA };
export const IPAM = { type: "alibaba:vpcipam:IPAM", ...ALIBABA };
export const GATEWAY = { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4" };
export const USER = { type: "huawei:iam:user", account: "d0001", region: "global" };
export const INSTANCE = { type: "aws:ec2:instance", account: "444455556666", region: "us-east-1" };
export const arn = (id: string): string => `arn:aws:ec2:us-east-1:444455556666:instance/${id}`;

const RESOURCES: readonly EmulatedResource[] = [
  { ...GROUP, id: "g1", tags: { env: "prod", owner: "web" } },
  { ...GROUP, id: "g2", tags: { env: "prod" } },
  { ...IPAM, id: "ipam-1", tags: { env: "moon" } },
  { ...GATEWAY, id: "gw1", tags: {} },
  { ...USER, id: "u1", tags: {} },
  { ...INSTANCE, id: arn("i-1"), tags: { owner: "a" } },
];

export interface Enforced {
  readonly run?: string;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly resources: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly code?: string;
    readonly message?: string;
  }[];
}

/** Where a resource is, as commands are told of it. */
interface Place {
  readonly type: string;
  readonly account: string;
  readonly region: string;
}

export function placeArguments({ type, account, region }: Place): readonly string[] {
  return Object.entries({ type, account, region }).flatMap(([name, value]) => [`--${name}`, value]);
}

/** Six resources on three emulated clouds, and the files that lead a command there; afresh for each test. */
export interface Clouds {
  readonly emulator: Emulator;
  readonly folder: string;
  /** Paths of files in the folder. A test may name another configuration. */
  config: string;
  readonly policy: string;
  readonly resources: string;
  tagsOf(id: string): Readonly<Record<string, string>> | undefined;
  enforce(...more: string[]): Promise<Ran & { readonly json: Enforced }>;
  /** The folder of the journal. */
  readonly journal: string;
  /** `tagwarden tags <verb>`; what it writes is journaled in the folder. */
  tags(verb: string, place: Place, ...more: string[]): Promise<Ran>;
  tagsWith(options: RunOptions, verb: string, place: Place, ...more: string[]): Promise<Ran>;
}

/** Stands at the head of a file of tests. */
export function useClouds(): Clouds {
  let emulator: Emulator;
  let folder: string;
  let config: string;
  const at = (name: string): string => join(folder, name);
  const tagsArguments = (verb: string, place: Place, more: readonly string[]): string[] => {
    const journal = verb === "list" ? [] : ["--journal", at("journal")];
    return ["tags", verb, "--config", config, ...journal, ...placeArguments(place), ...more];
  };

  beforeAll(async () => {
    emulator = await startEmulator({ resources: RESOURCES, inventoryDelayMs: 0 });
  });

  afterAll(() => emulator.close());

  beforeEach(async () => {
    emulator.reset();
    folder = await temporaryFolder();
    config = at("config.yaml");
    writeFileSync(config, stringify(emulator.config()));
    writeFileSync(at("policy.yaml"), POLICY);
    writeFileSync(at("resources.ndjson"), ndjson(RESOURCES));
  });

  return {
    get emulator() {
      return emulator;
    },
    get folder() {
      return folder;
    },
    get config() {
      return config;
    },
    set config(path) {
      config = path;
    },
    get policy() {
      return at("policy.yaml");
    },
    get resources() {
      return at("resources.ndjson");
    },
    tagsOf: (id) => [...emulator.world.all()].find((resource) => resource.id === id)?.tags,
    get journal() {
      return at("journal");
    },
    tags: (verb, place, ...more) => runMain(tagsArguments(verb, place, more)),
    tagsWith: (options, verb, place, ...more) => runMain(tagsArguments(verb, place, more), options),
    async enforce(...more) {
      const argv = ["enforce", "--policy", at("policy.yaml"), "--config", config, "--journal", at("journal"), ...more];
      const ran = await runMain(argv);
      return { ...ran, json: JSON.parse(ran.stdout === "" ? "null" : ran.stdout) as Enforced };
    },
  };
}
