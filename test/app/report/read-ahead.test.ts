import { describe, expect, it } from "vitest";
import { readAhead } from "../../../lib/app/report/read-ahead.ts";

describe("reading ahead", () => {
  it("reads each object once, in turn, with so many under way and no more", async () => {
    const asked: string[] = [];
    let underWay = 0;
    let most = 0;
    const objects = {
      async get(name: string) {
        asked.push(name);
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return name === "7" ? undefined : new TextEncoder().encode(name);
      },
    };
    const names = Array.from({ length: 50 }, (_, number) => String(number));
    const ahead = readAhead(names, objects, 4);
    const read: string[] = [];
    for (const name of names) read.push(new TextDecoder().decode(await ahead.get(name)));
    expect(read).toEqual(names.map((name) => (name === "7" ? "" : name)));
    expect(asked).toEqual(names);
    // And the one that is waited for.
    expect(most).toBe(5);
  });

  it("tells whoever asks that an object can't be read, and nobody else", async () => {
    const objects = {
      async get(name: string) {
        if (name === "b") throw new Error("the bucket is down");
        return new Uint8Array();
      },
    };
    const ahead = readAhead(["a", "b", "c"], objects, 3);
    await ahead.get("a");
    await new Promise((resolve) => setImmediate(resolve));
    await expect(ahead.get("b")).rejects.toThrow("the bucket is down");
    expect(await ahead.get("c")).toEqual(new Uint8Array());
  });
});
