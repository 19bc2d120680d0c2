/** The checker's own list of what the tag index of AWS never shows, however it is tagged. */
const SILENT = /^arn:aws:(iam::[^:]*:(role|user)\/|autoscaling:[^:]*:[^:]*:autoScalingGroup:)/;

export function isSilentAbout(action: string, id: string): boolean {
  return SILENT.test(id) && action.endsWith(":GetResources");
}
