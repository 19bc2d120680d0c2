import { CloudError } from "../cloud-error.ts";
import type { Refusal } from "../gate.ts";

/** Documented codes with their status and message; what is assumed is named in docs/providers/assumptions.md. */
const KNOWN: Readonly<Record<string, readonly [status: number, message: string]>> = {
  "APIGW.0101": [404, "The API does not exist or has not been published in the environment."],
  "APIGW.0201": [413, "Request entity too large."],
  "APIGW.0301": [401, "Incorrect IAM authentication information"],
  "APIGW.0308": [429, "The throttling threshold has been reached."],
  "APIGW.0601": [500, "Internal server error."],
  "APIC.7100": [401, "The token is missing."],
  "APIC.7101": [401, "The token has expired."],
  "APIC.7102": [401, "Incorrect token or token resolution failed"],
  "APIC.7106": [403, "No permissions to request for the method"],
  "APIC.7402": [403, "The number of tags exceeds the maximum allowed limit."],
  // Its body on the page has a code only.
  "APIC.9000": [500, ""],
  "APIG.2001": [400, "The parameter must be specified."],
  "APIG.2006": [400, "The parameter is too long."],
  "APIG.2011": [400, "Invalid parameter value."],
  "APIG.2012": [400, "Invalid parameter value."],
  "APIG.3030": [404, "The instance does not exist."],
  "APIG.9008": [500, "Too many requests. Try again later."],
  "TMS.0001": [500, "Internal server error."],
  "TMS.0002": [400, "Bad request."],
  "TMS.0003": [401, "Authentication failed."],
  "TMS.0004": [403, "Access denied."],
  "TMS.0005": [404, "Not found."],
  "TMS.0006": [403, "The request is Too much, try again later."],
  "TMS.0007": [400, "Limit is invalid."],
  "TMS.0009": [400, "Key is invalid."],
  "TMS.0010": [400, "Value is invalid."],
  "TMS.0012": [400, "Tags is empty."],
  "TMS.0016": [400, "Enter no more than 10 values."],
  "TMS.0017": [400, "Offset is invalid."],
  "TMS.0018": [504, "Query Time Out."],
  "TMS.1001": [400, "The quota is insufficient."],
  "TMS.2011": [400, "Project_id is invalid."],
  "TMS.2030": [403, "required permission is missing"],
  "TMS.5027": [400, "Invalid resource type."],
  "RMS.00010001": [400, "Invalid parameter."],
  "RMS.00010002": [400, "The resource type is invalid."],
  "RMS.00010006": [403, "You do not have the permission."],
  "RMS.00010024": [400, "The limit is invalid."],
  "RMS.00010028": [400, "The number of tags must be from 1 to 5."],
  "RMS.00010034": [400, "The marker's length is invalid."],
  "RMS.00010035": [400, "The marker is invalid."],
  "RMS.00010079": [401, "Authentication failed."],
  "RMS.00010091": [400, "The tracker-config is not enabled."],
  "PAP5.0001": [403, "access denied: you are not authorized to perform this operation"],
  "PAP5.0004": [404, "resource not found"],
  "PAP5.0005": [409, "tags per resource limit exceeded"],
  "PAP5.0006": [409, "concurrent modification"],
  "PAP5.0009": [400, "invalid parameter"],
  "PAP5.0010": [400, "invalid marker"],
  "PAP5.0033": [400, "duplicate key"],
  "PAP5.0036": [400, "tag non-compliant"],
  "PAP5.0038": [400, "This operation is only supported by v5 agencies"],
};

/** The error of that code; `detail` is added to its message. */
export function huaweiError(code: string, detail?: string): CloudError {
  const [status, message] = (Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined) ?? [400, `refused with ${code}`];
  const text = detail === undefined ? message : `${message}${message === "" ? "" : ": "}${detail}`;
  return new CloudError(status, code, text);
}

/** The error that a fault or an empty bucket stands for, where the operation has these for a failure and a throttle. */
export function refused(refusal: Refusal, usual: string, throttled = "APIGW.0308"): CloudError {
  const code = refusal.code ?? (refusal.kind === "throttle" ? throttled : usual);
  const error = huaweiError(code, refusal.named);
  return new CloudError(refusal.httpStatus ?? error.httpStatus, code, error.message);
}
