import { describe, expect, test } from "vitest";
import { createRegistry } from "../../../lib/app/cloud/route.ts";
import { enforceTags } from "../../../lib/app/enforce/enforce-tags.ts";
import type { TypesPage } from "../../../lib/app/ports/provider.ts";
import { genericContract } from "../../../lib/providers/alibaba/generic/contract.ts";
import type { MemoryResource } from "../../../lib/providers/memory.ts";
import { created, createWorld, messagesOf, providerError, tags } from "../enforce-world.ts";

const place = { region: "cn-hangzhou", tags: tags({}) };
const DISK: MemoryResource = { ...place, type: "alibaba:ecs:disk", id: "d-1" };
const QUEUE: MemoryResource = { ...place, type: "alibaba:mns:queue", id: "q-1" };

/** A world whose cloud says which types can be tagged, page after page. */
function worldOf(pages: () => readonly TypesPage[]) {
  const world = createWorld({
    resources: [DISK, QUEUE],
    contracts: [genericContract],
    account: { types: ["alibaba:*"] },
  });
  const asked: string[] = [];
  const listTypes = async (region: string, token: string | undefined): Promise<TypesPage> => {
    asked.push(region);
    return pages()[token === undefined ? 0 : Number(token)] ?? { types: [] };
  };
  const registry = createRegistry([{ ...world.alibaba, listTypes }, world.huawei, world.aws]);
  const deps = { ...world.deps, registry };
  const enforce = async (...resources: MemoryResource[]) => {
    const messages = messagesOf(resources.map((one) => created(one)));
    const result = await enforceTags(messages, deps, { remainingMs: () => 300_000 });
    return Object.fromEntries(result.resources.map(({ id, outcome, code }) => [id, code ?? outcome]));
  };
  return { ...world, asked, enforce };
}

const LISTED: readonly TypesPage[] = [{ types: [DISK.type], nextToken: "1" }, { types: ["alibaba:oss:bucket"] }];
const ENDED = { "d-1": "tagged", "q-1": "UnsupportedType" };

describe("a type that nobody knows to take tags", () => {
  test("ends where the cloud doesn't list it, and the others are tagged", async () => {
    const { enforce, asked } = worldOf(() => LISTED);
    expect(await enforce(DISK, QUEUE)).toEqual(ENDED);
    expect(asked).toEqual(["cn-hangzhou", "cn-hangzhou"]);
  });

  test("is tagged where the cloud lists it, however new it is", async () => {
    const { enforce } = worldOf(() => [{ types: [QUEUE.type] }]);
    expect(await enforce(QUEUE)).toEqual({ "q-1": "tagged" });
  });

  test("is asked for once a day", async () => {
    const { enforce, asked, clock } = worldOf(() => [{ types: [DISK.type] }]);
    await enforce(QUEUE);
    await enforce(QUEUE);
    expect(asked).toHaveLength(1);
    await clock.sleep(24 * 3_600_000);
    await enforce(QUEUE);
    expect(asked).toHaveLength(2);
  });

  test("is left to the call itself where nothing at all is listed", async () => {
    const { enforce } = worldOf(() => [{ types: [] }]);
    expect(await enforce(QUEUE)).toEqual({ "q-1": "tagged" });
  });

  test("is left to the call itself where the list can't be had, which is tried again ten minutes later", async () => {
    let isRefused = true;
    const { enforce, asked, clock, log } = worldOf(() => {
      if (isRefused) throw providerError("access");
      return [{ types: [DISK.type] }];
    });
    expect(await enforce(QUEUE)).toEqual({ "q-1": "tagged" });
    isRefused = false;
    expect(await enforce(QUEUE)).toEqual({ "q-1": "compliant" });
    expect(asked).toHaveLength(1);
    expect(log.filter(({ level }) => level === "warn")).toHaveLength(1);
    await clock.sleep(600_000);
    expect(await enforce(QUEUE)).toEqual({ "q-1": "UnsupportedType" });
  });
});

test("a type that is known to take tags is not asked for", async () => {
  const { enforce, asked } = worldOf(() => LISTED);
  expect(await enforce(DISK)).toEqual({ "d-1": "tagged" });
  expect(asked).toEqual([]);
});
