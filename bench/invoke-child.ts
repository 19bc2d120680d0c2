/**
 * Loads a bundled function in a process of its own, as a cold start does, and gives it one event. The file's path and
 * the event come on stdin; prints one JSON line.
 */
import { registerHooks } from "node:module";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What the parent asks for. */
export interface InvokeTask {
  readonly path: string;
  readonly event: unknown;
}

/** What became of it. */
export interface Invoked {
  readonly answer: unknown;
  /** Files of the function's folder that were loaded before the event came, and in the end. */
  readonly atStart: readonly string[];
  readonly inTheEnd: readonly string[];
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

async function main({ path, event }: InvokeTask): Promise<Invoked> {
  const folder = pathToFileURL(`${dirname(path)}/`).href;
  const loaded: string[] = [];
  registerHooks({
    load(url, context, nextLoad) {
      if (url.startsWith(folder)) loaded.push(fileURLToPath(url));
      return nextLoad(url, context);
    },
  });
  const { handler } = (await import(pathToFileURL(path).href)) as { readonly handler: Handler };
  const atStart = [...loaded];
  const endsAt = Date.now() + 60_000;
  const answer = await handler(event, {
    functionName: "enforce",
    awsRequestId: "bench",
    memoryLimitInMB: "512",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:enforce",
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  });
  return { answer, atStart, inTheEnd: loaded };
}

// Once a client of the AWS SDK is open, nothing else would end this process.
process.stdout.write(`\n${JSON.stringify(await main(JSON.parse(await text(process.stdin)) as InvokeTask))}\n`, () =>
  process.exit(0),
);
