import type { TypeContract } from "../../lib/core/contract.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";
import { genericContract as everything } from "../../lib/providers/alibaba/generic/contract.ts";

/** `service/region/kind/id`: ids may hold slashes themselves. */
const NAME = /^([^/]+)\/([^/]+)\/([^/]+)\/(.+)$/u;

/** The contract of everything that Alibaba Cloud tags, with names of another form: no code may take them for ARNs. */
export const genericContract: TypeContract = {
  ...everything,
  naming: {
    nameOf: ({ type, region, id }: ResourceRef) => {
      const [, service = "", kind = ""] = type.split(":");
      return `${service}/${region}/${kind}/${id}`;
    },
    read(name) {
      const [, service, region, kind, id] = NAME.exec(name) ?? [];
      return region === undefined || id === undefined ? undefined : { type: `alibaba:${service}:${kind}`, region, id };
    },
  },
};
