import { InputError } from "../../core/errors.ts";
import type { KnownFinding } from "../../core/report/known-finding.ts";
import type { ObjectStore } from "../ports/objects.ts";
import { knownIn } from "./known-findings.ts";

/** The findings that an earlier run left of one listing, taken in the order of ids beside what is listed now. */
export interface Join {
  /** Whether there is anything to compare with. */
  readonly compares: boolean;
  /** The earlier findings up to this id, or all that are left; each comes once. Ids must ascend from call to call. */
  through(id?: string): AsyncIterable<readonly KnownFinding[]>;
}

export interface Earlier {
  /** Names of the parts; undefined = no earlier run has left any of this listing. */
  readonly parts: readonly string[] | undefined;
  readonly objects: ObjectStore;
  /** Those up to this id were taken before. */
  readonly after?: string | undefined;
  /** Told where a part is gone or damaged: from there on nothing earlier is known. */
  readonly onDamage: (reason: string) => void;
}

export function joinWith({ parts, objects, after, onDamage }: Earlier): Join {
  const blocks = knownIn(parts ?? [], objects, after);
  let waiting: readonly KnownFinding[] = [];
  let compares = parts !== undefined;

  const nextBlock = async (): Promise<boolean> => {
    try {
      const next = await blocks.next();
      if (next.done !== true) waiting = next.value;
      return next.done !== true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      compares = false;
      onDamage(error.message);
      return false;
    }
  };
  return {
    get compares() {
      return compares;
    },
    async *through(id) {
      do {
        const end = id === undefined ? -1 : waiting.findIndex((finding) => finding.id > id);
        const taken = end < 0 ? waiting : waiting.slice(0, end);
        waiting = end < 0 ? [] : waiting.slice(end);
        if (taken.length > 0) yield taken;
        if (end >= 0) return;
      } while (await nextBlock());
    },
  };
}
