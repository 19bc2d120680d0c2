import { describe, expect, it } from "vitest";
import { certificateKeys } from "../../../lib/app/ingest/certificates.ts";
import { file, NOW } from "../../fixtures/webhooks/signing.ts";

function counted(answer: (url: string) => Promise<string>) {
  const fetched: string[] = [];
  const keys = certificateKeys(async (url) => {
    fetched.push(url);
    return answer(url);
  });
  return { keys, fetched };
}

describe("certificates", () => {
  it("are fetched once by requests that come together", async () => {
    const { keys, fetched } = counted(async () => file("signing.pem"));
    await Promise.all([keys("a", NOW), keys("a", NOW), keys("a", NOW)]);
    expect(fetched).toEqual(["a"]);
  });

  it("are asked for again 5 seconds after a failure, not before", async () => {
    let isUp = false;
    const { keys, fetched } = counted(async () => {
      if (!isUp) throw new Error("refused");
      return file("signing.pem");
    });
    expect((await keys("a", NOW)).kind).toBe("unavailable");
    isUp = true;
    expect((await keys("a", NOW + 4_999)).kind).toBe("unavailable");
    expect((await keys("a", NOW + 5_000)).kind).toBe("key");
    expect(fetched).toHaveLength(2);
  });

  it("are kept for 16 addresses, the latest of them", async () => {
    const { keys, fetched } = counted(async () => file("signing.pem"));
    for (let index = 0; index < 17; index++) await keys(String(index), NOW);
    await keys("16", NOW + 10_000);
    expect(fetched).toHaveLength(17);
    await keys("0", NOW + 10_000);
    expect(fetched).toHaveLength(18);
  });

  it("stay, whatever addresses that give none somebody invents", async () => {
    const { keys, fetched } = counted(async (url) => {
      if (url !== "good") throw new Error("refused");
      return file("signing.pem");
    });
    await keys("good", NOW);
    for (let index = 0; index < 100; index++) await keys(String(index), NOW);
    expect((await keys("good", NOW + 60_000)).kind).toBe("key");
    expect(fetched.filter((url) => url === "good")).toHaveLength(1);
  });
});
