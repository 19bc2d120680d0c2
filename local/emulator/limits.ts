/** What a cloud accepts as a key or a value. Lengths count Unicode code points. */
export interface TextRules {
  readonly minLength: number;
  readonly maxLength: number;
  /** Every character, or where `first` or `last` differ, those in between. */
  readonly characters?: RegExp;
  readonly first?: RegExp;
  readonly last?: RegExp;
  readonly reservedPrefixes: readonly string[];
  /** Whether other spellings of a reserved prefix are free. */
  readonly thisSpellingOnly?: boolean;
  readonly reservedParts: readonly string[];
}

/** What one type's APIs allow. Written from the documentation, and from nothing in `lib`: a test compares the two. */
export interface EmulatedLimits {
  readonly resourcesPerCall: number;
  readonly tagsPerCall: number;
  readonly keysPerUntagCall: number;
  /** Ids that one tag listing may name. */
  readonly idsPerCall: number;
  /** Whether a tag listing takes only such keys and values to look for as may be written. */
  readonly filtersAsWritten: boolean;
  /** Rows of the largest page of the tag listing. */
  readonly rowsPerPage: number;
  /** Resources of the largest page of the inventory; 0 = there is none. */
  readonly inventoryPageSize: number;
  readonly tagsPerResource: number;
  /** Types whose tags can be written and that the tag listing never shows. */
  readonly silentTypes: readonly string[];
  readonly key: TextRules;
  readonly value: TextRules;
  readonly documentation: string;
}

const anything = (minLength: number, maxLength: number, reservedPrefixes: readonly string[] = []): TextRules => ({
  minLength,
  maxLength,
  reservedPrefixes,
  reservedParts: [],
});

const ALIBABA_RESERVED = { reservedPrefixes: ["aliyun", "acs:"], reservedParts: ["http://", "https://"] };
const HUAWEI_RESERVED = { reservedPrefixes: ["_sys_"], thisSpellingOnly: true, reservedParts: [] };
const HUAWEI_KEY = /^[\p{L}\p{N} _.:=+@-]$/u;
const HUAWEI_VALUE = /^[\p{L}\p{N} _.:=+@/-]$/u;
const NOT_A_SPACE = /^[^ ]$/u;

const apiGateway = (inventoryPageSize: number): EmulatedLimits => ({
  resourcesPerCall: 50,
  tagsPerCall: 20,
  keysPerUntagCall: 20,
  idsPerCall: 50,
  filtersAsWritten: false,
  rowsPerPage: 50,
  inventoryPageSize,
  tagsPerResource: 20,
  silentTypes: [],
  key: { minLength: 0, maxLength: 128, ...ALIBABA_RESERVED },
  value: anything(0, 128),
  documentation:
    "https://www.alibabacloud.com/help/en/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-tagresources",
});

const ipam: EmulatedLimits = {
  resourcesPerCall: 20,
  tagsPerCall: 20,
  keysPerUntagCall: 20,
  idsPerCall: 50,
  filtersAsWritten: true,
  rowsPerPage: 50,
  inventoryPageSize: 100,
  tagsPerResource: 20,
  silentTypes: [],
  key: {
    minLength: 1,
    maxLength: 64,
    first: /^[A-Za-z\p{Script=Han}]$/u,
    characters: /^[A-Za-z\p{Script=Han}0-9._-]$/u,
    ...ALIBABA_RESERVED,
  },
  value: { ...anything(0, 128), reservedParts: ALIBABA_RESERVED.reservedParts },
  documentation: "https://www.alibabacloud.com/help/en/vpc/developer-reference/api-vpcipam-2023-02-28-listtagresources",
};

/** What the Tag service allows, whatever the product; only the number of tags of a resource is the product's own. */
const tagService: EmulatedLimits = {
  resourcesPerCall: 50,
  tagsPerCall: 10,
  keysPerUntagCall: 10,
  idsPerCall: 50,
  filtersAsWritten: false,
  rowsPerPage: 1000,
  inventoryPageSize: 500,
  tagsPerResource: 20,
  silentTypes: [],
  key: { minLength: 1, maxLength: 128, ...ALIBABA_RESERVED },
  value: { minLength: 1, maxLength: 128, reservedPrefixes: [], reservedParts: [] },
  documentation:
    "https://www.alibabacloud.com/help/en/resource-management/tag/developer-reference/api-tag-2018-08-28-tagresources",
};

const iam: EmulatedLimits = {
  resourcesPerCall: 1,
  tagsPerCall: 20,
  keysPerUntagCall: 20,
  idsPerCall: 1,
  filtersAsWritten: false,
  rowsPerPage: 20,
  inventoryPageSize: 200,
  tagsPerResource: 20,
  silentTypes: [],
  key: {
    minLength: 1,
    maxLength: 64,
    characters: HUAWEI_KEY,
    first: NOT_A_SPACE,
    last: NOT_A_SPACE,
    ...HUAWEI_RESERVED,
  },
  value: { minLength: 0, maxLength: 128, characters: HUAWEI_VALUE, reservedPrefixes: [], reservedParts: [] },
  documentation: "https://support.huaweicloud.com/intl/en-us/api-iam5/TagResourceV5.html",
};

