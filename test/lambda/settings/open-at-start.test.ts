import { expect, test } from "vitest";
import { InputError } from "../../../lib/core/errors.ts";
import { SettingsUnavailable } from "../../../lib/lambda/settings/load-json.ts";
import { openAtStart } from "../../../lib/lambda/settings/open-at-start.ts";

/** Fails as these say, in their order, and then opens. */
function opening(...failures: readonly Error[]) {
  let tries = 0;
  const open = async () => {
    const failure = failures[tries];
    tries += 1;
    if (failure !== undefined) throw failure;
    return `opened at try ${tries}`;
  };
  return open;
}

test("what opens at the cold start is opened once", async () => {
  const opened = await openAtStart(opening());
  expect([await opened(), await opened()]).toEqual(["opened at try 1", "opened at try 1"]);
});

test("a bucket that is down lets the function start, and each call tries again until it opens", async () => {
  const down = new SettingsUnavailable("S3 is down");
  const opened = await openAtStart(opening(down, down));
  await expect(opened()).rejects.toThrow("S3 is down");
  expect([await opened(), await opened()]).toEqual(["opened at try 3", "opened at try 3"]);
});

test("what is wrong with the package lets no function start", async () => {
  await expect(openAtStart(opening(new InputError("no JSON")))).rejects.toThrow("no JSON");
});
