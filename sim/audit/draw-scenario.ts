import type { AccountConfig } from "../../lib/core/config/config.ts";
import { createKeyring, projectIdOf } from "../../local/emulator/keyring.ts";
import { createDice, type Dice } from "../dice.ts";
import { policySets } from "../policies.ts";
import { drawAftermath } from "./draw-aftermath.ts";
import { drawGeneric } from "./draw-generic.ts";
import { drawFaults } from "./draw-faults.ts";
import { drawResources } from "./draw-resources.ts";
import { START, type AuditScenario, type FunctionTime } from "./scenario.ts";

/** Quick ones hand on often; the last is as serverless.yml has it. */
const TIMES: readonly [FunctionTime, ...FunctionTime[]] = [
  { timeoutMs: 20_000, reserveMs: 10_000, callMs: 4_000 },
  { timeoutMs: 24_000, reserveMs: 9_000, callMs: 4_000 },
  { timeoutMs: 300_000, reserveMs: 30_000, callMs: 10_000 },
];

/** One seed = one schedule: everything that is decided before time begins. */
export function drawScenario(seed: number): AuditScenario {
  const dice = createDice(seed ^ 0x2545f491);
  const policies = dice.pick([policySets[0], policySets[1], policySets[2]]);
  if (policies === undefined) throw new Error("there are three policy sets");
  const runsAt = [START];
  if (dice.chance(0.35)) runsAt.push(START + dice.pick([50, 5_000, 120_000, 1_800_000, 7_200_000]));
  const { faults, mishaps, hiccups, names } = drawFaults(dice);
  const accounts = drawAccounts(dice);
  const resources = drawResources(dice, runsAt);
  const { generic, ...drawn } = drawGeneric(seed, { accounts, resources, runsAt, faults });
  return {
    ...drawAftermath(seed, { ...drawn, runsAt }),
    seed,
    policies,
    faults: drawn.faults,
    generic,
    mishaps,
    hiccups,
    faultNames: names,
    people: { actions: dice.chance(0.8) ? dice.int(5, 60) : 0, meddling: dice.pick([0, 0, 0.01, 0.05]) },
    time: dice.pick(TIMES),
    sizes: {
      window: dice.int(10, 60),
      provenWindow: dice.pick([600, 150, 20]),
      sightingsHeld: dice.int(15, 120),
      charactersHeld: 2_000_000,
      linesPerPart: dice.int(8, 60),
    },
    tokenMs: dice.pick([900_000, 900_000, 5_000, 500]),
  };
}

/** The accounts of the embedded cloud, with its own keys. */
function drawAccounts(dice: Dice): AccountConfig[] {
  const keyring = createKeyring();
  const base = () => ({
    mode: "enforce" as const,
    writesPerHour: 2_000,
    ...(dice.chance(0.7) && { callsPerSecond: { read: dice.pick([0.4, 0.5, 1, 10]), write: 1 } }),
  });
  const alibaba = (account: string, regions: readonly string[]): AccountConfig => {
    const { keyId, secret } = keyring.add("alibaba", account);
    const credentials = { accessKeyId: keyId, accessKeySecret: secret };
    return { ...base(), provider: "alibaba", account, regions, credentials };
  };
  const huawei = keyring.add("huawei", "d0001");
  const aws = keyring.add("aws", "444455556666");
  return [
    alibaba("111122223333", ["cn-hangzhou", "cn-beijing"]),
    alibaba("222233334444", ["cn-hangzhou"]),
    {
      ...base(),
      provider: "huawei",
      account: "d0001",
      regions: ["cn-north-4"],
      projects: { "cn-north-4": projectIdOf("d0001", "cn-north-4") },
      credentials: { accessKey: huawei.keyId, secretKey: huawei.secret },
    },
    {
      ...base(),
      provider: "aws",
      account: "444455556666",
      regions: ["us-east-1", "eu-west-1"],
      partition: "aws",
      inventory: "none",
      credentials: { accessKeyId: aws.keyId, secretAccessKey: aws.secret },
    },
  ];
}
