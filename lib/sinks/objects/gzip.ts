/**
 * Node's gzip, loaded at the first call. It isn't imported, because a cold start has nothing to compress yet, and an
 * import of `node:util` reads all that it exports: 4 ms, for `promisify`.
 * https://nodejs.org/docs/latest-v24.x/api/process.html#processgetbuiltinmoduleid
 */
function zlib() {
  const { promisify } = process.getBuiltinModule("node:util");
  const { gzip, gunzip } = process.getBuiltinModule("node:zlib");
  return { gzip: promisify(gzip), gunzip: promisify(gunzip) };
}

/** The text in gzip's format. */
export function compress(text: string): Promise<Uint8Array> {
  return zlib().gzip(text);
}

/** What an invocation leaves in one object has a few megabytes. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * The text that gzip holds. Throws an error of code `Z_…` where it isn't gzip, or cut off, and `ERR_BUFFER_TOO_LARGE` where
 * it unpacks to more than 256 MB.
 */
export async function decompress(body: Uint8Array): Promise<string> {
  return (await zlib().gunzip(body, { maxOutputLength: MOST_BYTES })).toString();
}
