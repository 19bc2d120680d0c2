import { findPackageJSON } from "node:module";
import { pathToFileURL } from "node:url";
import type { BuildAppOptions } from "fauxqs";

type Stores = NonNullable<BuildAppOptions["stores"]>;

/** What of fauxqs' own modules the loading of state needs. */
interface Persistence {
  load(sqs: Stores["sqsStore"], sns: Stores["snsStore"], s3: Stores["s3Store"]): void;
  close(): void;
}

/**
 * Queues, topics and buckets kept in a folder. fauxqs offers this only together with a server on all interfaces, and
 * ours must stay on loopback; so its parts are put together here as its own start does it: load first, and only then
 * let the stores write.
 */
export async function loadQueueState(folder: string): Promise<{ readonly stores: Stores; close(): void }> {
  const { PersistenceManager } = await part<{ PersistenceManager: new (folder: string) => Persistence }>(
    "persistence.js",
  );
  const { SqsStore } = await part<{ SqsStore: new () => Stores["sqsStore"] }>("sqs/sqsStore.js");
  const { SnsStore } = await part<{ SnsStore: new () => Stores["snsStore"] }>("sns/snsStore.js");
  const { S3Store } = await part<{ S3Store: new () => Stores["s3Store"] }>("s3/s3Store.js");
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const persistence = new PersistenceManager(folder);
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  for (const store of Object.values(stores)) Object.assign(store, { persistence });
  for (const queue of stores.sqsStore.allQueues()) Object.assign(queue, { persistence });
  return { stores, close: () => persistence.close() };
}

async function part<Module>(path: string): Promise<Module> {
  const manifest = findPackageJSON("fauxqs", import.meta.url);
  if (manifest === undefined) throw new Error("fauxqs is not installed");
  return import(new URL(`dist/${path}`, pathToFileURL(manifest)).href) as Promise<Module>;
}
