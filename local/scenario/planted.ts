/** What the scenario plants, as people read it; in the order in which a run tells of it. */
export const PLANTED = [
  "no tags at all",
  "some of the required tags",
  "all of the required tags",
  "another spelling, adopted",
  "another spelling, left to people",
  "an invalid value, replaced",
  "an invalid value, left to people",
  "only people know what is missing",
  "visible seconds after its event",
  "its event never arrives",
  "exempt",
  "in a sandbox, without a policy",
  "a kind that takes no tags",
  "deleted before its event came",
  "no room for another tag",
  "a value too long for its tag",
  "in an account that only reports",
  "in an account that denies access",
  "tags that our role may not read",
] as const;

export type Planted = (typeof PLANTED)[number];
