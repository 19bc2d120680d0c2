import type { AccountConfig } from "../lib/core/config/config.ts";
import type { HttpRequest, HttpResponse } from "../lib/providers/http.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";
import { cloudInProcess } from "./audit-in-process.ts";

/** What somebody can ask of emulated clouds. */
interface ServedCloud {
  readonly accounts: readonly AccountConfig[];
  readonly serve: (request: HttpRequest) => HttpResponse;
}

type Answers = Map<string, Omit<HttpResponse, "body"> & { readonly body: Buffer }>;

/**
 * The answers of the emulated clouds to all that `ask` asks of them. The clouds themselves are gone afterwards: their
 * resources, all of them objects, would make every collection of garbage as long as the estate is large, and that would
 * count as the audit's. Answers wait outside of the heap.
 */
export async function recordedCloud(
  resources: Iterable<EmulatedResource>,
  ask: (cloud: ServedCloud) => Promise<void>,
): Promise<ServedCloud & { bodies(): Iterable<string> }> {
  const answers: Answers = new Map();
  const accounts = await record(cloudInProcess(resources), answers, ask);
  return {
    accounts,
    serve(request) {
      const answer = answers.get(nameOf(request));
      if (answer === undefined) throw new Error(`nobody asked for ${request.method} ${request.path} before`);
      return { ...answer, body: answer.body.toString() };
    },
    /** The text of each answer, one after the other. */
    *bodies() {
      for (const { body } of answers.values()) yield body.toString();
    },
  };
}

/** A function of its own, because closures of one function share what any of them holds. */
async function record(
  { accounts, serve }: ServedCloud,
  answers: Answers,
  ask: (cloud: ServedCloud) => Promise<void>,
): Promise<readonly AccountConfig[]> {
  await ask({
    accounts,
    serve(request) {
      const response = serve(request);
      answers.set(nameOf(request), { ...response, body: Buffer.from(response.body) });
      return response;
    },
  });
  return accounts;
}

/** What makes two requests the same question. */
function nameOf({ origin, method, path, headers, body }: HttpRequest): string {
  return [origin.host, method, path, headers["x-acs-action"] ?? "", body].join(" ");
}
