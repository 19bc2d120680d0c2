/** What enforcement needs where an account of Alibaba Cloud is configured, as one file of its package. */
export { alibabaProvider } from "../../../providers/alibaba/provider.ts";
export { readActionTrail } from "../../../events/alibaba/actiontrail.ts";
