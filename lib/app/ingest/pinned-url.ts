/**
 * Whether an address that came with a request leads to `host`, over https, and to nothing else; with `path`, whether
 * what follows the host is of that form, query and all. It is compared as it is written: with a port, a user, capitals,
 * a backslash or letters of another script it isn't the address that the cloud sends, however it may be resolved.
 */
export function isPinned(address: string, host: RegExp, path?: RegExp): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  if (protocol !== "https:" || !host.test(hostname) || !hasPlainAuthority(address, hostname)) return false;
  return path === undefined || path.test(address.slice(`https://${hostname}`.length));
}

function hasPlainAuthority(address: string, hostname: string): boolean {
  const start = `https://${hostname}/`;
  // Printable ASCII without the characters that readers of URLs disagree on.
  return address.startsWith(start) && /^[!#$%&'()*+,\-./0-9:;=?@A-Z_a-z~]*$/.test(address);
}
