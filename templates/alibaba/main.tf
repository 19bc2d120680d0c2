# Brings an Alibaba Cloud account to tagwarden: a RAM user with what `tagwarden permissions --provider alibaba` prints for the account, or
# a role with the same that is taken without a stored key; and a rule that sends ActionTrail's events of creations and of
# changed tags to the function ingest.

terraform {
  required_providers {
    alicloud = { source = "aliyun/alicloud" }
  }
}

variable "ingest_url" {
  type        = string
  description = "The address of the function ingest with the path /alibaba/eventbridge"
}

variable "token" {
  type        = string
  sensitive   = true
  description = "What ingest.alibabaEventBridge.tokens refers to; at least 16 characters"
  validation {
    condition     = length(var.token) >= 16
    error_message = "The token must have at least 16 characters."
  }
}

variable "read_only" {
  type        = bool
  default     = false
  description = "The account is audited and never written to"
}

variable "undo" {
  type        = bool
  default     = false
  description = "Tags may be taken off as well, which tagwarden undo and tags unset do; the functions never do"
}

variable "oidc_issuer" {
  type        = string
  default     = ""
  description = "Who signs the tokens with which the role is taken, e.g. what `aws iam get-outbound-web-identity-federation-info` prints; empty = a user with a key instead of a role"
}

variable "oidc_fingerprints" {
  type        = list(string)
  default     = []
  description = "SHA-1 of the certificate authority that the issuer's certificate comes from, and of its next one"
}

variable "oidc_audience" {
  type        = string
  default     = "sts.aliyuncs.com"
  description = "AUDIENCE of web-identity:AUDIENCE in tagwarden's configuration"
}

variable "oidc_subjects" {
  type        = list(string)
  default     = []
  description = "Who may take the role, with * for any run of characters: the functions' roles, e.g. arn:aws:iam::111122223333:role/tagwarden-prod-*"
  validation {
    condition     = alltrue([for subject in var.oidc_subjects : trim(subject, "*") != ""])
    error_message = "A subject must name somebody."
  }
}

variable "all_types" {
  type        = bool
  default     = false
  description = "The rule also lets through the creations of everything that Alibaba Cloud can tag, for an account whose `types` name it"
}

data "alicloud_account" "current" {}

locals {
  sources = ["acs.actiontrail", "acs.apigateway", "acs.vpc", "acs.vpcipam"]
  calls   = [{ prefix = "Create" }, { prefix = "Import" }, "TagResources", "UntagResources"]
  sources_of_all_types = [
    "acs.actiontrail", "acs.adb", "acs.alb", "acs.alidns", "acs.alikafka", "acs.amqp", "acs.apig",
    "acs.apigateway", "acs.cdn", "acs.cen", "acs.clickhouse", "acs.cr", "acs.cs", "acs.dcdn",
    "acs.dts", "acs.eci", "acs.ecs", "acs.elasticsearch", "acs.emr", "acs.ess", "acs.fc", "acs.ga",
    "acs.gpdb", "acs.hbr", "acs.hologram", "acs.ims", "acs.kms", "acs.lindorm", "acs.maxcompute",
    "acs.mns", "acs.mongodb", "acs.mse", "acs.nas", "acs.nlb", "acs.ons", "acs.oss", "acs.ots",
    "acs.polardb", "acs.privatelink", "acs.pvtz", "acs.ram", "acs.rds", "acs.redis",
    "acs.resourcemanager", "acs.rocketmq", "acs.ros", "acs.sae", "acs.slb", "acs.sls",
    "acs.starrocks", "acs.vpc", "acs.vpcipam",
  ]
  calls_of_all_types = [
    { prefix = "Add" }, { prefix = "Allocate" }, { prefix = "Configure" }, { prefix = "Copy" }, { prefix = "Create" },
    { prefix = "Import" }, { prefix = "OnsInstanceCreate" }, { prefix = "Put" }, { prefix = "Run" }, { prefix = "create" },
    "TagResources", "UntagResources",
  ]
  by_role = var.oidc_issuer != ""
  uses    = var.read_only ? ["read"] : var.undo ? ["read", "tag", "untag"] : ["read", "tag"]
  rights = [
    {
      use = "read"
      actions = [
        "apigateway:DescribeApiGroups",
        "apigateway:DescribeApis",
        "apigateway:DescribeAppAttributes",
        "apigateway:DescribePlugins",
        "apigateway:ListTagResources",
        "vpc:ListIpamPools",
        "vpc:ListIpamScopes",
        "vpc:ListIpams",
      ]
      resources = ["*"]
    },
    {
      use       = "read"
      actions   = ["vpc:ListTagResources"]
      resources = local.ipam
    },
    {
      use       = "tag"
      actions   = ["apigateway:TagResources"]
      resources = local.gateway
    },
    {
      use       = "tag"
      actions   = ["vpc:TagResources"]
      resources = local.ipam
    },
    {
      use       = "untag"
      actions   = ["apigateway:UntagResources"]
      resources = local.gateway
    },
    {
      use       = "untag"
      actions   = ["vpc:UntagResources"]
      resources = local.ipam
    },
  ]
  gateway = [
    "acs:apigateway:*:${data.alicloud_account.current.id}:apigroup/*",
    "acs:apigateway:*:${data.alicloud_account.current.id}:app/*",
    # Assumed: plug-ins and APIs can be tagged, and no page says how they are named in a policy.
    "acs:apigateway:*:${data.alicloud_account.current.id}:*",
  ]
  ipam = [
    "acs:vpc:*:${data.alicloud_account.current.id}:ipam/*",
    "acs:vpc:*:${data.alicloud_account.current.id}:ipampool/*",
    "acs:vpc:*:${data.alicloud_account.current.id}:ipamscope/*",
  ]
}

