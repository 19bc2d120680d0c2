import { expect, it } from "vitest";
import { fetchWebIdentity } from "../../../lib/lambda/settings/web-identity.ts";

const neverAsked = async (): Promise<never> => {
  throw new Error("STS was asked");
};

it("a runtime whose AWS SDK is older than the call is told so, and nothing is called", async () => {
  const { problem } = (await fetchWebIdentity("a", neverAsked, async () => ({}))) as { problem: string };
  expect(problem).toMatch(/^this AWS SDK has no GetWebIdentityToken.*newer runtime$/);
});

it("the AWS SDK that is installed knows the call", async () => {
  await expect(fetchWebIdentity("a", neverAsked)).rejects.toThrow("STS was asked");
});
