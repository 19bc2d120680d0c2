import type { AlertSettings } from "../alert/settings.ts";
import type { Mode } from "../mode.ts";
import type { ProviderName, ResourceType } from "../resource.ts";

/**
 * The configuration as it stands after validation, defaults filled in. docs/configuration.md describes the file.
 * A credential is a reference (`env:NAME`, `file:PATH#key`, `secret:NAME#key`, `web-identity:AUDIENCE`); a literal is
 * accepted only beside loopback endpoints.
 */
export interface Config {
  /** How long after its creation a resource may still be invisible, in seconds. */
  readonly settleSeconds: number;
  readonly accounts: readonly AccountConfig[];
  /** The webhooks that events may come in by; absent = none. */
  readonly ingest?: IngestConfig;
  /** Who is told what; absent = nobody is. */
  readonly alerts?: AlertSettings;
}

/** Who may send events by webhook. Each secret may be there twice while it is being changed. */
export interface IngestConfig {
  /** What senders see in front of the path, where it isn't the function's own address: Alibaba signs it. */
  readonly url?: string;
  readonly alibabaEventBridge?: SpeaksFor & { readonly tokens: readonly string[] };
  readonly huaweiSmn?: SpeaksFor & { readonly topics: readonly string[] };
  readonly huaweiEventGrid?: SpeaksFor & { readonly header: string; readonly secrets: readonly string[] };
  readonly signedEvents?: SpeaksFor & { readonly secrets: readonly string[] };
}

interface SpeaksFor {
  /** Whose resources this sender may tell of; absent = those of all accounts of its cloud, and of `signedEvents` all. */
  readonly accounts?: readonly string[];
}

export interface AccountConfigBase {
  readonly provider: ProviderName;
  /** The account id; for Huawei the domain id. */
  readonly account: string;
  readonly regions: readonly string[];
  /** Globs; absent = all that the provider can list. */
  readonly types?: readonly ResourceType[];
  /** By region, or `*` for all; absent = the cloud's own. Plain http for loopback only. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Our share of the quota, per API; absent = half of the contract's. */
  readonly callsPerSecond?: { readonly read?: number; readonly write?: number };
  /** `report`: nothing is written in this account, whatever the policies say. */
  readonly mode: Mode;
  readonly writesPerHour: number;
}

export interface AlibabaAccountConfig extends AccountConfigBase {
  readonly provider: "alibaba";
  readonly credentials: AlibabaLogin & {
    /** `acs:ram::ACCOUNT:role/NAME`: a role of this account that the key, which may be another account's, takes. */
    readonly assumeRoleArn?: string;
  };
  /** Whose customer the account is: some APIs have a host for each of the two sites. Absent = `china`. */
  readonly site?: AlibabaSite;
}

export type AlibabaSite = "china" | "international";

/** Who calls Alibaba Cloud: a key, or a role that is taken without one. */
export type AlibabaLogin = AlibabaKeyReferences | AlibabaOidcRole;

interface AlibabaKeyReferences {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** A RAM role that is taken with an OpenID Connect token, so that no key is stored. All are references or texts. */
export interface AlibabaOidcRole {
  /** `acs:ram::ACCOUNT:role/NAME` */
  readonly roleArn: string;
  /** `acs:ram::ACCOUNT:oidc-provider/NAME`: who vouches for us, as RAM knows it. */
  readonly oidcProviderArn: string;
  /** The token: `web-identity:AUDIENCE`, `file:PATH` or `env:NAME`. */
  readonly oidcToken: string;
  /** What ActionTrail shows beside the role; `tagwarden` where absent. */
  readonly roleSessionName?: string;
}

export interface HuaweiAccountConfig extends AccountConfigBase {
  readonly provider: "huawei";
  /** By region the id of its project, or of several: sub-projects hold resources of their own. */
  readonly projects: Readonly<Record<string, string | readonly string[]>>;
  /** What TMS' pages leave open; absent = as most of them have it. */
  readonly tms?: TmsSettings;
  /** Why its projects could not be looked up when the configuration was compiled; it has none then. */
  readonly notEntered?: string;
  readonly credentials:
    | (HuaweiKeyReferences & {
        /** `iam::ACCOUNT:agency:NAME`: an agency of this account that the key, which may be another account's, takes. */
        readonly assumeAgencyUrn?: string;
      })
    | { readonly token: string };
}

export interface TmsSettings {
  /** Whether a call may hold resources of several types; absent = it may. */
  readonly mixTypes?: boolean;
  /** Absent = 50. */
  readonly resourcesPerCall?: number;
  /** By type the name that TMS has for it: for types that tagwarden knows no name of, or another one. */
  readonly typeNames?: Readonly<Record<ResourceType, string>>;
  /** How long types take that TMS tags after its answer, which a read then looks for; absent = 15. */
  readonly taggedAfterSeconds?: number;
}

interface HuaweiKeyReferences {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

/** The projects of a region, in the order of the configuration. */
export function projectsIn({ projects }: Pick<HuaweiAccountConfig, "projects">, region: string): readonly string[] {
  // A region may come from an event, and be called `constructor`.
  const ids = Object.hasOwn(projects, region) ? projects[region] : undefined;
  if (ids === undefined) return [];
  return typeof ids === "string" ? [ids] : ids;
}

export interface AwsAccountConfig extends AccountConfigBase {
  readonly provider: "aws";
  readonly partition: "aws" | "aws-cn" | "aws-us-gov";
  readonly credentials?:
    | { readonly roleArn: string; readonly externalId?: string }
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly inventory: "config" | "resource-explorer" | "none";
}

/**
 * Every account of an organization, as it stands when the configuration is compiled. An account that has an entry of its
 * own keeps that one.
 */
export type OrganizationConfig = AwsOrganizationConfig | AlibabaOrganizationConfig | HuaweiOrganizationConfig;

interface Members {
  /** Those in these units or folders and what is below them; `all` = every one. */
  readonly fromOrganization: "all" | readonly string[];
  /** Account ids. */
  readonly exclude: readonly string[];
}

interface MembersWithRole extends Members {
  /** The name of the role to take in each account. */
  readonly role: string;
}

/** Units are organizational units, `ou-…`, or the root, `r-…`. */
export interface AwsOrganizationConfig extends MembersWithRole, Omit<AwsAccountConfig, "account" | "credentials"> {
  readonly externalId?: string;
}

/** The members of a resource directory. Folders are `fd-…`, or the root, `r-…`. */
export interface AlibabaOrganizationConfig
  extends MembersWithRole, Omit<AlibabaAccountConfig, "account" | "credentials"> {
  /** Those of the management account or of a delegated administrator; they list the members and take their roles. */
  readonly credentials: AlibabaLogin;
}

/** The members of an organization of Huawei Cloud. Units are `ou-…`, or the root, `r-…`. */
export interface HuaweiOrganizationConfig
  extends Members, Omit<HuaweiAccountConfig, "projects" | "notEntered" | "credentials"> {
  /** Whose key it is: the management account or a delegated administrator. */
  readonly account: string;
  /** It lists the members and takes their agencies. */
  readonly credentials: HuaweiKeyReferences;
  /** The name of the agency to take in each account. */
  readonly agency: string;
}

/** A configuration as it is written: with organizations that are yet to be listed. */
export interface ConfigFile {
  readonly config: Config;
  readonly organizations: readonly OrganizationConfig[];
  /** What is legal, and seldom what was meant, as `path:line:col: message`. */
  readonly warnings: readonly string[];
}

export type AccountConfig = AlibabaAccountConfig | HuaweiAccountConfig | AwsAccountConfig;
