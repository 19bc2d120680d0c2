import { describe, expect, test } from "vitest";
import { errorIn } from "../../lib/providers/error-body.ts";
import { parseObject } from "../../lib/providers/json.ts";

const read = (status: number, body: string, ownCode = "code") =>
  errorIn({ status, headers: {}, body }, parseObject(body), ownCode);
const readJson = (status: number, body: object, ownCode?: string) => read(status, JSON.stringify(body), ownCode);

describe("a body says what went wrong", () => {
  test.each(["__type", "error_code", "errorCode", "Code", "code"])("under %s", (name) => {
    expect(readJson(400, { [name]: "Busy" }, "none")).toEqual({
      code: "Busy",
      message: "no message",
      requestId: "",
      status: 400,
    });
  });

  test.each(["error_msg", "errorMsg", "errorMessage", "Message", "message"])("in the words of %s", (name) => {
    expect(readJson(400, { code: "Busy", [name]: "wait" })).toMatchObject({ message: "wait" });
  });

  test.each(["RequestId", "requestId", "request_id"])(
    "of the request in %s, also of what is one level down",
    (name) => {
      expect(readJson(400, { code: "Busy", [name]: "R1" })).toMatchObject({ requestId: "R1" });
      expect(readJson(400, { error: { code: "Busy" }, [name]: "R1" })).toMatchObject({ requestId: "R1" });
      expect(readJson(400, { error: { code: "Busy", [name]: "R2" }, [name]: "R1" })).toMatchObject({ requestId: "R2" });
    },
  );

  test("in the words of the cloud that was asked, where others' stand beside them", () => {
    const body = { __type: "Theirs", Code: "Ours" };
    expect(readJson(400, body, "Code")).toMatchObject({ code: "Ours" });
    expect(readJson(400, body, "error_code")).toMatchObject({ code: "Theirs" });
  });

  test("one level down before what is around it", () => {
    expect(readJson(400, { code: "Outer", error: { code: "Inner" } })).toMatchObject({ code: "Inner" });
    expect(readJson(400, { code: "Outer", Error: { Code: "Inner" } })).toMatchObject({ code: "Inner" });
    expect(readJson(400, { code: "Outer", error: { reason: "none" } })).toMatchObject({ code: "Outer" });
  });

  test("beside an empty code by another", () => {
    expect(readJson(400, { code: "", Code: "Busy" })).toMatchObject({ code: "Busy" });
  });
});

describe("a number for a code", () => {
  test("is one of the status that it has in an answer of success", () => {
    expect(readJson(200, { code: 503 })).toMatchObject({ code: "503", status: 503 });
    expect(readJson(200, { code: 400 })).toMatchObject({ code: "400", status: 400 });
    expect(readJson(200, { code: "503x" })).toMatchObject({ code: "503x", status: 200 });
  });

  test("is none there where it would be no failure", () => {
    expect(readJson(200, { code: 0 })).toBeUndefined();
    expect(readJson(204, { code: 399 })).toBeUndefined();
  });

  test("leaves the status of another answer alone", () => {
    expect(readJson(409, { code: 17 })).toMatchObject({ code: "17", status: 409 });
    expect(readJson(300, { code: 17 })).toMatchObject({ code: "17", status: 300 });
    expect(readJson(199, { code: 17 })).toMatchObject({ code: "17", status: 199 });
  });

  test("gives way to a text, and to the name that it stands under", () => {
    expect(readJson(400, { code: 17, Code: "Busy" })).toMatchObject({ code: "Busy" });
    expect(readJson(400, { badRequest: { code: 400, message: "no" } })).toMatchObject({
      code: "badRequest",
      message: "no",
    });
    expect(readJson(400, { badRequest: { code: "400a" } })).toMatchObject({ code: "400a" });
    expect(readJson(400, { badRequest: { code: "a400" } })).toMatchObject({ code: "a400" });
  });
});

describe("a body says nothing", () => {
  test.each<[string, number, object]>([
    ["of a success that holds one thing", 200, { badRequest: { code: 500 } }],
    ["where the one thing has no code", 404, { data: { reason: "none" } }],
    ["where there is nothing", 404, {}],
    ["where there are two things", 404, { badRequest: { code: 404 }, more: { code: 404 } }],
    ["where the error is a text", 404, { error: "Not Found" }],
  ])("%s", (_, status, body) => {
    expect(readJson(status, body)).toBeUndefined();
  });

  test.each([
    ["as a page with such words", "<html><Code>Busy</Code></html>"],
    ["as XML of something else", "<Errorless><Code>Busy</Code></Errorless>"],
    ["as XML without a code", "<Error><Message>no</Message></Error>"],
  ])("%s", (_, body) => {
    expect(read(404, body)).toBeUndefined();
  });
});

test("XML is read with its entities, its id in either spelling, and without the space around", () => {
  const body =
    "<Error ><Code> Busy\n</Code><Message>&lt;a&gt; &amp; &quot;b&quot; &apos;c&apos; &amp;lt; &#65;</Message></Error>";
  expect(read(400, body)).toEqual({ code: "Busy", message: `<a> & "b" 'c' &lt; &#65;`, requestId: "", status: 400 });
  const within = (name: string) => `<Errors>\n<Error><Code>Busy</Code></Error></Errors><${name}>R1</${name}>`;
  expect(read(400, within("RequestId"))).toMatchObject({ requestId: "R1", message: "no message" });
  expect(read(400, within("RequestID"))).toMatchObject({ requestId: "R1" });
});
