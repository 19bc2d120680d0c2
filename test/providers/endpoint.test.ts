import { expect, test } from "vitest";
import { endpointFor } from "../../lib/providers/endpoint.ts";
import { awsAccount } from "./accounts.ts";

const at = (endpoints: Record<string, string> | undefined, region: string, home?: string) => {
  const account = { ...awsAccount, regions: ["eu-west-1", "us-east-1"], ...(endpoints && { endpoints }) };
  return endpointFor(account, region, "cloud.example", home).origin;
};

test("without endpoints of its own, an account's calls go to the cloud's host", () => {
  expect(at(undefined, "eu-west-1")).toBe("https://cloud.example");
});

test("the endpoint of the region goes before the one for all", () => {
  const endpoints = { "eu-west-1": "https://one.example", "*": "https://all.example" };
  expect(at(endpoints, "eu-west-1")).toBe("https://one.example");
  expect(at(endpoints, "us-east-1")).toBe("https://all.example");
});

test("a region without an endpoint goes to the cloud's host", () => {
  expect(at({ "eu-west-1": "https://one.example" }, "us-east-1")).toBe("https://cloud.example");
});

test("global resources go to the endpoint for global, then the home region's, then the first region's", () => {
  const [first, home, own] = ["https://first.example", "https://home.example", "https://global.example"] as const;
  expect(at({ "eu-west-1": first, "us-east-1": home, global: own }, "global", "us-east-1")).toBe(own);
  expect(at({ "eu-west-1": first, "us-east-1": home }, "global", "us-east-1")).toBe(home);
  expect(at({ "eu-west-1": first }, "global", "us-east-1")).toBe(first);
});

test("plain http is for loopback only", () => {
  expect(at({ "*": "http://127.0.0.1:4566" }, "eu-west-1")).toBe("http://127.0.0.1:4566");
  expect(at({ "*": "http://[::1]:4566" }, "eu-west-1")).toBe("http://[::1]:4566");
  for (const endpoint of ["http://cloud.example", "http://127.0.0.1.example", "not a url", "ftp://127.0.0.1"]) {
    expect(() => at({ "*": endpoint }, "eu-west-1")).toThrow(/not an https URL/);
  }
});

test("a region that would lead to another host is refused", () => {
  for (const region of ["x.example/?", "cn-north-4.evil.example", "", "CN-NORTH-4", "a b"]) {
    expect(() => at(undefined, region)).toThrow(/is not a region/);
  }
});
