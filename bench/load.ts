/** 20,000 created resources in bursts through the packaged functions, and again with a function killed every 2 s. */
import { runLoad, type LoadResult } from "./load-run.ts";
import { significant, type Row } from "./measure.ts";

const LOAD = { events: 20_000, bursts: 10, everyMs: 10_000, seed: 1 };
const KILL_EVERY_MS = 2_000;
/** maximumBatchingWindow of enforce in serverless.yml. */
const BATCHING_SECONDS = 5;

export async function run(): Promise<readonly Row[]> {
  const calm = await runLoad(LOAD);
  const killed = await runLoad({ ...LOAD, killEveryMs: KILL_EVERY_MS });
  return [
    ...rows("undisturbed", calm),
    ...rows(`a function killed every ${KILL_EVERY_MS / 1000} s, ${killed.kills} kills`, killed),
    {
      name: "load: end states that differ between the two",
      value: calm.end === killed.end ? 0 : 1,
      unit: "end states",
      goal: "0",
      met: calm.end === killed.end,
    },
  ];
}

function rows(how: string, result: LoadResult): Row[] {
  const { seconds, tookSeconds, lost, deadLetters, highestRate } = result;
  const p95 = seconds[Math.ceil(seconds.length * 0.95) - 1] ?? Number.NaN;
  const name = `load of ${LOAD.events} events in ${LOAD.bursts} bursts, ${how}`;
  const dead = Object.values(deadLetters).reduce((sum, count) => sum + count, 0);
  return [
    { name: `${name}: lost`, value: lost.length, unit: "events", goal: "0", met: lost.length === 0 },
    { name: `${name}: dead letters, sent again at the end`, value: dead, unit: "messages" },
    {
      name: `${name}: queue to tagged, p95`,
      value: significant(p95),
      unit: "s",
      floor: { name: "batching window", value: BATCHING_SECONDS },
    },
    { name: `${name}: throughput`, value: significant(LOAD.events / tookSeconds), unit: "events/s" },
    {
      name: `${name}: highest rate in ten seconds, ${highestRate.bucket}`,
      value: significant(highestRate.perSecond),
      unit: "calls/s",
      floor: { name: "our share", value: highestRate.share },
      ratio: significant(highestRate.perSecond / highestRate.share),
      goal: `<= ${highestRate.share}`,
      met: highestRate.perSecond <= highestRate.share,
    },
  ];
}
