/** The type of our own CloudEvent, for whatever no cloud's own event covers. docs/events.md describes its data. */
export const RESOURCE_CREATED = "com.tagwarden.resource.created.v1";

/**
 * The type of the CloudEvent by which an audit hands a finding to enforcement. It tells of no creation: nothing is
 * known of when, by whom and with which tags the resource came to be, and no default draws on it.
 */
export const RESOURCE_FOUND = "com.tagwarden.resource.found.v1";
