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

variable "all_types" {
  type        = bool
  default     = false
  description = "Also what an account needs whose `types` name everything that Huawei Cloud can tag: rights of TMS and Config, and a notification of what is created of it"
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
  # Beside these, TMS presumably asks for the rights that the resource's own service has for its tags.
  read_all  = var.all_types ? ["rms:resources:list", "rms:trackerConfig:get", "tms:resourceTags:list", "tms:resources:list"] : []
  tag_all   = var.all_types ? ["tms:resourceTags:create"] : []
  untag_all = var.all_types ? ["tms:resourceTags:delete"] : []
  operations_of_all_types = [
    { service = "ECS", resource = "ecs", calls = ["createSingleServer", "createServer", "createServerV2", "createServerV21"] },
    { service = "EVS", resource = "evs", calls = ["createVolume"] },
    { service = "VPC", resource = "vpc", calls = ["createVpc"] },
    { service = "VPC", resource = "subnet", calls = ["createSubnet"] },
    { service = "VPC", resource = "security_groups", calls = ["createSecurity-group", "createSecurityGroup"] },
    { service = "VPC", resource = "security_group", calls = ["createSecurity-group", "createSecurityGroup"] },
    { service = "VPC", resource = "eip", calls = ["createEip"] },
    { service = "ELB", resource = "loadbalancer", calls = ["createLoadbalancer"] },
    { service = "ELB", resource = "listener", calls = ["createListener"] },
    { service = "RDS", resource = "instance", calls = ["createInstance", "createReadReplicate"] },
    { service = "DDS", resource = "instance", calls = ["ddsCreateInstance"] },
    { service = "GaussDB", resource = "instance", calls = ["createInstance"] },
    { service = "NoSQL", resource = "instance", calls = ["NoSQLCreateInstance"] },
    { service = "DCS", resource = "Redis", calls = ["createDCSInstance", "submitCreateDCSInstanceRequest", "createInstanceOrder"] },
    { service = "OBS", resource = "bucket", calls = ["createBucket"] },
    { service = "CCE", resource = "Cluster", calls = ["createCluster", "createPeriodicCluster"] },
    { service = "CCE", resource = "Node", calls = ["createNode"] },
    { service = "FunctionGraph", resource = "Functions", calls = ["createFunction"] },
    { service = "SMN", resource = "topic", calls = ["createTopic"] },
    { service = "NAT", resource = "natgateway", calls = ["createNatGateway"] },
    { service = "NAT", resource = "privateNat", calls = ["createPrivateNat"] },
    { service = "DMS", resource = "kafka", calls = ["createDMSInstanceTaskSuccess", "createDMSInstanceOrderSuccess"] },
    { service = "SFS", resource = "sfs", calls = ["createShare"] },
    { service = "SFS", resource = "sfs_turbo", calls = ["createShare"] },
    { service = "SFSTurbo", resource = "sfs_turbo", calls = ["createShare"] },
    { service = "KMS", resource = "cmk", calls = ["createKey"] },
    { service = "IMS", resource = "ims", calls = ["createImage"] },
    { service = "IMS", resource = "image", calls = ["createImage"] },
    { service = "CBR", resource = "vault", calls = ["createVault"] },
    { service = "AS", resource = "scaling_group", calls = ["createScalingGroup"] },
    { service = "CSS", resource = "cluster", calls = ["createCluster"] },
    { service = "DNS", resource = "publicZone", calls = ["createPublicZone"] },
    { service = "DNS", resource = "privateZone", calls = ["createPrivateZone"] },
    { service = "WAF", resource = "instance", calls = ["createInstance"] },
    { service = "VPCEP", resource = "vpcEndpoint", calls = ["createEndpoint"] },
    { service = "VPCEP", resource = "EndpointService", calls = ["createEndpointService"] },
    { service = "ER", resource = "erInstance", calls = ["createInstance"] },
    { service = "VPN", resource = "vpn-gateway", calls = ["createVgw"] },
    { service = "DWS", resource = "cluster", calls = ["createCluster"] },
    { service = "CES", resource = "alarm_rule", calls = ["createAlarmRule"] },
    { service = "TMS", resource = "application", calls = ["createResourceTag", "deleteResourceTag"] },
    { service = "TMS", resource = "resourceTag", calls = ["batchCreateResourceTags", "batchDeleteResourceTags"] },
  ]
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
      Action = concat(
        local.read, local.read_all,
        var.read_only ? [] : concat(local.tag, local.tag_all),
        var.undo && !var.read_only ? concat(local.untag, local.untag_all) : []
      )
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

# Services, resources and calls are named as the services' own pages have them; which of the names a region's CTS has,
# GET /v3/{project_id}/operations tells. One that it refuses is taken out here, and what it tells of is left to the audit.
resource "huaweicloud_cts_notification" "created_of_all_types" {
  count          = var.all_types ? 1 : 0
  name           = "tagwarden_created_of_all_types"
  operation_type = "customized"
  smn_topic      = huaweicloud_smn_topic.created.id

  dynamic "operations" {
    for_each = local.operations_of_all_types
    content {
      service     = operations.value.service
      resource    = operations.value.resource
      trace_names = operations.value.calls
    }
  }
}

output "topic" {
  value       = huaweicloud_smn_topic.created.id
  description = "For ingest.huaweiSmn.topics in the configuration"
}
