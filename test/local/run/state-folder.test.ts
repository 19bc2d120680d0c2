import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../lib/core/errors.ts";
import { openAppendLog } from "../../../local/run/append-log.ts";
import { beginRun, type BeginRun } from "../../../local/run/progress.ts";
import { lockFolder } from "../../../local/service/state-lock.ts";
import { spawnWaiting } from "./spawn-waiting.ts";

const temporary = (): string => mkdtempSync(join(tmpdir(), "tagwarden-test-"));
const silent = (): void => undefined;

describe("a log", () => {
  it("has the entries again that were appended before", () => {
    const path = join(temporary(), "some.log");
    const log = openAppendLog(path, silent);
    log.append({ did: "one" });
    log.append({ did: "two" });
    // Not closed: a process that is killed doesn't either.
    expect(openAppendLog(path, silent).entries).toEqual([{ did: "one" }, { did: "two" }]);
  });

  it("cuts off a last line that was never finished, and says so", () => {
    const path = join(temporary(), "some.log");
    writeFileSync(path, '{"did":"one"}\n{"did":"tw');
    const notes: string[] = [];
    const log = openAppendLog(path, (note) => notes.push(note));
    log.append({ did: "three" });
    expect(log.entries).toEqual([{ did: "one" }]);
    expect(readFileSync(path, "utf8")).toBe('{"did":"one"}\n{"did":"three"}\n');
    expect(notes).toEqual([`${path}: cut off the last 10 bytes, a line that was never finished`]);
  });

  it("cuts a line within a character without harm", () => {
    const path = join(temporary(), "some.log");
    writeFileSync(path, Buffer.concat([Buffer.from('"é"\n"'), Buffer.from("é").subarray(0, 1)]));
    expect(openAppendLog(path, silent).entries).toEqual(["é"]);
  });

  it("refuses another line that can't be read, and names it", () => {
    const path = join(temporary(), "some.log");
    writeFileSync(path, '"one"\n{"tw\n"three"\n');
    expect(() => openAppendLog(path, silent)).toThrow(
      new InputError(`${path}: line 2 is not JSON. Remove the folder to start afresh.`),
    );
  });
});

describe("the lock of a folder", () => {
  it("is refused while another process has it, and names that process", async () => {
    const folder = temporary();
    const holder = await spawnWaiting("local/service/state-lock.ts", "lockFolder", folder);
    expect(() => lockFolder(folder)).toThrow(new RegExp(`another local run \\(process ${holder.pid}\\) is using it`));
    await holder.kill();
  });

  it("is free as soon as the process that had it was killed", async () => {
    const folder = temporary();
    const holder = await spawnWaiting("local/service/state-lock.ts", "lockFolder", folder);
    await holder.kill();
    lockFolder(folder).release();
  });

  it("is refused within the same process too, until it is released", () => {
    const folder = temporary();
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(InputError);
    lock.release();
    lockFolder(folder).release();
  });
});

describe("a run's progress", () => {
  const request: BeginRun = { identity: "a", known: () => ["r1"], stateFolder: undefined, onNote: silent };

  it("goes on where a run of the same request stood", () => {
    const stateFolder = temporary();
    const first = beginRun({ ...request, stateFolder });
    first.mark({ created: true });
    first.mark({ sentFirst: 20 });
    const second = beginRun({ ...request, stateFolder, known: () => ["another"] });
    expect(second).toMatchObject({ resumed: true, steps: { known: ["r1"], created: true, sentFirst: 20 } });
  });

  it("begins anew after a run that finished", () => {
    const stateFolder = temporary();
    beginRun({ ...request, stateFolder }).mark({ created: true, finished: true });
    const second = beginRun({ ...request, stateFolder });
    expect(second.resumed).toBe(false);
    expect(second.steps.created).toBeUndefined();
  });

  it("refuses another request while a run has not finished", () => {
    const stateFolder = temporary();
    beginRun({ ...request, stateFolder });
    expect(() => beginRun({ ...request, stateFolder, identity: "b" })).toThrow(/an unfinished run with other events/);
  });

  it("begins anew where the process was killed before the first line was whole", () => {
    const stateFolder = temporary();
    appendFileSync(join(stateFolder, "run.log"), '{"identity":"a","sta');
    expect(beginRun({ ...request, stateFolder, identity: "b" }).resumed).toBe(false);
  });
});
