import { actionTrailReader } from "./actiontrail.ts";
import { ALIBABA_CREATE_EVENTS } from "./create-events.ts";
import { ALIBABA_EXPERIMENTAL_CREATE_EVENTS } from "./experimental-create-events.ts";
import { ALIBABA_GENERIC_CREATE_EVENTS } from "./generic-create-events.ts";
import { readAlibabaTagCall } from "./tag-calls.ts";
import { readTagServiceCall } from "./tag-service-calls.ts";

/** Reads ActionTrail's events of everything that Alibaba Cloud can tag. */
export const readActionTrailOfAllTypes = actionTrailReader(
  () => [...ALIBABA_CREATE_EVENTS, ...ALIBABA_GENERIC_CREATE_EVENTS, ...ALIBABA_EXPERIMENTAL_CREATE_EVENTS],
  (...call) => readAlibabaTagCall(...call) ?? readTagServiceCall(...call),
);
