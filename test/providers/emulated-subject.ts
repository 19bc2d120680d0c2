import { pages } from "../../lib/app/cloud/pages.ts";
import type { ApiCall } from "../../lib/app/ports/provider.ts";
import type { AccountConfig, Config } from "../../lib/core/config/config.ts";
import { callNameOf, calledBy } from "../../lib/core/contract.ts";
import { tagsFromObject, tagsToObject, type ResourceRef, type ResourceType } from "../../lib/core/resource.ts";
import { createProvider } from "../../lib/providers/index.ts";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../local/emulator/start.ts";
import { deps } from "./accounts.ts";
import type { ContractSubject, ScriptedPage, WireSubject } from "./contract-subject.ts";
import { providerContract } from "./contract.ts";
import { recordingServer } from "./recording-server.ts";

export interface EmulatedRow {
  /** What calls name. */
  readonly type: ResourceType;
  /** What exists, where calls name all types by a pattern. */
  readonly createdAs?: ResourceType;
  /** The `types` of the account, where it has to ask for them. */
  readonly asks?: readonly string[];
  readonly region: string;
  /** The nth id, or what calls name a resource by. */
  id(n: number): string;
  /** False where no listing finds a key whatever its value. */
  readonly findsKeys?: false;
  /** How this cloud words a page of a listing, and which of our listings reads it. */
  readonly wire: {
    readonly listing: "tags" | "inventory";
    readonly paging: "counted" | "tokens";
    page(page: ScriptedPage, pageCount: number): object | string;
  };
}

const WRONG = { id: "wrong-key-id", secret: "wrong-secret" };

function withWrongKey(account: AccountConfig, what: "id" | "secret"): AccountConfig {
  switch (account.provider) {
    case "alibaba": {
      const field = what === "id" ? "accessKeyId" : "accessKeySecret";
      return { ...account, credentials: { ...account.credentials, [field]: WRONG[what] } };
    }
    case "huawei": {
      if ("token" in account.credentials) return { ...account, credentials: { token: WRONG.secret } };
      const field = what === "id" ? "accessKey" : "secretKey";
      return { ...account, credentials: { ...account.credentials, [field]: WRONG[what] } };
    }
    case "aws": {
      if (account.credentials === undefined || "roleArn" in account.credentials)
        throw new Error("the emulator gives keys");
      const field = what === "id" ? "accessKeyId" : "secretAccessKey";
      return { ...account, credentials: { ...account.credentials, [field]: WRONG[what] } };
    }
  }
}

/** Reads listings from a server that gives the scripted pages one after the other. */
function scriptedListing({ wire, type, region }: EmulatedRow, account: AccountConfig): WireSubject["read"] {
  return async (script) => {
    await using server = await recordingServer(() => {
      const page = script[server.requests.length - 1] ?? script.at(-1) ?? { ids: [] };
      const body = wire.page(page, script.length);
      return { body: typeof body === "string" ? body : JSON.stringify(body) };
    });
    const provider = createProvider({ ...account, endpoints: { "*": server.origin } }, deps);
    const ids: string[] = [];
    if (wire.listing === "tags") {
      const query = { type, region, tags: [{ key: "any" }] };
      for await (const { rows } of pages((token) => provider.listTagResources(query, token))) {
        ids.push(...rows.map(({ id }) => id));
      }
    } else {
      const contract = provider.contractFor(type) ?? unserved(type);
      for await (const { resources } of pages((token) => provider.listInventory(region, type, token))) {
        ids.push(...resources.map((found) => callNameOf({ region, account: provider.account, ...found }, contract)));
      }
    }
    return ids;
  };
}

function unserved(type: ResourceType): never {
  throw new Error(`no contract for ${type}`);
}

/** Holds the provider of a row against the contract, over HTTP. */
export function emulatedContract(row: EmulatedRow): void {
  const { type, wire, findsKeys = true } = row;
  providerContract({ name: type, type, wire: wire.paging, findsKeys }, () => emulatedSubject(row));
}

/** An emulated cloud whose inventories are never behind, and the configuration of an account there. */
export async function emulatedAccount(
  { type, asks }: Pick<EmulatedRow, "type" | "asks">,
  options: EmulatorOptions = {},
): Promise<{ readonly emulator: Emulator; readonly account: AccountConfig }> {
  const emulator = await startEmulator({ inventoryDelayMs: 0, ...options });
  // The emulator writes the configuration in the shape that the schema checks.
  const { accounts } = emulator.config() as Config;
  const account = accounts.find(({ provider }) => type.startsWith(`${provider}:`));
  if (account === undefined) throw new Error(`the emulator serves no account for ${type}`);
  return { emulator, account: { ...account, ...(asks !== undefined && { types: [...asks] }) } };
}

/** A provider over HTTP against an emulated cloud of its own. */
async function emulatedSubject(row: EmulatedRow): Promise<ContractSubject> {
  const { emulator, account } = await emulatedAccount(row);
  const observed: ApiCall[] = [];
  const provider = createProvider(account, { ...deps, observe: (call) => observed.push(call) });
  const contract = provider.contractFor(row.type) ?? unserved(row.type);
  const ref = (id: string): ResourceRef => ({
    region: row.region,
    ...calledBy(id, { type: row.createdAs ?? row.type }, contract),
    account: account.account,
  });
  // Of AWS the services that read aren't those that write.
  const service = row.type.startsWith("aws:") ? "aws" : row.type.split(":", 2).join(":");
  return {
    provider,
    region: row.region,
    id: (n) => row.id(n),
    create: (id, tags = new Map()) => emulator.world.create({ ...ref(id), tags: tagsToObject(tags) }),
    tagsOf(id) {
      const found = emulator.world.get(ref(id));
      return found === undefined ? undefined : tagsFromObject(found.tags ?? {});
    },
    requests: () => Object.values(emulator.calls()).reduce((sum, count) => sum + count, 0),
    next(fault) {
      const match = { action: `${service}:*` };
      emulator.setFaults([
        fault === "hang"
          ? { match, effect: "delay", delayMs: 3_600_000, times: 1 }
          : { match, effect: fault, times: 1 },
      ]);
    },
    observed,
    wire: {
      withWrongKey: (what) => createProvider(withWrongKey(account, what), deps),
      impatient: () => createProvider(account, { ...deps, timeoutMs: 1_000 }),
      read: scriptedListing(row, account),
    },
    close: () => emulator.close(),
  };
}
