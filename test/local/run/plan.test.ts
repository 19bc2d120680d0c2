import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { planRecording } from "../../../local/run/plan.ts";
import { startEmulator } from "../../../local/emulator/start.ts";

test("of somebody's recording it is counted how many events created nothing", async () => {
  const recorded = JSON.parse(readFileSync("examples/events/cloudtrail.json", "utf8")) as {
    readonly Records: unknown[];
  };
  const plan = planRecording(recorded.Records);
  const emulator = await startEmulator();
  const { events, notCreations } = plan.compose(Date.now(), emulator);
  await emulator.close();
  expect([events.length, notCreations]).toEqual([4, 2]);
});
