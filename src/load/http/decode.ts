import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/**
 * The body with its content codings undone, last one first. Throws an Error that says what is wrong for damaged data, an
 * unknown coding, or a result larger than `bytesMax` (zlib's ERR_BUFFER_TOO_LARGE).
 */
export function decodeBody(body: Buffer, codings: string, bytesMax: number): Buffer {
  const list = codings
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "");
  if (list.length > 4) throw new Error(`${list.length} content codings on top of each other`);
  return list.reduceRight((bytes, coding) => decodeOne(bytes, coding, bytesMax), body);
}

function decodeOne(body: Buffer, coding: string, maxOutputLength: number): Buffer {
  if (body.length === 0) return body;
  switch (coding) {
    case "identity":
      return body;
    case "gzip":
    case "x-gzip":
      return gunzipSync(body, { maxOutputLength });
    case "br":
      return brotliDecompressSync(body, { maxOutputLength });
    case "deflate":
      return inflateEither(body, maxOutputLength);
    default:
      throw new Error(`unknown content-encoding "${coding}"`);
  }
}

/** "deflate" means zlib's wrapping, but some servers send the bare stream: the first byte tells. */
function inflateEither(body: Buffer, maxOutputLength: number): Buffer {
  const wrapped = ((body[0] ?? 0) & 0x0f) === 8;
  return wrapped ? inflateSync(body, { maxOutputLength }) : inflateRawSync(body, { maxOutputLength });
}
