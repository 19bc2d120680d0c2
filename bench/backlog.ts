/** A backlog whose reads are slow, in virtual time: how long it takes, against what its reads take at enforcement's rate. */
import { workOff } from "../test/app/enforce/backlog.ts";
import { instance, user } from "../test/app/enforce-world.ts";
import { significant, type Row } from "./measure.ts";

const EVENTS = 10_000;
const READS_PER_SECOND = 5;
/** What audits leave to enforcement while it works. */
const PART = 0.5;
const RATIO = 1.2;

export async function run(): Promise<readonly Row[]> {
  const slow = { callsPerSecond: { read: READS_PER_SECOND, write: 50 }, hours: 24 };
  const each = await workOff({ make: user, messages: EVENTS, ...slow });
  const one = await workOff({ make: instance, messages: 1, perMessage: EVENTS, processes: 2, hours: 24 });
  const floor = EVENTS / (READS_PER_SECOND * PART) / 60;
  const ratio = each.minutes / floor;
  const name = `backlog of ${EVENTS} events, reads one by one at ${READS_PER_SECOND} calls/s`;
  const isDone = each.left.length === 0 && each.tagged === EVENTS;
  return [
    {
      name: `${name}: until all is tagged`,
      value: significant(each.minutes),
      unit: "min",
      floor: { name: "reads at enforcement's part of the rate", value: significant(floor) },
      ratio: significant(ratio),
      goal: `ratio <= ${RATIO}`,
      met: isDone && ratio <= RATIO,
    },
    zero(`${name}: invocations that wrote nothing`, each.invocations.filter(({ tagged }) => tagged === 0).length),
    zero(`one event of ${EVENTS} resources at documented rates: left`, EVENTS - one.tagged + one.left.length),
  ];
}

function zero(name: string, value: number): Row {
  return { name, value, unit: "count", goal: "0", met: value === 0 };
}