const apig: EmulatedLimits = {
  ...iam,
  inventoryPageSize: 500,
  key: { minLength: 1, maxLength: 128, characters: HUAWEI_KEY, ...HUAWEI_RESERVED },
  value: { minLength: 0, maxLength: 255, characters: HUAWEI_VALUE, reservedPrefixes: [], reservedParts: [] },
  documentation: "https://support.huaweicloud.com/intl/en-us/api-apig/BatchCreateOrDeleteInstanceTags.html",
};

/** Letters of the Latin alphabet, digits, hyphens, underscores and Han characters. */
const TMS_KEY = /^[A-Za-z0-9_\u{4E00}-\u{9FFF}-]$/u;
const TMS_VALUE = /^[A-Za-z0-9_.\u{4E00}-\u{9FFF}-]$/u;

/** What TMS allows, whatever the service, though some services allow more themselves. */
const tms: EmulatedLimits = {
  resourcesPerCall: 50,
  tagsPerCall: 10,
  keysPerUntagCall: 10,
  idsPerCall: 1,
  filtersAsWritten: false,
  rowsPerPage: 200,
  inventoryPageSize: 200,
  tagsPerResource: 10,
  silentTypes: [],
  key: {
    minLength: 1,
    maxLength: 36,
    characters: TMS_KEY,
    reservedPrefixes: ["_sys_"],
    thisSpellingOnly: true,
    reservedParts: [],
  },
  value: { minLength: 0, maxLength: 43, characters: TMS_VALUE, reservedPrefixes: [], reservedParts: [] },
  documentation: "https://support.huaweicloud.com/intl/en-us/api-tms/CreateResourceTag.html",
};

const aws: EmulatedLimits = {
  resourcesPerCall: 20,
  tagsPerCall: 50,
  keysPerUntagCall: 50,
  idsPerCall: 100,
  filtersAsWritten: false,
  rowsPerPage: 100,
  inventoryPageSize: 0,
  tagsPerResource: 50,
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
  silentTypes: ["aws:autoscaling:autoScalingGroup", "aws:iam:role", "aws:iam:user"],
  key: anything(1, 128, ["aws:"]),
  value: anything(0, 256),
  documentation: "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html",
};

/** By resource type. */
export const emulatedLimits = {
  "alibaba:apigateway:apiGroup": apiGateway(50),
  "alibaba:apigateway:plugin": apiGateway(100),
  "alibaba:apigateway:app": apiGateway(100),
  "alibaba:apigateway:api": apiGateway(50),
  "alibaba:vpcipam:IPAM": ipam,
  "alibaba:vpcipam:IPAMSCOPE": ipam,
  "alibaba:vpcipam:IPAMPOOL": ipam,
  "alibaba:*:*": tagService,
  "huawei:iam:user": iam,
  "huawei:iam:agency": iam,
  "huawei:apig:instance": apig,
  "huawei:*:*": tms,
  "aws:*:*": aws,
} as const satisfies Readonly<Record<string, EmulatedLimits>>;

/** What the APIs of single AWS services allow that show what the tagging API is silent about. */
export interface EmulatedRead {
  /** Ids that one call may name. */
  readonly idsPerCall: number;
  /** Rows of the largest page, and of one that names no size. */
  readonly largestPage: number;
  readonly usualPage: number;
  readonly documentation: string;
}

const iamRead = (operation: string, idsPerCall: number): EmulatedRead => ({
  idsPerCall,
  largestPage: 1000,
  usualPage: 100,
  documentation: `https://docs.aws.amazon.com/IAM/latest/APIReference/API_${operation}.html`,
});
const scalingRead = (operation: string, idsPerCall: number): EmulatedRead => ({
  idsPerCall,
  largestPage: 100,
  usualPage: 50,
  documentation: `https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_${operation}.html`,
});

/** By action. */
export const emulatedReads = {
  "aws:iam:ListRoleTags": iamRead("ListRoleTags", 1),
  "aws:iam:ListUserTags": iamRead("ListUserTags", 1),
  "aws:iam:ListRoles": iamRead("ListRoles", 0),
  "aws:iam:ListUsers": iamRead("ListUsers", 0),
  "aws:iam:GetAccountAuthorizationDetails": iamRead("GetAccountAuthorizationDetails", 0),
  "aws:autoscaling:DescribeTags": scalingRead("DescribeTags", 1000),
  "aws:autoscaling:DescribeAutoScalingGroups": scalingRead("DescribeAutoScalingGroups", 0),
} as const satisfies Readonly<Record<string, EmulatedRead>>;
