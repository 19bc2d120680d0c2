import { ALIBABA_CREATE_EVENTS } from "./alibaba/create-events.ts";
import { ALIBABA_EXPERIMENTAL_CREATE_EVENTS } from "./alibaba/experimental-create-events.ts";
import { ALIBABA_GENERIC_CREATE_EVENTS } from "./alibaba/generic-create-events.ts";
import { AWS_CREATE_EVENTS } from "./aws/create-events.ts";
import { AWS_EXPERIMENTAL_CREATE_EVENTS } from "./aws/experimental-create-events.ts";
import type { CreateEvent } from "./create-event.ts";
import { HUAWEI_CREATE_EVENTS } from "./huawei/create-events.ts";
import { HUAWEI_GENERIC_CREATE_EVENTS } from "./huawei/generic-create-events.ts";

/** Which API calls create which resource type, and where the ids stand, on all clouds. docs/events.md prints it. */
export const CREATE_EVENTS: readonly CreateEvent[] = [
  ...AWS_CREATE_EVENTS,
  ...AWS_EXPERIMENTAL_CREATE_EVENTS,
  ...ALIBABA_CREATE_EVENTS,
  ...ALIBABA_GENERIC_CREATE_EVENTS,
  ...ALIBABA_EXPERIMENTAL_CREATE_EVENTS,
  ...HUAWEI_CREATE_EVENTS,
  ...HUAWEI_GENERIC_CREATE_EVENTS,
];
