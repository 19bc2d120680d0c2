import { beforeAll, describe, expect, it } from "vitest";
import { packageService, PACKAGING_MS, type PackagedService } from "./packaged.ts";

const SENDER = JSON.stringify({ accounts: [], ingest: { signedEvents: { secrets: ["secret:tagwarden/ingest#a"] } } });

let without: PackagedService;
let withOne: PackagedService;
let asEver: PackagedService;
beforeAll(async () => {
  without = await packageService("dev", { webhooks: "auto" });
  withOne = await packageService("dev", { webhooks: "auto" }, SENDER);
  asEver = await packageService();
}, PACKAGING_MS);

/** Versions are named by their hash, which the packaged configuration is part of. */
const named = ({ resources }: PackagedService) =>
  Object.keys(resources)
    .filter((name) => !name.includes("LambdaVersion"))
    .toSorted();

describe("a service whose configuration names no sender of webhooks", () => {
  it("has no address, and nothing else that anybody may call", () => {
    const all = Object.values(without.resources);
    expect(all.filter(({ Type }) => Type === "AWS::Lambda::Url")).toEqual([]);
    const invokers = all.filter(({ Type }) => Type === "AWS::Lambda::Permission");
    expect(invokers.filter(({ Properties }) => Properties["Principal"] === "*")).toEqual([]);
  });

  it("has no function for them, no role and no alarm about it", () => {
    const gone = named(asEver).filter((name) => !named(without).includes(name));
    expect(gone).toEqual(
      expect.arrayContaining(["IngestErrorsAlarm", "IngestLambdaFunction", "IngestRole", "WebhooksRefusedAlarm"]),
    );
    expect(gone.filter((name) => !/^(Ingest|WebhooksRefusedAlarm$)/.test(name))).toEqual([]);
    expect(JSON.stringify(without.resources)).not.toMatch(/dev-ingest|"ingest"|ingest\*|webhook(?!\*)/);
  });

  it("keeps everything else, the alarm about throttled functions too", () => {
    const { Metrics: left } = without.resources["ThrottlesAlarm"]?.Properties ?? {};
    const { Metrics: all } = asEver.resources["ThrottlesAlarm"]?.Properties ?? {};
    expect(left).toEqual((all as { Id: string }[]).filter(({ Id }) => Id !== "ingest"));
    for (const name of named(without)) {
      if (["ThrottlesAlarm", "Dashboard"].includes(name)) continue;
      const [one, other] = [without, asEver].map(({ resources }) => resources[name]);
      if (one?.Type !== "AWS::Lambda::Function") expect(one, name).toEqual(other);
    }
  });

  it("is packaged without a warning", () => expect(without.output).not.toMatch(/warning|deprecat/i));
});

it("one sender in the configuration, and all of it is there", () => {
  expect(named(withOne)).toEqual(named(asEver));
  expect(Object.values(withOne.resources).filter(({ Type }) => Type === "AWS::Lambda::Url")).toHaveLength(1);
  for (const name of ["IngestRole", "IngestErrorsAlarm", "WebhooksRefusedAlarm", "ThrottlesAlarm", "Dashboard"]) {
    expect(withOne.resources[name], name).toEqual(asEver.resources[name]);
  }
});
