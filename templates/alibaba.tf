# Brings an Alibaba Cloud account to tagwarden: a RAM user with what `tagwarden permissions --provider alibaba` prints,
# and a rule that sends ActionTrail's events of creations to the function ingest.

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

locals {
  read = [
    "apigateway:DescribeApiGroups",
    "apigateway:DescribeApis",
    "apigateway:DescribeAppAttributes",
    "apigateway:DescribePlugins",
    "apigateway:ListTagResources",
    "vpc:ListIpamPools",
    "vpc:ListIpamScopes",
    "vpc:ListIpams",
    "vpc:ListTagResources",
  ]
  write = [
    "apigateway:TagResources",
    "apigateway:UntagResources",
    "vpc:TagResources",
    "vpc:UntagResources",
  ]
}

resource "alicloud_ram_user" "tagwarden" {
  name = "tagwarden"
}

resource "alicloud_ram_policy" "tagwarden" {
  policy_name = "tagwarden"
  policy_document = jsonencode({
    Version = "1"
    Statement = [{
      Effect   = "Allow"
      Action   = concat(local.read, var.read_only ? [] : local.write)
      Resource = "*"
    }]
  })
}

resource "alicloud_ram_user_policy_attachment" "tagwarden" {
  user_name   = alicloud_ram_user.tagwarden.name
  policy_name = alicloud_ram_policy.tagwarden.policy_name
  policy_type = "Custom"
}

# The key is made by hand, so that it doesn't lie in Terraform's state:
#   aliyun ram CreateAccessKey --UserName tagwarden

# ActionTrail's events of the services that tagwarden knows arrive on the default bus.
resource "alicloud_event_bridge_rule" "created" {
  event_bus_name = "default"
  rule_name      = "tagwarden-created"
  filter_pattern = jsonencode({
    source = ["acs.apigateway", "acs.vpc", "acs.vpcipam"]
    type   = [{ suffix = ":ActionTrail:ApiCall" }, { suffix = ":ActionTrail:ConsoleOperation" }]
    data   = { eventName = [{ prefix = "Create" }] }
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
