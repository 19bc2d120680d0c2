import { expect, test } from "vitest";
import { InputError, ProviderError } from "../../lib/core/errors.ts";
import { cachedCredentials } from "../../lib/providers/credentials.ts";
import { createProvider } from "../../lib/providers/index.ts";
import { alibabaAccount, awsAccount, deps, huaweiAccount } from "./accounts.ts";

const MINUTE = 60_000;

/** Credentials that are numbered as they are fetched. */
function numbered(lifeMs?: number) {
  let time = 0;
  let fetched = 0;
  const credentials = cachedCredentials<{ readonly number: number }>(
    "a1",
    { ...deps, clock: { ...deps.clock, now: () => time } },
    async () => {
      fetched += 1;
      return { number: fetched, ...(lifeMs === undefined ? {} : { expiresAt: time + lifeMs }) };
    },
  );
  return { credentials, pass: (ms: number) => (time += ms), count: () => fetched };
}

test("nothing is fetched before it is needed, and then once", async () => {
  const { credentials, count } = numbered();
  expect(count()).toBe(0);
  await Promise.all([credentials.get(), credentials.get(), credentials.get()]);
  expect(await credentials.get()).toEqual({ number: 1 });
});

test("what expires is renewed minutes before, once for all calls at a time", async () => {
  const { credentials, pass } = numbered(60 * MINUTE);
  await credentials.get();
  pass(54 * MINUTE);
  expect((await credentials.get()).number).toBe(1);
  pass(2 * MINUTE);
  const renewed = await Promise.all([credentials.get(), credentials.get()]);
  expect(renewed.map(({ number }) => number)).toEqual([2, 2]);
});

test("a role's key that was refused is fetched again for the next call, and not for this one", async () => {
  const { credentials, count } = numbered(60 * MINUTE);
  expect(await credentials.replace(await credentials.get())).toBe(false);
  expect(count()).toBe(1);
  expect((await credentials.get()).number).toBe(2);
});

test("a role that may do too little is not taken again at each refusal", async () => {
  const { credentials, pass, count } = numbered(60 * MINUTE);
  for (let refused = 0; refused < 50; refused += 1) await credentials.replace(await credentials.get());
  expect(count()).toBe(2);
  pass(10_000);
  await credentials.replace(await credentials.get());
  expect((await credentials.get()).number).toBe(3);
});

test.each([
  ["of the configuration's is an access error", new InputError("env:KEY is not set"), "access"],
  ["of whoever hands out keys passes", new Error("socket hang up"), "transient"],
])("a failure %s, and is not kept", async (_, failure, kind) => {
  let attempts = 0;
  const credentials = cachedCredentials("a1", deps, async () => {
    attempts += 1;
    if (attempts === 1) throw failure;
    return {};
  });
  const error: unknown = await credentials.get().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProviderError);
  expect(error).toMatchObject({ code: "CredentialsUnavailable", kind });
  expect((error as ProviderError).message).toContain(failure.message);
  await expect(credentials.get()).resolves.toEqual({});
});

test("no provider asks for a credential before its first call", () => {
  const asked: string[] = [];
  const credential = async (reference: string) => {
    asked.push(reference);
    return reference;
  };
  for (const account of [alibabaAccount, huaweiAccount, awsAccount]) createProvider(account, { ...deps, credential });
  expect(asked).toEqual([]);
});

test("a missing credential is an error of the first call, and nothing is sent", async () => {
  const provider = createProvider(
    { ...alibabaAccount, endpoints: { "*": "http://127.0.0.1:9" } },
    { ...deps, credential: () => Promise.reject(new Error("ALIBABA_KEY_ID is not set")) },
  );
  const query = { type: "alibaba:vpcipam:IPAM", region: "cn-hangzhou", ids: ["ipam-1"] };
  await expect(provider.listTagResources(query, undefined)).rejects.toMatchObject({ code: "CredentialsUnavailable" });
});
