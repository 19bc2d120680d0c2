import { describe, expect, test } from "vitest";
import { readAnswer } from "../../../lib/providers/huawei/errors.ts";
import type { HttpResponse } from "../../../lib/providers/http.ts";
import { rowsOf, toldError, type Asked, type Meaning } from "../told-error.ts";

const IAM = "https://support.huaweicloud.com/intl/en-us/api-iam5/ErrorCode.html";
const TMS = "https://support.huaweicloud.com/intl/en-us/api-tms/ErrorCode.html";
const APIG = "https://support.huaweicloud.com/intl/en-us/api-apig/ErrorCode.html";
const GATEWAY = "https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html";

const MEANINGS: readonly Meaning[] = [
  { kind: "resource-permanent", source: IAM, answers: ["400 PAP5.0036"] },
  { kind: "resource-permanent", source: APIG, answers: ["403 APIC.7402"] },
  { kind: "resource-permanent", source: TMS, answers: ["400 TMS.0009", "400 TMS.0010", "400 TMS.1001"] },
  { kind: "not-taggable", source: IAM, answers: ["400 PAP5.0038"] },
  { kind: "not-taggable", source: TMS, answers: ["400 TMS.5027"] },
  { kind: "not-found", source: IAM, answers: ["404 PAP5.0099"] },
  { kind: "not-found", source: TMS, answers: ["404 TMS.0005"] },
  { kind: "not-found", source: APIG, answers: ["404 APIG.3030"] },
  {
    kind: "throttled",
    source: GATEWAY,
    answers: [
      "429 APIGW.0308",
      "403 APIGW.0308",
      "403 APIG.0308",
      "500 APIG.9008",
      "403 TMS.0006",
      "429 Unheard.0001",
      "400 LimitExceeded: Too many requests",
    ],
  },
  {
    kind: "access",
    source: IAM,
    answers: ["400 PAP5.0001", "400 PAP5.0040", "400 PAP5.0046", "403 PAP5.0099"],
  },
  { kind: "access", source: TMS, answers: ["401 TMS.0003", "403 TMS.0004", "400 TMS.2011", "403 TMS.2030"] },
  {
    kind: "access",
    source: APIG,
    answers: ["400 APIC.7102", "400 APIC.7106", "400 APIC.7300"],
  },
  {
    kind: "access",
    source: GATEWAY,
    answers: [
      "404 APIGW.0101",
      "400 APIG.0101",
      "404 APIG.0103",
      "400 APIGW.0301",
      "400 APIG.0301",
      "400 APIGW.0307",
      "400 APIGW.0802",
      "400 APIG.0802",
      "401 Unheard.0001",
    ],
  },
  { kind: "request", source: IAM, answers: ["400 PAP5.0010", "400 PAP5.0033"] },
  { kind: "request", source: TMS, answers: ["400 TMS.0002", "400 TMS.0012", "400 TMS.0017"] },
  {
    kind: "request",
    source: GATEWAY,
    answers: ["403 APIGW.0106", "403 APIG.0106", "400 APIG.2012"],
  },
  {
    kind: "transient",
    source: "https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html",
    answers: [
      "401 APIGW.0301: Incorrect IAM authentication information: AK SK signature expired",
      "401 APIG.0301: Incorrect IAM authentication information: X-Sdk-Date is too early",
    ],
  },
  {
    kind: "transient",
    source: "a service is unwell, whatever its status says",
    answers: [
      "500 APIC.9000",
      "503 APIGW.0613",
      "504 TMS.0018",
      "400 InternalFailure",
      "400 InternalError",
      "400 SystemBusy",
      "400 ServiceUnavailable",
    ],
  },
  {
    kind: "conflict",
    source: "another write is under way, or the resource is young",
    answers: [
      "409 PAP5.0099",
      "409 PAP5.0099: tags per resource limit exceeded",
      "400 OperationAborted",
      "403 IncorrectStatus.Instance",
      "400 ResourceInUse",
      "400 OperationInProgress",
    ],
  },
  {
    kind: "unknown",
    source: "no table says what these mean for the resource that is tagged",
    answers: [
      "400 PAP5.0099",
      "404 SVC.0001",
      // A gateway of somebody else's: nothing for good, and nothing of our rights in this project.
      "403 APIC.7111",
    ],
  },
];

const ofCall = (status: number, body: object, asked: Asked = {}) =>
  toldError(readAnswer, { status, headers: { "x-request-id": "R1" }, body: JSON.stringify(body) }, asked);

describe("a code of Huawei Cloud", () => {
  test.each(rowsOf(MEANINGS))("%s is %s", (_, kind, { status, code, message }) => {
    const error = ofCall(status, { error_code: code, error_msg: message });
    expect(error).toMatchObject({ code, kind, httpStatus: status, requestId: "R1" });
  });
});

