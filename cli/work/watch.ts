import type { TagProvider } from "../../lib/app/ports/provider.ts";

/** What the calls of a command have done so far. */
export interface Seen {
  /** Resources whose tags were read by id. */
  readonly read: number;
  /** Resources that were written to. */
  readonly written: number;
  readonly calls: number;
}

/** Sees the calls of all accounts pass, and tells one listener how far they are. */
export interface Watch {
  /** The same provider, whose calls are seen. */
  over(provider: TagProvider): TagProvider;
  /** How many calls that write were sent. */
  writes(): number;
  /** Told after each call. */
  listen(listener: (seen: Seen) => void): void;
}

export function createWatch(): Watch {
  const read = new Set<string>();
  const written = new Set<string>();
  let calls = 0;
  let writes = 0;
  let listener: (seen: Seen) => void = () => undefined;
  const note = (into: Set<string>, account: string, ids: readonly string[]): void => {
    for (const id of ids) into.add(JSON.stringify([account, id]));
  };
  const counted = async <Result>(call: Promise<Result>, succeeded: (result: Result) => void): Promise<Result> => {
    try {
      const result = await call;
      succeeded(result);
      return result;
    } finally {
      calls += 1;
      listener({ read: read.size, written: written.size, calls });
    }
  };
  const writing = <Result>(call: Promise<Result>, succeeded: (result: Result) => void): Promise<Result> => {
    writes += 1;
    return counted(call, succeeded);
  };
  return {
    writes: () => writes,
    listen(told) {
      listener = told;
    },
    over(provider) {
      const { account } = provider;
      const counting = provider.countInventory?.bind(provider);
      return {
        ...provider,
        ...(counting !== undefined && {
          countInventory: (...asked) => counted(counting(...asked), () => undefined),
        }),
        listTagResources: (query, token, options) =>
          counted(provider.listTagResources(query, token, options), ({ nextToken }) => {
            if (nextToken === undefined) note(read, account, query.ids ?? []);
          }),
        listInventory: (region, type, token, options) =>
          counted(provider.listInventory(region, type, token, options), () => undefined),
        tagResources: (batch, options) =>
          writing(provider.tagResources(batch, options), ({ succeeded }) => note(written, account, succeeded)),
        untagResources: (batch, options) =>
          writing(provider.untagResources(batch, options), ({ succeeded }) => note(written, account, succeeded)),
      };
    },
  };
}