resource "alicloud_ram_user" "tagwarden" {
  count = local.by_role ? 0 : 1
  name  = "tagwarden"
}

resource "alicloud_ims_oidc_provider" "tagwarden" {
  count               = local.by_role ? 1 : 0
  oidc_provider_name  = "tagwarden"
  description         = "Signs the tokens with which tagwarden says who it is"
  issuer_url          = var.oidc_issuer
  fingerprints        = var.oidc_fingerprints
  client_ids          = [var.oidc_audience]
  issuance_limit_time = 1
}

# Without a subject nobody may take it: any role of the AWS account would get a token of the same issuer.
# https://www.alibabacloud.com/help/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role
resource "alicloud_ram_role" "tagwarden" {
  count                = local.by_role ? 1 : 0
  role_name            = "tagwarden"
  max_session_duration = 3600
  assume_role_policy_document = jsonencode({
    Version = "1"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Federated = [alicloud_ims_oidc_provider.tagwarden[0].arn] }
      Condition = {
        StringEquals = { "oidc:iss" = [var.oidc_issuer], "oidc:aud" = [var.oidc_audience] }
        StringLike   = { "oidc:sub" = var.oidc_subjects }
      }
    }]
  })
  lifecycle {
    precondition {
      condition     = length(var.oidc_subjects) > 0 && length(var.oidc_fingerprints) > 0
      error_message = "With oidc_issuer, oidc_subjects and oidc_fingerprints must name somebody."
    }
  }
}

resource "alicloud_ram_policy" "tagwarden" {
  policy_name = "tagwarden"
  policy_document = jsonencode({
    Version = "1"
    Statement = [
      for right in local.rights : { Effect = "Allow", Action = right.actions, Resource = right.resources }
      if contains(local.uses, right.use)
    ]
  })
}

resource "alicloud_ram_user_policy_attachment" "tagwarden" {
  count       = local.by_role ? 0 : 1
  user_name   = alicloud_ram_user.tagwarden[0].name
  policy_name = alicloud_ram_policy.tagwarden.policy_name
  policy_type = "Custom"
}

resource "alicloud_ram_role_policy_attachment" "tagwarden" {
  count       = local.by_role ? 1 : 0
  role_name   = alicloud_ram_role.tagwarden[0].role_name
  policy_name = alicloud_ram_policy.tagwarden.policy_name
  policy_type = "Custom"
}

output "credentials" {
  description = "For the account's entry in tagwarden's configuration"
  value = local.by_role ? {
    roleArn         = alicloud_ram_role.tagwarden[0].arn
    oidcProviderArn = alicloud_ims_oidc_provider.tagwarden[0].arn
    oidcToken       = "web-identity:${var.oidc_audience}"
  } : null
}

# The user's key is made by hand, so that it doesn't lie in Terraform's state:
#   aliyun ram CreateAccessKey --UserName tagwarden

# ActionTrail's events of the services that tagwarden knows arrive on the default bus: what people do by API and in
# consoles, and what the cloud does for them. They come under the service's source, or under ActionTrail's own.
resource "alicloud_event_bridge_rule" "created" {
  event_bus_name = "default"
  rule_name      = "tagwarden-created"
  filter_pattern = jsonencode({
    source = var.all_types ? local.sources_of_all_types : local.sources
    type = [
      { suffix = ":ActionTrail:ApiCall" },
      { suffix = ":ActionTrail:ConsoleOperation" },
      { suffix = ":ActionTrail:AliyunServiceEvent" },
    ]
    data = { eventName = var.all_types ? local.calls_of_all_types : local.calls }
  })
  targets {
    target_id           = "tagwarden"
    type                = "acs.http"
    endpoint            = var.ingest_url
    push_retry_strategy = "EXPONENTIAL_DECAY_RETRY"
    param_list {
      resource_key = "body"
      form         = "ORIGINAL"
    }
    param_list {
      resource_key = "url"
      form         = "CONSTANT"
      value        = var.ingest_url
    }
    param_list {
      resource_key = "token"
      form         = "CONSTANT"
      value        = var.token
    }
    param_list {
      resource_key = "network"
      form         = "CONSTANT"
      value        = "PublicNetwork"
    }
  }
}
