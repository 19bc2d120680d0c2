import type { DatabaseSync } from "node:sqlite";
import type { BuildAppOptions } from "fauxqs";
// Parts that fauxqs uses itself and doesn't export, so they are named by their files.
import { PersistenceManager } from "../../node_modules/fauxqs/dist/persistence.js";
import { S3Store } from "../../node_modules/fauxqs/dist/s3/s3Store.js";
import { SnsStore } from "../../node_modules/fauxqs/dist/sns/snsStore.js";
import { SqsStore } from "../../node_modules/fauxqs/dist/sqs/sqsStore.js";

type Stores = NonNullable<BuildAppOptions["stores"]>;

/**
 * Queues, topics and buckets kept in a folder. fauxqs offers this only together with a server on all interfaces, and
 * ours must stay on loopback; so its parts are put together here as its own start does it: load first, and only then
 * let the stores write.
 */
export function loadQueueState(folder: string): { readonly stores: Stores; close(): void } {
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const persistence = new PersistenceManager(folder);
  makeWritesSurvive(persistence);
  giveBack(persistence["db"]);
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  for (const store of Object.values(stores)) Object.assign(store, { persistence });
  for (const queue of stores.sqsStore.allQueues()) Object.assign(queue, { persistence });
  return { stores, close: () => persistence.close() };
}

/**
 * Makes three writes of fauxqs survive. A message that becomes visible at once (timeout 0) breaks a column's condition
 * and is gone. A dead letter is deleted from its queue before it is put on the other; killed in between, the process
 * would lose it, so a deletion waits for what follows it in the same turn. And each write waited for the disk, which a
 * process that is killed doesn't need: what the system has is safe.
 */
function makeWritesSurvive(persistence: PersistenceManager): void {
  const db = persistence["db"];
  db.exec("PRAGMA synchronous = NORMAL");
  const ready = db.prepare(
    "UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?",
  );
  const deleteMessage = persistence.deleteMessage.bind(persistence);
  const insertMessage = persistence.insertMessage.bind(persistence);
  const transaction = persistence["transaction"].bind(persistence);
  let open = false;
  const commit = (): void => {
    if (open) db.exec("COMMIT");
    open = false;
  };
  Object.assign(persistence, {
    updateMessageReady: (messageId: string) => ready.run(messageId),
    deleteMessage(messageId: string) {
      if (!open) db.exec("BEGIN");
      if (!open) process.nextTick(commit);
      open = true;
      deleteMessage(messageId);
    },
    insertMessage(...inserted: Parameters<PersistenceManager["insertMessage"]>) {
      insertMessage(...inserted);
      commit();
    },
    transaction(work: () => void) {
      commit();
      transaction(work);
    },
  });
}

/**
 * What was in hand when an earlier process ended comes back at once, since whoever had it is gone; and it keeps the
 * receive, since no function failed. Otherwise five restarts would make a dead letter of a message that nobody refused.
 */
function giveBack(db: DatabaseSync): void {
  const statement = `UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL,
    approximate_receive_count = max(0, approximate_receive_count - 1)
    WHERE receipt_handle IS NOT NULL AND visibility_deadline > ?`;
  db.prepare(statement).run(Date.now());
}
