# Brings a Huawei Cloud account to tagwarden: an IAM user with what `tagwarden permissions --provider huawei` prints,
# and notifications of creations and changed tags from CTS through SMN to the function ingest.

terraform {
  required_providers {
    huaweicloud = { source = "huaweicloud/huaweicloud" }
  }
}

variable "ingest_url" {
  type        = string
  description = "The address of the function ingest with the path /huawei/smn"
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

locals {
  read = [
    "apig:instance:get",
    "apig:instance:list",
    "apig:instance:listSingleInstanceTag",
    "iam::listTagsForResourceV5",
    "iam:agencies:listV5",
    "iam:users:listUsersV5",
  ]
  # One action is both to add tags of gateways and to take them off.
  tag = [
    "apig:instance:batchCreateOrDeleteTag",
    "iam::tagForResourceV5",
  ]
  untag = ["iam::untagForResourceV5"]
}

resource "huaweicloud_identityv5_user" "tagwarden" {
  name    = "tagwarden"
  enabled = true
}

resource "huaweicloud_identityv5_policy" "tagwarden" {
  name = "tagwarden"
  policy_document = jsonencode({
    Version = "5.0"
    Statement = [{
      Effect = "Allow"
      Action = concat(local.read, var.read_only ? [] : local.tag, var.undo && !var.read_only ? local.untag : [])
    }]
  })
}

resource "huaweicloud_identityv5_policy_user_attach" "tagwarden" {
  policy_id = huaweicloud_identityv5_policy.tagwarden.id
  user_id   = huaweicloud_identityv5_user.tagwarden.id
}

# The access key is made by hand, so that it doesn't lie in Terraform's state.

resource "huaweicloud_smn_topic" "created" {
  name = "tagwarden"
}

# ingest confirms the subscription itself, once the topic's URN is in its configuration.
resource "huaweicloud_smn_subscription" "ingest" {
  topic_urn = huaweicloud_smn_topic.created.id
  protocol  = "https"
  endpoint  = var.ingest_url
}

resource "huaweicloud_cts_notification" "created" {
  name           = "tagwarden_created"
  operation_type = "customized"
  smn_topic      = huaweicloud_smn_topic.created.id

  operations {
    service     = "IAM"
    resource    = "user"
    trace_names = ["createUser", "createUserV5", "tagResourceV5", "untagResourceV5", "deleteResourceTagsV5"]
  }
  operations {
    service     = "IAM"
    resource    = "agency"
    trace_names = ["createAgency", "createAgencyV5", "tagResourceV5", "untagResourceV5", "deleteResourceTagsV5"]
  }
  operations {
    service     = "APIG"
    resource    = "Instance"
    trace_names = ["CreateInstance", "BatchCreateOrDeleteInstanceTags"]
  }
}

output "topic" {
  value       = huaweicloud_smn_topic.created.id
  description = "For ingest.huaweiSmn.topics in the configuration"
}
