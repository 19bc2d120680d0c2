import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import dynalite from "dynalite";
import { buildApp } from "fauxqs";
import { loadQueueState } from "./queue-state.ts";

/** SQS, SNS, S3 and DynamoDB on loopback. */
export interface EmbeddedAws {
  readonly region: string;
  /** As the AWS clouds of fauxqs number it. */
  readonly account: string;
  /** Serves SQS, SNS and S3. */
  readonly endpoint: string;
  readonly dynamodbEndpoint: string;
  queueUrl(name: string): string;
  /** What a function gets in its environment beside its own variables, as the Lambda runtime would set it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Says that all tables are there. */
  markMade(): void;
  close(): Promise<void>;
}

const REGION = "us-east-1";
const ACCOUNT = "000000000000";
/** A file that says that the tables are whole. */
const MADE = "tables-made";

/**
 * Starts the embedded AWS services, bound to 127.0.0.1 and nothing else. With `dataDir` their state is on disk and is
 * there again the next time; without, all of it is in memory.
 */
export async function startEmbeddedAws({ dataDir }: { dataDir?: string } = {}): Promise<EmbeddedAws> {
  if (dataDir !== undefined) removeHalfMade(dataDir);
  const state = dataDir === undefined ? undefined : loadQueueState(join(dataDir, "queues"));
  const app = buildApp({
    logger: false,
    defaultRegion: REGION,
    ...(state === undefined ? {} : { stores: state.stores }),
  });
  const endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
  const database = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(dataDir === undefined ? {} : { path: join(dataDir, "dynamodb") }),
  });
  const dynamodbEndpoint = await listenOnLoopback(database);
  return {
    region: REGION,
    account: ACCOUNT,
    endpoint,
    dynamodbEndpoint,
    // The port is another one in each run, and so a URL that was kept would lead nowhere.
    queueUrl: (name) => `${endpoint}/${ACCOUNT}/${name}`,
    variables: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_ENDPOINT_URL_SNS: endpoint,
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
      // Nothing serves it here; a function that asks for a secret must fail here and not reach a real account.
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `${endpoint}/secrets-manager-is-not-embedded`,
    },
    markMade: () => {
      if (dataDir !== undefined) writeFileSync(join(dataDir, MADE), "");
    },
    close: async () => {
      await app.close();
      state?.close();
      await closeServer(database);
    },
  };
}

/**
 * dynalite makes a table in two steps, and one that was killed between them leaves a table that nobody can use or
 * remove. Before all tables are there, nothing is in them, so the next start makes them afresh.
 */
function removeHalfMade(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(join(dataDir, MADE))) rmSync(join(dataDir, "dynamodb"), { recursive: true, force: true });
}

async function listenOnLoopback(server: Server): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", () => resolve());
  await promise;
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

async function closeServer(server: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
  server.closeAllConnections();
  await promise;
}
