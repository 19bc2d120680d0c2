import { describe, expect, test } from "vitest";
import {
  cleanMessage,
  errorTable,
  headerText,
  isLostOnTheWay,
  namedResource,
  providerError,
  retryAfterMs,
  unexpectedResponse,
} from "../../lib/providers/answer.ts";
import type { HttpRequest } from "../../lib/providers/http.ts";

const request = (write: boolean): HttpRequest => ({
  method: "POST",
  origin: new URL("https://cloud.example"),
  path: "/",
  headers: {},
  body: "",
  region: "r1",
  write,
});
const response = (status: number, headers = {}) => ({ status, headers, body: "" });

describe("a table of errors", () => {
  const kindOf = errorTable([
    ["A*", "conflict"],
    ["A.B", "access"],
    ["A.B", "request", { status: 404 }],
    ["*", "throttled", { message: /slowly/ }],
    ["C.*", "not-found", { status: 404 }],
    ["C.*", "resource-permanent"],
  ]);
  const kind = (code: string, status = 400, message = "no") => kindOf({ code, status, message });

  test("goes by the exact code before a pattern, and by the first row that fits", () => {
    expect(kind("A.B")).toBe("access");
    expect(kind("A.B", 404)).toBe("access");
    expect(kind("A.C")).toBe("conflict");
    expect(kind("C.1", 404)).toBe("not-found");
    expect(kind("C.1")).toBe("resource-permanent");
  });

  test("takes a dot for a dot, and a pattern for the whole code", () => {
    expect(kind("AxB")).toBe("conflict");
    expect(kind("CxB")).toBe("unknown");
    expect(kind("xC.B")).toBe("unknown");
    expect(kind("xA")).toBe("unknown");
  });

  test("takes what is said into account where a row asks for it", () => {
    expect(kind("Z", 400, "go slowly")).toBe("throttled");
    expect(kind("Z", 400, "go")).toBe("unknown");
  });

  test.each([
    [429, "throttled"],
    [408, "transient"],
    [425, "transient"],
    [500, "transient"],
    [599, "transient"],
    [401, "access"],
    [403, "access"],
    [409, "conflict"],
    [400, "unknown"],
    [404, "unknown"],
    [499, "unknown"],
    [200, "unknown"],
  ])("judges a code that it hasn't by the status %i: %s, and never for good", (status, expected) => {
    expect(kind("Z", status)).toBe(expected);
  });
});

test("a hint when to come back is seconds or a date, and nothing else", () => {
  expect(retryAfterMs("3", 0)).toBe(3_000);
  expect(retryAfterMs("0", 0)).toBe(0);
  expect(retryAfterMs("Thu, 01 Jan 1970 00:00:10 GMT", 4_000)).toBe(6_000);
  expect(retryAfterMs("Thu, 01 Jan 1970 00:00:10 GMT", 20_000)).toBeUndefined();
  expect(retryAfterMs("Thu, 01 Jan 1970 00:00:10 GMT", Number.NaN)).toBeUndefined();
  for (const none of ["", "soon", "-1", ["3"], undefined]) expect(retryAfterMs(none, 0)).toBeUndefined();
});

test.each([
  [200, "transient", true],
  [299, "transient", true],
  [300, "transient", false],
  [404, "transient", false],
  [429, "throttled", false],
  [499, "transient", false],
  [500, "transient", true],
])("an answer that is none, with %i, is %s, and a write may have taken effect: %s", (status, kind, ambiguous) => {
  const error = unexpectedResponse(request(true), response(status, { "retry-after": "3" }), "with a page");
  expect(error).toMatchObject({ code: "UnexpectedResponse", kind, ambiguous, httpStatus: status, retryAfterMs: 3_000 });
  expect(error.message).toBe(`cloud.example (region r1) answered ${status} with a page`);
  expect(error.requestId).toBe("");
  expect(unexpectedResponse(request(false), response(status), "with a page").ambiguous).toBe(false);
});

test.each([
  [500, "transient", true],
  [502, "transient", true],
  [503, "transient", false],
  [504, "transient", true],
  [500, "throttled", false],
  [500, "resource-permanent", false],
  [400, "transient", false],
] as const)("a write that is answered %i, and that is %s, may have taken effect: %s", (status, kind, isLost) => {
  expect(isLostOnTheWay(request(true), response(status), kind)).toBe(isLost);
  expect(isLostOnTheWay(request(false), response(status), kind)).toBe(false);
});

test("a message is one line without secrets, plain or encoded, and not endless", () => {
  expect(cleanMessage("  a\n\tb  ", [])).toBe("a b");
  expect(cleanMessage("k+1 k%2B1 k+1", ["k+1"])).toBe("*** *** ***");
  expect(cleanMessage("a".repeat(400), [])).toBe("a".repeat(400));
  expect(cleanMessage("a".repeat(401), [])).toBe(`${"a".repeat(400)}…`);
});

describe("the resource that a message names", () => {
  test.each<[string, readonly string[], string | undefined]>([
    ["group g-1 is not there", ["g-1", "g-2"], "g-1"],
    ["g-1", ["g-1"], "g-1"],
    ["g-10 is not there, g-1 is not there", ["g-1"], "g-1"],
    ["g-10 is not there", ["g-1"], undefined],
    ["xg-1 is not there", ["g-1"], undefined],
    ["g-1_x is not there", ["g-1"], undefined],
    ["g-1 and g-2 are not there", ["g-1", "g-2"], undefined],
    ["nobody is there", ["g-1"], undefined],
    ["at most 20 are taken", ["20"], undefined],
    ["12345 is no id", ["12345"], undefined],
    ["123456 is not there", ["123456"], "123456"],
    ["20a is not there", ["20a"], "20a"],
    ["a20 is not there", ["a20"], "a20"],
  ])("in %j of %j is %s", (message, ids, id) => {
    expect(namedResource(message, ids)).toEqual(id === undefined ? {} : { resourceId: id });
  });
});

test("a hint that is missing is no property of an error", () => {
  const details = { code: "C", kind: "transient", message: "m", httpStatus: 500, requestId: "R" } as const;
  expect(providerError({ ...details, retryAfterMs: undefined }).retryAfterMs).toBeUndefined();
  expect(providerError({ ...details, retryAfterMs: 7 })).toMatchObject({ ...details, retryAfterMs: 7 });
});

test("a header's text is empty where there is none, or several", () => {
  expect(headerText(response(200, { a: "1" }), "a")).toBe("1");
  expect(headerText(response(200), "a")).toBe("");
  expect(headerText(response(200, { a: ["1", "2"] }), "a")).toBe("");
});
