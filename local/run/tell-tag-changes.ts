import { randomUUID } from "node:crypto";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { composeTagsChangedEvent } from "../compose-events/tags-changed.ts";
import { eachPair } from "../emulator/tag-pairs.ts";
import type { World } from "../emulator/world.ts";
import type { CloudEntry } from "../emulator/world-change.ts";
import { sendEvents } from "./send-events.ts";

interface Place {
  readonly world: World;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly onFailure: (error: unknown) => void;
}

/** Sends the clouds' events of each call that changes tags, our own calls' too, as the clouds do. */
export function tellTagChanges({ world, sqs, queueUrl, onFailure }: Place): (entry: CloudEntry) => void {
  return (entry) => {
    if (entry.did !== "write") return;
    const { ref, at, set = [], unset = [] } = entry;
    // What is recorded has yet to be done.
    setImmediate(() => {
      const after = world.get(ref)?.tags ?? {};
      const project = world.get(ref)?.project;
      const change = { set: Object.fromEntries(eachPair(set)), unset, after, eventId: randomUUID(), at };
      const body = composeTagsChangedEvent({ ...change, ref: { ...ref, ...(project !== undefined && { project }) } });
      if (body !== undefined) sendEvents(sqs, queueUrl, [body]).catch(onFailure);
    });
  };
}
