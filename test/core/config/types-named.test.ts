import { expect, test } from "vitest";
import { parseConfig } from "../../../lib/core/config/schema.ts";
import { typesNamed } from "../../../lib/core/config/types-named.ts";

const account = (id: string, types?: readonly string[]) => ({
  provider: "huawei",
  account: id,
  regions: ["cn-north-4"],
  projects: { "cn-north-4": `p-${id}` },
  credentials: { accessKey: "env:AK", secretKey: "env:SK" },
  ...(types !== undefined && { types }),
});

const config = { accounts: [account("named", ["huawei:ecs:*", "huawei:kms:keys"]), account("default")] };
const isNamed = typesNamed(parseConfig("config.json", JSON.stringify(config)));

test.each([
  ["a type that a glob matches", "named", "huawei:ecs:cloudservers", true],
  ["a type that is named", "named", "huawei:kms:keys", true],
  ["a type that no glob matches", "named", "huawei:evs:volumes", false],
  ["any type of an account that names none", "default", "huawei:ecs:cloudservers", false],
  ["a type of an account that nobody knows", "other", "huawei:evs:volumes", true],
  ["a type of another cloud's account of that id", "named", "alibaba:ecs:instance", true],
])("%s", (_, id, type, named) => {
  expect(isNamed(id, type)).toBe(named);
});
