/**
 * What AWS's runtime client calls to reach the Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
 * Its own version is an addon of C++ that is compiled, with a copy of curl, when it is installed; this one does the same
 * requests with Node.
 */
import { Agent, request } from "node:http";

const [hostname, port] = (process.env["AWS_LAMBDA_RUNTIME_API"] ?? "").split(":");
const agent = new Agent({ keepAlive: true });
const INVOCATION = "/2018-06-01/runtime/invocation";

interface NextInvocation {
  readonly bodyJson: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** The addon posts while it blocks the process; here the next invocation waits until the post has arrived. */
let posted: Promise<unknown> = Promise.resolve();

export async function next(): Promise<NextInvocation> {
  await posted;
  return send("GET", `${INVOCATION}/next`);
}

export function done(id: string, body: string): void {
  posted = send("POST", `${INVOCATION}/${id}/response`, body);
  posted.catch(() => undefined); // `next` tells of it.
}

export function error(id: string, body: string): void {
  posted = send("POST", `${INVOCATION}/${id}/error`, body);
  posted.catch(() => undefined); // `next` tells of it.
}

function send(method: string, path: string, body?: string): Promise<NextInvocation> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, agent }, (incoming) => {
      let bodyJson = "";
      incoming.setEncoding("utf8").on("data", (text: string) => (bodyJson += text));
      incoming.on("error", reject).on("end", () => resolve({ bodyJson, headers: incoming.headers }));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
