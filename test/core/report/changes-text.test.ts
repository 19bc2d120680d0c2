import { expect, it } from "vitest";
import { changesNotes, changesText } from "../../../lib/core/report/changes-text.ts";

const CHANGES = { since: "r1", new: 2, open: 0, fixed: 2, gone: 0, compared: 1, shards: 1, newest: [] };

it("tells those that are exempted or that nobody judges apart from those that are fixed, where there are any", () => {
  const changes = { ...CHANGES, inGrace: 0, repaired: 0 };
  expect(changesText(changes)).toBe("2 fixed, 0 gone, 0 still open");
  const apart = { ...changes, exempted: 5, unjudged: 1 };
  expect(changesText(apart)).toBe("2 fixed, 5 exempted, 1 no longer judged, 0 gone, 0 still open");
  expect(changesNotes(apart, { sent: 0, held: 0 })).toEqual([
    "5 findings are covered by an exemption now, which mends nothing.",
    "1 finding is not judged any more by a policy that it broke: the policy is gone, doesn't match it, or doesn't ask for the key.",
  ]);
});

it("says of findings that nobody asked for before that they are neither new nor open", () => {
  const notes = (added: number) => changesNotes({ ...CHANGES, inGrace: 0, repaired: 0, added }, { sent: 0, held: 0 });
  expect(notes(0)).toEqual([]);
  expect(notes(1)).toEqual([
    "1 finding breaks only what the policies didn't ask before, and counts neither as new nor as open.",
  ]);
  expect(notes(60)).toEqual([
    "60 findings break only what the policies didn't ask before, and count neither as new nor as open.",
  ]);
});

it("says how many known findings break something more", () => {
  const notes = (newlyBroken: number) =>
    changesNotes({ ...CHANGES, inGrace: 0, repaired: 0, newlyBroken }, { sent: 0, held: 0 });
  expect(notes(0)).toEqual([]);
  expect(notes(1)).toEqual(["1 finding that was known before breaks something more."]);
  expect(notes(1_200)).toEqual(["1,200 findings that were known before break something more."]);
});

it.each([
  [
    1,
    [
      "1 of the new ones was ",
      "1 of the fixed ones was ",
      "1 finding was sent ",
      "1 finding could be repaired and was ",
    ],
  ],
  [
    1_200,
    ["1,200 of the new ones were ", "1,200 of the fixed ones were ", "1,200 findings were sent "].concat(
      "1,200 findings could be repaired and were ",
    ),
  ],
])("notes on %i findings agree with their number", (n, starts) => {
  const notes = changesNotes({ ...CHANGES, inGrace: n, repaired: n }, { sent: n, held: n });
  expect(notes.map((note, index) => note.slice(0, starts[index]?.length))).toEqual(starts);
});
