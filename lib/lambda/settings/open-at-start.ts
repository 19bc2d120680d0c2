import { SettingsUnavailable } from "./load-json.ts";

/**
 * Opens at the cold start, which nobody pays for, and keeps what it got. Where settings can't be had from the bucket,
 * the function starts all the same, and each call tries again: an invocation that began can send its messages again with
 * a delay, while one whose cold start failed only lets SQS count, until they are dead in half an hour.
 */
export async function openAtStart<Value>(open: () => Promise<Value>): Promise<() => Promise<Value>> {
  let opened: Promise<Value> | undefined;
  const again = () =>
    (opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    }));
  try {
    await again();
  } catch (error) {
    if (!(error instanceof SettingsUnavailable)) throw error;
  }
  return again;
}
