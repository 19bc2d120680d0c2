import type { Clock } from "../../app/ports/invocation.ts";
import { InputError, ProviderError } from "../../core/errors.ts";
import { kindOfSdkError } from "../../providers/aws/sdk-errors.ts";
import type { AwsClients } from "./aws-clients.ts";
import { readFileText } from "./load-json.ts";
import { fetchWebIdentity } from "./web-identity.ts";

/** Short, because what is kept elsewhere may be changed there. */
const KEPT_MS = 60_000;
/** Long enough that one fetch serves all fields of a document, for whoever was refused with what was read before. */
const FRESH_MS = 1_000;

/**
 * Resolves references to what has to be fetched: `file:PATH#key`, `secret:NAME#key`, `web-identity:AUDIENCE`; and refuses
 * an `env:NAME` that isn't set.
 */
export function createStoredResolver(
  aws: Pick<AwsClients, "secrets" | "sts">,
  clock: Pick<Clock, "now">,
): (reference: string, isFresh: boolean) => Promise<string> {
  const documents = new Map<string, { readonly text: Promise<string>; readonly readAt: number }>();
  const once = (name: string, isFresh: boolean, load: () => Promise<string>): Promise<string> => {
    const known = documents.get(name);
    if (known !== undefined && clock.now() - known.readAt < (isFresh ? FRESH_MS : KEPT_MS)) return known.text;
    const text = load().catch((error: unknown) => {
      documents.delete(name);
      throw error;
    });
    documents.set(name, { text, readAt: clock.now() });
    return text;
  };

  return async (reference, isFresh) => {
    const colon = reference.indexOf(":");
    const [scheme, rest] = [reference.slice(0, colon), reference.slice(colon + 1)];
    if (scheme === "env") return fail(reference, `the environment variable ${rest} is not set`);
    if (scheme === "web-identity") return once(reference, isFresh, () => fetchIdentity(reference, rest, aws));
    const [name, key] = splitOnce(rest, "#");
    const load = scheme === "file" ? () => readText(reference, name) : () => fetchSecret(reference, name, aws);
    const text = await once(`${scheme}:${name}`, isFresh, load);
    return key === undefined ? text.trim() : fieldOf(reference, text, key);
  };
}

/** What only people can change about a file; too many open files, or a disk that fails to answer, pass. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  "ENOENT",
  "EACCES",
  "EPERM",
  "EISDIR",
  "ENOTDIR",
  "ELOOP",
  "ENAMETOOLONG",
]);

async function readText(reference: string, path: string): Promise<string> {
  try {
    return readFileText(path);
  } catch (error) {
    const code = codeOf(error);
    if (OF_THE_FILE.has(code)) return fail(reference, `the file can't be read (${code})`);
    throw notNow(reference, "transient", error, "the file can't be read just now");
  }
}

async function fetchSecret(reference: string, name: string, { secrets }: Pick<AwsClients, "secrets">): Promise<string> {
  const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  try {
    const { SecretString: text } = await (await secrets()).send(new GetSecretValueCommand({ SecretId: name }));
    return text ?? fail(reference, "the secret holds no text");
  } catch (error) {
    if (error instanceof InputError) throw error;
    const kind = kindOfSdkError(error);
    if (kind !== "access") throw notNow(reference, kind, error);
    // Without an answer the reason lies here, e.g. a region or credentials of our own that aren't set.
    const isAnswer = error instanceof Error && "$fault" in error;
    return fail(
      reference,
      isAnswer ? `Secrets Manager answered ${codeOf(error)}` : `Secrets Manager can't be asked: ${String(error)}`,
    );
  }
}

async function fetchIdentity(reference: string, audience: string, { sts }: Pick<AwsClients, "sts">): Promise<string> {
  try {
    const answer = await fetchWebIdentity(audience, sts);
    return "token" in answer ? answer.token : fail(reference, answer.problem);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw notNow(reference, kindOfSdkError(error) === "throttled" ? "throttled" : "transient", error);
  }
}

function fieldOf(reference: string, text: string, key: string): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return fail(reference, "its text is not JSON, and so it has no keys");
  }
  const value =
    typeof document === "object" && document !== null ? new Map(Object.entries(document)).get(key) : undefined;
  return typeof value === "string" && value !== "" ? value : fail(reference, `it has no text under the key ${key}`);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "an unknown error";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function notNow(
  reference: string,
  kind: "throttled" | "transient",
  cause: unknown,
  problem = "AWS can't answer just now",
): ProviderError {
  const code = codeOf(cause);
  const said = cause instanceof Error ? `${code}: ${cause.message}` : code;
  const message = `credential "${reference}": ${problem} (${said})`;
  return new ProviderError({ code, kind, message, httpStatus: 0, requestId: "", cause });
}

function fail(reference: string, problem: string): never {
  throw new InputError(`credential "${reference}": ${problem}. Check the reference in the configuration.`);
}
