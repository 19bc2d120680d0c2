// A plugin of the Serverless Framework: what anybody in the world may call is deployed only where somebody is to call it.
// Without a sender of webhooks in the packaged configuration there is no function `ingest`, hence no address of its, no
// role, and no alarm about it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { WEBHOOK_SENDERS } from "../lib/core/config/sender.ts";
import { messageOf } from "../lib/core/errors.ts";
import { parametersOf, type Framework } from "./check-parameters.ts";
import { withoutFunction, type Service } from "./without-function.ts";

const FUNCTION = "ingest";

/** Whether somebody may send webhooks, by the parameters and the configuration; or why that can't be told. */
export function takesWebhooks(framework: Framework): boolean | { readonly problem: string } {
  const values = parametersOf(framework);
  const webhooks = String(values.get("webhooks"));
  if (webhooks !== "auto") return webhooks === "yes";
  const config = String(values.get("config"));
  if (config.startsWith("s3://")) {
    return {
      problem: `webhooks: packaging doesn't look into ${config}; say whether it names a sender: --param="webhooks=yes" or --param="webhooks=no"`,
    };
  }
  const path = join(framework.serviceDir, config);
  // A deployment is refused without it; what is only packaged to be looked at takes in nothing.
  if (!existsSync(path)) return false;
  try {
    return namesSender(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    return { problem: `config: ${config} is no compiled configuration: ${messageOf(error)}` };
  }
}

function namesSender(config: unknown): boolean {
  const ingest = typeof config === "object" && config !== null && "ingest" in config ? config.ingest : undefined;
  // Its own address alone is nobody's.
  return typeof ingest === "object" && ingest !== null && WEBHOOK_SENDERS.some((sender) => sender in ingest);
}

/** The framework makes a plugin with `new`, and takes what that gives. */
export default function webhooks(framework: Framework & { readonly service: Service & { readonly service: string } }) {
  return {
    hooks: {
      "before:package:cleanup": () => {
        const takes = takesWebhooks(framework);
        if (typeof takes === "object") throw new framework.classes.Error(`parameters: ${takes.problem}`);
        if (takes) return;
        const { service } = framework;
        const functionName = `${service.service}-${service.provider.stage}-${FUNCTION}`;
        const { functions, resources } = withoutFunction(service, FUNCTION, { functionName, service: FUNCTION });
        Object.assign(service, { functions, resources });
      },
    },
  };
}
