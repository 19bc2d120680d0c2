import type { ObjectStore } from "../ports/objects.ts";

/**
 * Reads objects that are asked for one after the other, in this order, before they are: a bucket answers in some 20 ms,
 * and a run may leave 100,000 summaries. At most `ahead` of them are held beside the one that is waited for. What is
 * asked for in another way is read as ever.
 */
export function readAhead(
  names: Iterable<string>,
  objects: Pick<ObjectStore, "get">,
  ahead: number,
): Pick<ObjectStore, "get"> {
  const coming = names[Symbol.iterator]();
  const underWay = new Map<string, Promise<Uint8Array | undefined>>();
  const fill = (): void => {
    while (underWay.size < ahead) {
      const { done, value } = coming.next();
      if (done === true) return;
      if (underWay.has(value)) continue;
      const body = objects.get(value);
      // Whoever asks for it is told; nobody may, and then it must not end the process.
      body.catch(() => undefined);
      underWay.set(value, body);
    }
  };
  return {
    get(name) {
      fill();
      const body = underWay.get(name) ?? objects.get(name);
      underWay.delete(name);
      fill();
      return body;
    },
  };
}
