import { expect, it } from "vitest";
import { changesNotes } from "../../../lib/core/report/changes-text.ts";

const CHANGES = { since: "r1", new: 2, open: 0, fixed: 2, gone: 0, compared: 1, shards: 1, newest: [] };

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
