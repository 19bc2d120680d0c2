import { expect } from "vitest";
import { ProviderError, type ErrorKind } from "../../lib/core/errors.ts";
import type { HttpRequest, HttpResponse } from "../../lib/providers/http.ts";

interface Context {
  readonly resourceIds: readonly string[];
  readonly secrets: () => readonly string[];
  readonly now: number;
}

export type Reader = (request: HttpRequest, response: HttpResponse, context: Context) => unknown;

/** What is asked: by default a write of one resource. */
export interface Asked {
  readonly ids?: readonly string[];
  readonly write?: boolean;
  readonly path?: string;
}

/** The error that a cloud's reader makes of an answer. */
export function toldError(
  reader: Reader,
  answer: Partial<HttpResponse>,
  { ids = ["r-1"], write = true, path = "/" }: Asked = {},
): ProviderError {
  const origin = new URL("https://cloud.example");
  const request: HttpRequest = { method: "POST", origin, path, headers: {}, body: "", region: "r1", write };
  try {
    reader(request, { status: 200, headers: {}, body: "", ...answer }, { resourceIds: ids, secrets: () => [], now: 0 });
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  return expect.fail("this is no error");
}

/** Codes that mean the same, with the page that says so: `400 Code` or `400 Code: what is said`. */
export interface Meaning {
  readonly kind: ErrorKind;
  readonly source: string;
  readonly answers: readonly string[];
}

/** Each answer of these as a row for `test.each`. */
export function rowsOf(meanings: readonly Meaning[]): (readonly [answer: string, kind: ErrorKind, Saying])[] {
  return meanings.flatMap(({ kind, answers }) => answers.map((answer) => [answer, kind, sayingOf(answer)] as const));
}

export interface Saying {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

function sayingOf(answer: string): Saying {
  const [, status, code, message = "no"] = /^(\d{3}) (\S+?)(?:: (.*))?$/.exec(answer) ?? expect.fail(answer);
  return { status: Number(status), code: code ?? "", message };
}
