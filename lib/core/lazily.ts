/**
 * What is loaded or made when it is first asked for, and then stays. Whoever asks again gets the same promise: once it
 * is fulfilled, waiting for it takes no turn of the event loop.
 */
export function lazily<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => (value ??= load());
}
