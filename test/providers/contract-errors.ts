import { describe, expect, test } from "vitest";
import { NO_TAGS } from "../../lib/core/resource.ts";
import { errorOf, testWhere, type TriedProvider } from "./tried-provider.ts";

/** What goes wrong is told apart. */
export function errorsContract(tried: TriedProvider): void {
  const { wire, contract, onTheWire, fresh, where, tag, read, errorOfOne } = tried;
  describe("errors", () => {
    test("a resource that doesn't exist is not found", async () => {
      const id = tried.subject.id(900_000);
      const error = await errorOfOne(id, tag([id], new Map([["a", "b"]])));
      expect(error.kind).toBe("not-found");
    });

    const { atomicity, resourcesPerCall } = contract.tag;
    testWhere(atomicity === "all-or-none")("a bad resource fails the others of its call", async () => {
      const good = fresh();
      const bad = tried.subject.id(900_001);
      expect((await errorOf(tag([good, bad], new Map([["a", "b"]])))).kind).toBe("not-found");
      expect(tried.subject.tagsOf(good)).toEqual(NO_TAGS);
    });

    testWhere(atomicity === "per-resource" && resourcesPerCall > 1)("a bad resource fails only itself", async () => {
      const good = fresh();
      const bad = tried.subject.id(900_001);
      const { succeeded, failed } = await tag([good, bad], new Map([["a", "b"]]));
      expect(succeeded).toEqual([good]);
      expect([...failed.keys()]).toEqual([bad]);
      expect(tried.subject.tagsOf(good)).toEqual(new Map([["a", "b"]]));
    });

    test("throttling is told apart, and nothing was written", async () => {
      const id = fresh();
      tried.subject.next("throttle");
      const error = await errorOf(tag([id], new Map([["a", "b"]])));
      expect(error.kind).toBe("throttled");
      expect(error.retryable).toBe(true);
      expect(error.ambiguous).toBe(false);
      expect(tried.subject.tagsOf(id)).toEqual(NO_TAGS);
    });

    test("a write whose answer is lost is ambiguous, and a read shows that it took effect", async () => {
      const id = fresh();
      tried.subject.next("drop-response");
      const error = await errorOf(tag([id], new Map([["a", "b"]])));
      expect(error.kind).toBe("transient");
      expect(error.ambiguous).toBe(true);
      expect(await read(id)).toEqual(new Map([["a", "b"]]));
    });

    test("a read whose answer is lost is not ambiguous", async () => {
      const id = fresh(new Map([["a", "b"]]));
      tried.subject.next("drop-response");
      const error = await errorOf(read(id));
      expect(error.kind).toBe("transient");
      expect(error.ambiguous).toBe(false);
    });

    testWhere(wire !== "none")("an unknown key is an access error that gives away no secret", async () => {
      const provider = onTheWire().withWrongKey("id");
      const error = await errorOf(tag([fresh()], new Map([["a", "b"]]), provider));
      expect(error.kind).toBe("access");
      expect(JSON.stringify(error)).not.toMatch(/wrong-secret|wrong-key-id/);
      expect(error.message).not.toMatch(/wrong-secret|wrong-key-id|Signature=/);
    });

    testWhere(wire !== "none")("a wrong secret is an access error that gives away no secret", async () => {
      const provider = onTheWire().withWrongKey("secret");
      const error = await errorOf(tag([fresh()], new Map([["a", "b"]]), provider));
      expect(error.kind).toBe("access");
      expect(error.message).not.toMatch(/wrong-secret|Signature=/);
    });

    testWhere(wire !== "none")("an endpoint that hangs is left when the time is up", async () => {
      const provider = onTheWire().impatient();
      const id = fresh();
      tried.subject.next("hang");
      const error = await errorOf(tag([id], new Map([["a", "b"]]), provider));
      expect(error.code).toBe("Timeout");
      expect(error.kind).toBe("transient");
      expect(error.ambiguous).toBe(true);
    });

    test("a call that is cut short before it starts writes nothing", async () => {
      const id = fresh();
      const batch = { ...where(), resourceIds: [id], tags: new Map([["a", "b"]]) };
      const error = await errorOf(tried.subject.provider.tagResources(batch, { signal: AbortSignal.abort() }));
      expect(error.kind).toBe("transient");
      expect(tried.subject.tagsOf(id)).toEqual(NO_TAGS);
    });

    test("a type that it doesn't serve is refused", async () => {
      const error = await errorOf(
        tried.subject.provider.tagResources({
          ...where(),
          type: "nobody:nothing:none",
          resourceIds: ["x"],
          tags: new Map([["a", "b"]]),
        }),
      );
      expect(error.kind).toBe("request");
    });
  });
}
