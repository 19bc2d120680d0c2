import { CloudError } from "../../local/emulator/cloud-error.ts";
import type { Cloud } from "../../local/emulator/cloud.ts";
import { scalingOperation } from "../../local/emulator/aws/auto-scaling.ts";
import { iamOperation } from "../../local/emulator/aws/iam.ts";
import { element } from "../../local/emulator/aws/query-call.ts";
import type { Admission } from "../../local/emulator/gate.ts";
import type { HttpRequest } from "../../lib/providers/http.ts";
import type { NativeType } from "../../lib/providers/aws/native-contract.ts";
import { tagsCall } from "../../lib/providers/aws/native-reads.ts";
import type { SimAnswer } from "./serve.ts";
import type { SimRequest } from "./sim-request.ts";

const NATIVE: readonly NativeType[] = ["aws:iam:role", "aws:iam:user", "aws:autoscaling:autoScalingGroup"];

/** The type of a read that goes to the service of that type, and not to the tag index, which is silent about it. */
export function nativeTypeOf({ kind, type }: Pick<SimRequest, "kind" | "type">): NativeType | undefined {
  return kind === "read" ? NATIVE.find((native) => native === type) : undefined;
}

/** The emulator answers a form in XML, and the real client's code writes the one and reads the other. */
export function serveNative(
  cloud: Cloud,
  type: NativeType,
  { ids, token, account, region }: SimRequest,
  admission: Admission,
): SimAnswer {
  const { operation, body, page } = tagsCall(type, { account, region }, ids, token);
  const form = new URLSearchParams(operation.write(body));
  const emulated = iamOperation(operation.name, form) ?? scalingOperation(operation.name);
  if (emulated === undefined) throw new Error(`the emulator has no ${operation.name}`);
  const read = (status: number, text: string) =>
    operation.read(SENT, { status, headers: {}, body: text }, { resourceIds: ids, secrets: () => [], now: 0 });
  try {
    const result = emulated.run({ cloud, form, account, region, admission });
    const { name } = operation;
    const shown = page(read(200, `<${name}Response><${name}Result>${result}</${name}Result></${name}Response>`));
    return { rows: shown.rows, rowCount: shown.rowCount, nextToken: shown.nextToken, failures: {} };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const said = element("Code", error.code) + element("Message", error.message);
    read(error.httpStatus, `<ErrorResponse><Error>${said}</Error><RequestId>sim</RequestId></ErrorResponse>`);
    throw error;
  }
}

const SENT: HttpRequest = {
  method: "POST",
  origin: new URL("https://cloud.example"),
  path: "/",
  headers: {},
  body: "",
  region: "us-east-1",
  write: false,
};
