# Brings a member of an organization to tagwarden: the trust agency that it is read and tagged through. Deploy it as a stack
# set of Resource Formation Service with service-managed permissions, in one region: IAM has none.

terraform {
  required_providers {
    huaweicloud = { source = "huaweicloud/huaweicloud" }
  }
}

variable "account" {
  type        = string
  description = "The account whose key tagwarden's configuration has: the management account, or a delegated administrator's"
  validation {
    condition     = can(regex("^[0-9a-zA-Z]+$", var.account))
    error_message = "It must be the id of one account."
  }
}

variable "agency" {
  type        = string
  default     = "tagwarden"
  description = "agency in tagwarden's configuration"
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
  description = "Everything that Huawei Cloud can tag, for an entry whose `types` name it"
}

variable "system_policies" {
  type        = list(string)
  default     = []
  description = "Names of system policies that the agency has beside: those of the services whose resources are to be tagged, which TMS presumably asks for"
}

locals {
  # Besides what `tagwarden permissions` prints: `tagwarden config compile` looks up the projects of each account.
  projects = ["iam:projects:listProjects"]
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
  untag     = ["iam::untagForResourceV5"]
  read_all  = var.all_types ? ["rms:resources:list", "rms:trackerConfig:get", "tms:resourceTags:list", "tms:resources:list"] : []
  tag_all   = var.all_types ? ["tms:resourceTags:create"] : []
  untag_all = var.all_types ? ["tms:resourceTags:delete"] : []
}

# The account of the key, and nobody else, may take it. Who in that account may, its own policies say.
resource "huaweicloud_identity_trust_agency" "tagwarden" {
  name         = var.agency
  description  = "What tagwarden reads and tags through"
  duration     = 3600
  policy_names = concat([huaweicloud_identityv5_policy.tagwarden.name], var.system_policies)
  trust_policy = jsonencode({
    Version = "5.0"
    Statement = [{
      Effect    = "Allow"
      Principal = { IAM = [var.account] }
      Action    = ["sts:agencies:assume"]
    }]
  })
}

resource "huaweicloud_identityv5_policy" "tagwarden" {
  name = var.agency
  policy_document = jsonencode({
    Version = "5.0"
    Statement = [{
      Effect = "Allow"
      Action = concat(
        local.projects, local.read, local.read_all,
        var.read_only ? [] : concat(local.tag, local.tag_all),
        var.undo && !var.read_only ? concat(local.untag, local.untag_all) : []
      )
    }]
  })
}
