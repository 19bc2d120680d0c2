import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the local run's channels were told. */
export interface AlertsTold {
  /** Messages by channel. */
  readonly messages: Readonly<Record<string, number>>;
  /** Alerts by change, as the webhook's messages count them. */
  readonly changes: Readonly<Record<string, number>>;
}

export interface AlertReceiver {
  /** The section `alerts` of a configuration that tells everything here. */
  readonly alerts: Readonly<Record<string, unknown>>;
  told(): AlertsTold;
  close(): Promise<void>;
}

/** The answers by which each kind of chat says that it took a message. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ["slack", "ok"],
  ["dingtalk", '{"errcode":0,"errmsg":"ok"}'],
  ["feishu", '{"code":0,"msg":"success"}'],
  ["webhook", ""],
]);
/** It opens nothing but this receiver. */
const SECRET = "local-and-no-secret";

/** Stands in for chats on loopback: takes every message and counts it. */
export async function startAlertReceiver(): Promise<AlertReceiver> {
  const messages: Record<string, number> = {};
  const changes: Record<string, number> = {};
  const take = (channel: string, body: string, response: ServerResponse): void => {
    const answer = ANSWERS.get(channel);
    if (answer === undefined) {
      response.writeHead(404).end();
      return;
    }
    messages[channel] = (messages[channel] ?? 0) + 1;
    for (const [change, count] of channel === "webhook" ? countsIn(body) : []) {
      changes[change] = (changes[change] ?? 0) + count;
    }
    response.end(answer);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
      take(pathname.slice(1), Buffer.concat(chunks).toString(), response);
    });
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const channels = [...ANSWERS.keys()].map((type) => ({
    name: type,
    type,
    url: `${origin}/${type}`,
    ...(type === "slack" ? {} : { secret: SECRET }),
    // It takes 20 messages a minute, and nobody wants to wait that minute here: what is rejected stays out of it.
    ...(type === "dingtalk" && { leastSeverity: "high" }),
  }));
  return {
    alerts: { channels: [...channels, { name: "mail", type: "sns" }], fallback: [...ANSWERS.keys(), "mail"] },
    told: () => ({
      messages: Object.fromEntries(Object.entries(messages).sort(([one], [other]) => (one < other ? -1 : 1))),
      changes: { ...changes },
    }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Of the local run's own functions, so it is what it says it is. */
function countsIn(body: string): [string, number][] {
  const { data } = JSON.parse(body) as { readonly data: { readonly counts: Readonly<Record<string, number>> } };
  return Object.entries(data.counts);
}
