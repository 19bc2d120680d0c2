import type { SQSClient } from "@aws-sdk/client-sqs";
import { POSTPONED, RECORD_KINDS, type StoreRecord } from "../../app/ports/store-records.ts";
import { InputError } from "../../core/errors.ts";
import { compress, decompress } from "../../sinks/objects/gzip.ts";

/** What of the 1 MiB that SQS takes is left for a body, beside attributes and what comes back with them. */
const MOST_BYTES = 900_000;
/** Before a store is tried again. */
const FIRST_DELAY_SECONDS = 10;

export interface PostponedOptions {
  /** Made when first needed. */
  readonly client: () => Promise<SQSClient>;
  readonly queueUrl: string;
}

/**
 * Puts a record on the queue of the function that is to put it into its store later, in as many messages as it needs.
 * Throws what the SDK throws; then some of them may have been sent.
 */
export function sqsPostponed({ client, queueUrl }: PostponedOptions): (record: StoreRecord) => Promise<void> {
  return async (record) => {
    const { SendMessageCommand } = await import("@aws-sdk/client-sqs");
    for (const { part, body } of await bodiesOf(record)) {
      const MessageAttributes = { [POSTPONED]: { DataType: "String", StringValue: part.kind } };
      const message = { MessageBody: body, MessageAttributes, DelaySeconds: FIRST_DELAY_SECONDS };
      await (await client()).send(new SendMessageCommand({ QueueUrl: queueUrl, ...message }));
    }
  };
}

/** The record in such a message. `kind` is what its attribute says. Throws InputError where there is none in it. */
export async function readPostponed(kind: string, body: string): Promise<StoreRecord> {
  let record: unknown;
  try {
    record = JSON.parse(await decompress(Buffer.from(body, "base64")));
  } catch (error) {
    throw new InputError("a postponed record can't be unpacked", { cause: error });
  }
  if (isRecord(record) && record.kind === kind) return record;
  throw new InputError(`the message holds no record of the kind ${JSON.stringify(kind)}`);
}

/** We have written it ourselves; all that can be wrong with it is its version. */
function isRecord(value: unknown): value is StoreRecord {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return RECORD_KINDS.some((kind) => kind === value.kind);
}

interface Part {
  readonly part: StoreRecord;
  readonly body: string;
}

async function bodiesOf(part: StoreRecord): Promise<Part[]> {
  const body = Buffer.from(await compress(JSON.stringify(part))).toString("base64");
  const halves = body.length <= MOST_BYTES ? undefined : halvesOf(part);
  if (halves === undefined) return [{ part, body }];
  return [...(await bodiesOf(halves[0])), ...(await bodiesOf(halves[1]))];
}

/** Two records that say together what this one says; undefined where it is about one thing only. */
function halvesOf(record: StoreRecord): [StoreRecord, StoreRecord] | undefined {
  switch (record.kind) {
    case "journal":
      return inHalves(record.entries, (entries) => ({ ...record, entries }));
    case "seen":
      return inHalves(record.resources, (resources) => ({ ...record, resources }));
    case "outcomes": {
      const { id } = record.record;
      return inHalves(record.record.resources, (resources, half) => ({
        ...record,
        record: { ...record.record, id: `${id}-${half}`, resources },
      }));
    }
    case "alert":
      return inHalves(record.message.alerts, (alerts) => ({ ...record, message: { ...record.message, alerts } }));
  }
}

function inHalves<Item>(
  items: readonly Item[],
  withItems: (items: readonly Item[], half: 1 | 2) => StoreRecord,
): [StoreRecord, StoreRecord] | undefined {
  if (items.length < 2) return undefined;
  const middle = Math.ceil(items.length / 2);
  return [withItems(items.slice(0, middle), 1), withItems(items.slice(middle), 2)];
}
