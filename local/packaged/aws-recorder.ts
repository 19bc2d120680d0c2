import { messageOf } from "../../lib/core/errors.ts";
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { EmbeddedAws } from "../service/embedded-aws.ts";
import { callsOf, signerOf, type AwsCall } from "./aws-call.ts";

/** A call that a function made, or Lambda for it. */
export interface RecordedCall extends AwsCall {
  readonly function: string;
}

/** Stands between the functions and the embedded AWS, and notes who calls what. */
export interface AwsRecorder {
  /** What a function's clients need to come by here, with a key that is its own. */
  variablesFor(functionName: string): Readonly<Record<string, string>>;
  /** Notes what Lambda does with the function's role and what passes no endpoint here. */
  note(functionName: string, call: AwsCall): void;
  /** The calls so far: of calls to places of the same kind, the first. */
  calls(): readonly RecordedCall[];
  close(): Promise<void>;
}

export async function startAwsRecorder(aws: EmbeddedAws): Promise<AwsRecorder> {
  const names = new Map<string, string>();
  const recorded = new Map<string, RecordedCall>();
  const note = (functionName: string, call: AwsCall): void => {
    const kind = [functionName, call.action, kindOf(call)].join(" ");
    if (!recorded.has(kind)) recorded.set(kind, { function: functionName, ...call });
  };
  const observe: Observe = (incoming, body) => {
    const signer = signerOf(incoming);
    const functionName = names.get(signer?.keyId ?? "");
    if (signer === undefined || functionName === undefined) return () => undefined;
    const { method = "GET", url = "/", headers } = incoming;
    const calls = callsOf(signer.service, { method, url, headers, body }, aws);
    for (const call of calls) note(functionName, call);
    return (status) => {
      // Whoever may not list a bucket is told 403 of an object that isn't there:
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
      const [call] = calls;
      if (status !== 404 || call?.action !== "s3:GetObject") return;
      const [bucket = "", ...key] = call.resource.split("/");
      note(functionName, { action: "s3:ListBucket", resource: bucket, context: { "s3:prefix": key.join("/") } });
    };
  };
  const services = await startProxy(aws.endpoint, observe);
  const database = await startProxy(aws.dynamodbEndpoint, observe);
  return {
    variablesFor(functionName) {
      const keyId = `LOCAL${functionName.toUpperCase()}`;
      names.set(keyId, functionName);
      const { variables } = aws;
      const moved = Object.entries(variables).map(([name, value]) => [
        name,
        value.replace(aws.endpoint, services.url).replace(aws.dynamodbEndpoint, database.url),
      ]);
      return { ...(Object.fromEntries(moved) as Record<string, string>), AWS_ACCESS_KEY_ID: keyId };
    },
    note,
    calls: () => [...recorded.values()],
    close: async () => {
      await Promise.all([services.close(), database.close()]);
    },
  };
}

/** Objects of one folder, and items whose keys begin alike, need the same permission. */
function kindOf({ resource, context }: AwsCall): string {
  const [bucket, ...key] = resource.split("/");
  const place = resource.startsWith("arn:aws:s3:") && key.length > 1 ? `${bucket}/${key[0]}` : resource;
  const leading = context["dynamodb:LeadingKeys"]?.split("#")[0] ?? "";
  const prefix = context["s3:prefix"]?.split("/")[0] ?? "";
  return [place, leading, prefix].join(" ");
}

/** Sees a request, and then the status of its answer. Throws where it doesn't know the call. */
type Observe = (incoming: IncomingMessage, body: string) => (status: number) => void;

interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Hands requests on as they are, after `observe` has seen them; what it throws, the caller gets as an error. */
async function startProxy(target: string, observe: Observe): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(target);
  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const answered = observe(incoming, body.toString("utf8"));
    const { method, url: path, headers } = incoming;
    const passed = request({ hostname, port, method, path, headers, agent }, (answer) => {
      const status = answer.statusCode ?? 502;
      answered(status);
      outgoing.writeHead(status, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    passed.end(body);
  };
  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch((error: unknown) => {
      const message = messageOf(error);
      outgoing.writeHead(501, { "content-type": "application/json" }).end(JSON.stringify({ __type: message, message }));
    });
  });
  server.keepAliveTimeout = 60_000;
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(0, "127.0.0.1", () => resolve());
  await promise;
}
