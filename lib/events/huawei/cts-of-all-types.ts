import { HUAWEI_CREATE_EVENTS } from "./create-events.ts";
import { ctsReader } from "./cts.ts";
import { HUAWEI_GENERIC_CREATE_EVENTS } from "./generic-create-events.ts";
import { readHuaweiTagCall } from "./tag-calls.ts";
import { readTmsTagCall } from "./tms-tag-calls.ts";

/** Reads CTS' traces of everything that Huawei Cloud can tag. */
export const readCtsOfAllTypes = ctsReader(
  () => [...HUAWEI_CREATE_EVENTS, ...HUAWEI_GENERIC_CREATE_EVENTS],
  (...call) => readHuaweiTagCall(...call) ?? readTmsTagCall(...call),
);
