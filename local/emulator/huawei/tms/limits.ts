import type { EmulatedLimits } from "../../limits.ts";

/** Letters of the Latin alphabet, digits, hyphens, underscores and Han characters. */
const KEY = /^[A-Za-z0-9_\u{4E00}-\u{9FFF}-]$/u;
const VALUE = /^[A-Za-z0-9_.\u{4E00}-\u{9FFF}-]$/u;

/** What TMS allows, whatever the service, though some services allow more themselves. */
export const tmsLimits: EmulatedLimits = {
  resourcesPerCall: 50,
  tagsPerCall: 10,
  keysPerUntagCall: 10,
  idsPerCall: 1,
  filtersAsWritten: false,
  rowsPerPage: 200,
  inventoryPageSize: 200,
  tagsPerResource: 10,
  silentTypes: [],
  key: {
    minLength: 1,
    maxLength: 36,
    characters: KEY,
    reservedPrefixes: ["_sys_"],
    thisSpellingOnly: true,
    reservedParts: [],
  },
  value: { minLength: 0, maxLength: 43, characters: VALUE, reservedPrefixes: [], reservedParts: [] },
  documentation: "https://support.huaweicloud.com/intl/en-us/api-tms/CreateResourceTag.html",
};
