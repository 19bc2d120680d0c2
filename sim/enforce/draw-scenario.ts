import type { AccountConfig } from "../../lib/core/config/config.ts";
import { createDice, type Dice } from "../dice.ts";
import { policySets } from "../policies.ts";
import { drawFaults } from "./draw-faults.ts";
import { drawGeneric } from "./draw-generic.ts";
import { drawResources } from "./draw-resources.ts";
import { START, type Scenario, type SimBody, type SimMessage, type SimResource } from "./scenario.ts";

const HOUR_MS = 3_600_000;
/** Mostly less than the day that a deployed function waits: whatever waits for a day makes a long schedule. */
const WAITS = [HOUR_MS / 2, HOUR_MS, 2 * HOUR_MS] as const;
const DAYS = 0.04;

/** One sender that speaks for one account. */
const SENDER = "alibabaEventBridge";
const SPOKEN_FOR = "111122223333";
const INGEST = { [SENDER]: { tokens: [], accounts: [SPOKEN_FOR] } };

/** One seed = one schedule: everything that is decided before time begins. */
export function drawScenario(seed: number): Scenario {
  const dice = createDice(seed);
  const policies = dice.pick([policySets[0], policySets[1], policySets[2]]);
  if (policies === undefined) throw new Error("there are three policy sets");
  const plain = drawAccounts(dice);
  const others = drawResources(dice, plain);
  const { bodies, messages } = drawMessages(dice, others);
  const { faults, mishaps, hiccups, names } = drawFaults(dice);
  // Dice of its own: what is drawn of the other rows stays as it is.
  const ownDice = createDice(seed ^ 0x3c6ef372);
  const generic = drawGeneric(ownDice, plain);
  const accounts = generic?.accounts ?? plain;
  const more = drawMessages(ownDice, generic?.resources ?? [], bodies.length);
  return {
    seed,
    policies,
    accounts,
    mode: dice.chance(0.03) ? "report" : "enforce",
    settleSeconds: dice.pick([900, 900, 300, 60]),
    resources: [...others, ...(generic?.resources ?? [])],
    bodies: [...bodies, ...more.bodies],
    messages: [...messages, ...more.messages],
    faults: [...faults, ...(generic?.faults ?? [])],
    mishaps,
    hiccups,
    waitMs: dice.chance(DAYS) ? 24 * HOUR_MS : dice.pick(WAITS),
    settingsInStore: dice.chance(0.3),
    roles: new Set(accounts.filter(() => dice.chance(0.5)).map(({ account }) => account)),
    ingest: INGEST,
    faultNames: names,
    people: { actions: dice.chance(0.7) ? dice.int(5, 60) : 0, meddling: dice.pick([0, 0, 0.01, 0.05]) },
    containers: dice.int(1, 5),
    batchSize: dice.pick([10, 30, 100, 100]),
    errorsNameResource: dice.chance(0.5),
    generic: generic?.row ?? { rowsPerPage: 1_000, arnsAsSent: false },
  };
}

function drawAccounts(dice: Dice): AccountConfig[] {
  const base = () => ({
    mode: dice.chance(0.06) ? ("report" as const) : ("enforce" as const),
    writesPerHour: dice.chance(0.15) ? dice.int(8, 30) : 2_000,
    ...(dice.chance(0.4) && {
      callsPerSecond: { read: dice.pick([2, 10, 25, 1_000]), write: dice.pick([1, 5, 25, 1_000]) },
    }),
  });
  const secret = { accessKeyId: "", accessKeySecret: "" };
  return [
    {
      ...base(),
      provider: "alibaba",
      account: "111122223333",
      regions: ["cn-hangzhou", "cn-beijing"],
      credentials: secret,
    },
    { ...base(), provider: "alibaba", account: "222233334444", regions: ["cn-hangzhou"], credentials: secret },
    {
      ...base(),
      provider: "huawei",
      account: "d0001",
      regions: ["cn-north-4"],
      projects: {},
      credentials: { token: "" },
    },
    {
      ...base(),
      provider: "aws",
      account: "444455556666",
      regions: ["us-east-1", "eu-west-1"],
      partition: "aws",
      inventory: "none",
    },
  ];
}

/** Every resource is in a message; some messages name several, and some resources are in several messages. */
function drawMessages(
  dice: Dice,
  resources: readonly SimResource[],
  firstBody = 0,
): { bodies: SimBody[]; messages: SimMessage[] } {
  const bodies: SimBody[] = [];
  const messages: SimMessage[] = [];
  const isTogether = dice.chance(0.3);
  const largest = isTogether && dice.chance(0.3) ? 60 : 4;
  const waves = Array.from({ length: dice.int(1, 3) }, () => dice.between(2_000, 60_000));
  const add = (body: SimBody, notBefore: number) => {
    bodies.push(body);
    const wave = (waves[dice.int(0, waves.length - 1)] ?? 0) + dice.between(0, 1_000);
    const delay = dice.chance(0.04) ? dice.between(60_000, 1_200_000) : wave;
    const number = firstBody + bodies.length - 1;
    messages.push({ body: number, sentAt: notBefore + delay });
    if (dice.chance(0.05)) messages.push({ body: number, sentAt: notBefore + dice.between(500, 300_000) });
  };
  const own = resources.filter(({ isStranger }) => !isStranger);
  for (let index = 0; index < own.length;) {
    const count = isTogether ? dice.int(1, largest) : 1;
    const together = own.slice(index, index + count);
    index += count;
    const isSpokenFor = together.every(({ ref }) => ref.account === SPOKEN_FOR);
    const brought = isSpokenFor && dice.chance(0.3) ? { sender: SENDER } : {};
    add({ kind: "created", resources: together, ...brought }, Math.max(...together.map(({ createdAt }) => createdAt)));
    if (dice.chance(0.05)) add({ kind: "created", resources: dice.shuffle(together) }, START + 60_000);
  }
  for (const stranger of resources.filter(({ isStranger }) => isStranger)) {
    const isOthers = stranger.ref.account !== SPOKEN_FOR && dice.chance(0.7);
    const wrong = isOthers ? { sender: SENDER } : { forged: "the envelope names another account" };
    add({ kind: "created", resources: [stranger], ...wrong }, stranger.createdAt);
  }
  if (dice.chance(0.2)) add({ kind: "unreadable" }, START);
  if (dice.chance(0.5)) add({ kind: "not-a-creation" }, START);
  return { bodies, messages };
}
