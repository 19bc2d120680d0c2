/** What enforcement needs where an account of Huawei Cloud is configured, as one file of its package. */
export { huaweiProvider } from "../../../providers/huawei/provider.ts";
export { readCts } from "../../../events/huawei/cts.ts";
