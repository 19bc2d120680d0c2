import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SeenLedger, SeenPlace } from "../../../lib/app/ports/seen.ts";
import type { ResourceRef } from "../../../lib/core/resource.ts";
import { memorySeen } from "../../../lib/sinks/dynamo/memory-seen.ts";
import { dynamoSeen } from "../../../lib/sinks/dynamo/seen.ts";
import { openAws, TABLE } from "../aws-clients.ts";

let aws: Awaited<ReturnType<typeof openAws>>;
beforeAll(async () => {
  aws = await openAws();
});
afterAll(() => aws.close());

const AT = Date.UTC(2026, 10, 22, 2);
const TYPES = { app: "alibaba:apigateway:app", ec2: "aws:ec2:instance" };
let accounts = 0;
/** A resource in an account that no other test uses. */
const fresh = (type: string): ResourceRef => ({ type, account: `a-${(accounts += 1)}`, region: "r-1", id: "i1" });

/** All pages of a place, by id. */
async function listed(ledger: SeenLedger, place: SeenPlace): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  let token: string | undefined;
  do {
    const page = await ledger.list(place, token);
    for (const { id, lastSeen } of page.resources) {
      expect(found.has(id)).toBe(false);
      found.set(id, lastSeen);
    }
    token = page.nextToken;
  } while (token !== undefined);
  return found;
}

describe.each([
  ["memory", () => memorySeen(7)],
  ["DynamoDB", () => dynamoSeen({ client: aws.dynamodb, table: TABLE })],
] as const)("the ledger of seen resources in %s", (_, open) => {
  it("lists what was noted, more than one write and one page of it, each once", async () => {
    const ledger = open();
    const app = fresh(TYPES.app);
    // Long ids, so that DynamoDB's page of 1 MB doesn't hold them all.
    const ids = Array.from({ length: 1_300 }, (_unused, n) => `${"x".repeat(900)}-${n}`);
    const refs = ids.map((id) => ({ ...app, id }));
    await ledger.note(refs, AT);
    await ledger.note(refs.slice(0, 30), AT);
    expect([...(await listed(ledger, app)).keys()].toSorted()).toEqual(ids.toSorted());
  });

  it("moves the time on where a resource is noted again", async () => {
    const ledger = open();
    const app = fresh(TYPES.app);
    await ledger.note([app], AT);
    await ledger.note([app], AT + 5);
    expect(await listed(ledger, app)).toEqual(new Map([["i1", AT + 5]]));
  });

  it.each<[string, Partial<ResourceRef>]>([
    ["type", { type: "alibaba:apigateway:apiGroup" }],
    ["type that only begins alike", { type: "alibaba:apigateway:application" }],
    ["account", { account: "another" }],
    ["region", { region: "r-2" }],
  ])("keeps resources of another %s apart", async (_name, other) => {
    const ledger = open();
    const app = fresh(TYPES.app);
    await ledger.note([{ ...app, ...other }], AT);
    expect((await listed(ledger, app)).size).toBe(0);
    expect((await listed(ledger, { ...app, ...other })).size).toBe(1);
  });

  it("lists all types of AWS as one, and as themselves", async () => {
    const ledger = open();
    const ec2 = fresh(TYPES.ec2);
    const queue = { ...ec2, type: "aws:sqs:queue", id: "q" };
    await ledger.note([ec2, queue, { ...ec2, region: "r-2", id: "elsewhere" }], AT);
    expect(new Set((await listed(ledger, { ...ec2, type: "aws:*:*" })).keys())).toEqual(new Set([ec2.id, queue.id]));
    expect([...(await listed(ledger, queue)).keys()]).toEqual([queue.id]);
  });

  it("forgets what is gone, unless an event has told of it since", async () => {
    const ledger = open();
    const app = fresh(TYPES.app);
    const later = { ...app, id: "i2" };
    await ledger.note([app], AT);
    await ledger.note([later], AT + 10);
    await ledger.forget([app, later, { ...app, id: "never noted" }], AT + 5);
    expect([...(await listed(ledger, app)).keys()]).toEqual(["i2"]);
  });

  it("says in which project a resource lies, where it was told", async () => {
    const ledger = open();
    const app = fresh(TYPES.app);
    await ledger.note(
      [
        { ...app, project: "p1" },
        { ...app, id: "i2" },
      ],
      AT,
    );
    const { resources } = await ledger.list(app, undefined);
    expect(new Map(resources.map(({ id, project }) => [id, project]))).toEqual(
      new Map([
        ["i1", "p1"],
        ["i2", undefined],
      ]),
    );
  });

  it("is empty before anything is noted", async () => {
    expect((await listed(open(), fresh(TYPES.app))).size).toBe(0);
  });
});