describe("an error of Huawei Cloud is read", () => {
  const SAID = { error_code: "PAP5.0036", error_msg: "no" };
  test.each<[string, object]>([
    ["flat", SAID],
    ["flat, in camel case", { errorCode: "PAP5.0036", errorMsg: "no" }],
    ["flat, without a prefix", { code: "PAP5.0036", message: "no" }],
    ["one level down", { error: { code: "PAP5.0036", message: "no" } }],
    ["one level down, with a prefix", { error: SAID }],
    ["beside a number", { code: 400, ...SAID }],
    ["under another name", { badRequest: { code: "PAP5.0036", message: "no" } }],
  ])("%s", (_, body) => {
    const error = ofCall(400, body);
    expect(error).toMatchObject({ code: "PAP5.0036", kind: "resource-permanent", message: "PAP5.0036: no" });
  });

  test("as XML", () => {
    const body = "<Error><Code>PAP5.0036</Code><Message>no</Message><RequestId>R1</RequestId></Error>";
    expect(toldError(readAnswer, { status: 400, body })).toMatchObject({ code: "PAP5.0036", requestId: "R1" });
  });

  test.each<[string, number, object, string, string]>([
    ["a number", 404, { error: { code: 404, message: "no", title: "Not Found" } }, "404", "unknown"],
    ["a number that is flat", 401, { code: 401, message: "no" }, "401", "access"],
    ["a name", 400, { badRequest: { code: 400, message: "no" } }, "badRequest", "unknown"],
    ["a name for what isn't found", 404, { itemNotFound: { code: 404, message: "no" } }, "itemNotFound", "unknown"],
    [
      "a name for what is busy",
      409,
      { conflictingRequest: { code: 409, message: "no" } },
      "conflictingRequest",
      "conflict",
    ],
    ["a number beside a success", 200, { error: { code: 503, message: "no" } }, "503", "transient"],
  ])("from %s, which no table has", (_, status, body, code, kind) => {
    expect(ofCall(status, body)).toMatchObject({ code, kind, isFinal: false, httpStatus: status });
  });

  test("with the request id of its body before that of its header", () => {
    expect(ofCall(400, { ...SAID, request_id: "R2" }).requestId).toBe("R2");
  });

  test.each([
    ["a page", 502, "<html><body><h1>Error</h1></body></html>"],
    ["nothing", 404, ""],
    ["JSON that breaks off", 404, '{"error_code":"PAP5.0036","error'],
    ["a text for an error", 404, '{"status":404,"error":"Not Found","path":"/"}'],
    ["several things", 400, '{"badRequest":{"code":400},"status":400}'],
  ])("but not from %s", (_, status, body) => {
    expect(toldError(readAnswer, { status, body })).toMatchObject({ code: "UnexpectedResponse", kind: "transient" });
  });
});

test.each([502, 504])("a write that is answered %i may have taken effect, and a read has none", (status) => {
  const body = { error_code: "APIGW.0201", error_msg: "no" };
  expect(ofCall(status, body)).toMatchObject({ kind: "transient", ambiguous: true });
  expect(ofCall(status, body, { write: false }).ambiguous).toBe(false);
});

describe("an answer of Huawei Cloud that says no error", () => {
  const read = (answer: Partial<HttpResponse>, write = false) =>
    readAnswer(
      {
        method: "POST",
        origin: new URL("https://cloud.example"),
        path: "/",
        headers: {},
        body: "",
        region: "r1",
        write,
      },
      { status: 200, headers: { "x-request-id": "R1" }, body: "{}", ...answer },
      { resourceIds: ["r-1"], secrets: () => [], now: 0 },
    );

  test.each([200, 204, 299])("is a success of %i, with what it holds and its request id", (status) => {
    expect(read({ status, body: '{"tags":[]}' }, true)).toEqual({ body: { tags: [] }, requestId: "R1" });
    expect(read({ status, body: "" }, true)).toEqual({ body: {}, requestId: "R1" });
  });

  test.each([300, 404, 500])("is none of Huawei's where its status is %i", (status) => {
    for (const body of ["", "{}", '{"tags":[]}']) {
      expect(toldError(readAnswer, { status, headers: { "x-request-id": "R1" }, body }).code).toBe(
        "UnexpectedResponse",
      );
    }
  });

  test("is none of Huawei's where it is no object", () => {
    for (const body of ["[]", "<html>", "null"]) {
      expect(toldError(readAnswer, { body })).toMatchObject({ code: "UnexpectedResponse", kind: "transient" });
    }
  });

  test("to a write needs a request id where it holds anything, and to a read it doesn't", () => {
    const headers = {};
    expect(toldError(readAnswer, { headers, body: '{"a":1}' })).toMatchObject({
      code: "UnexpectedResponse",
      ambiguous: true,
    });
    expect(read({ headers }, true)).toEqual({ body: {}, requestId: "" });
    expect(read({ headers, body: '{"a":1}' })).toEqual({ body: { a: 1 }, requestId: "" });
    expect(read({ body: '{"a":1}' }, true)).toEqual({ body: { a: 1 }, requestId: "R1" });
  });
});

describe("a refusal of Huawei Cloud", () => {
  const refused = (answer: string, ids: readonly string[] = ["r-1"]) => {
    const [status, error_code, ...said] = answer.split(" ");
    return ofCall(Number(status), { error_code, error_msg: said.join(" ") }, { ids });
  };

  test.each(["404 PAP5.0099 gone", "400 PAP5.0036 no", "400 PAP5.0038 no", "409 PAP5.0099 busy", "500 APIC.9000 no"])(
    "%s is of the one resource that was asked for",
    (answer) => {
      expect(refused(answer).resourceId).toBe("r-1");
    },
  );

  test.each(["429 APIGW.0308 slow", "403 PAP5.0001 denied", "400 PAP5.0010 odd"])(
    "%s is nobody's, unless it names one",
    (answer) => {
      expect(refused(answer).resourceId).toBeUndefined();
      expect(refused(`${answer}: r-1`).resourceId).toBe("r-1");
    },
  );

  test("of a call without resources is nobody's", () => {
    expect(refused("404 PAP5.0099 gone", []).resourceId).toBeUndefined();
  });

  test("says how long it wants to be left alone", () => {
    const body = JSON.stringify({ error_code: "APIGW.0308", error_msg: "slow" });
    const told = (headers: Readonly<Record<string, string>>) => toldError(readAnswer, { status: 429, headers, body });
    expect(told({ "retry-after": "7" }).retryAfterMs).toBe(7_000);
    expect(told({}).retryAfterMs).toBeUndefined();
  });
});
