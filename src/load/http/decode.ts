import zlib, { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** Values by which servers declare that there is no coding. */
const NONE = new Set(["", "identity", "none"]);

/**
 * Returns the body with its content codings undone, last one first. Throws an Error that describes the problem for damaged
 * data, an unknown coding, or a result larger than `bytesMax` (zlib's ERR_BUFFER_TOO_LARGE).
 */
export function decodeBody(body: Buffer, codings: string, bytesMax: number): Buffer {
  const list = codings
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => !NONE.has(coding));
  if (list.length > 4) throw new Error(`${list.length} content codings on top of each other`);
  return list.reduceRight((bytes, coding) => decodeOne(bytes, coding, bytesMax), body);
}

function decodeOne(body: Buffer, coding: string, maxOutputLength: number): Buffer {
  if (body.length === 0) return body;
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return gunzipSync(body, { maxOutputLength });
    case "br":
      return brotliDecompressSync(body, { maxOutputLength });
    case "deflate":
      return inflateEither(body, maxOutputLength);
    case "zstd":
      return unzstd(body, maxOutputLength);
    default:
      throw new Error(`unknown content-encoding "${coding}"`);
  }
}

/** Inflates either format: "deflate" means the zlib format, but some servers send the raw stream. The first byte shows which. */
function inflateEither(body: Buffer, maxOutputLength: number): Buffer {
  const wrapped = ((body[0] ?? 0) & 0x0f) === 8;
  return wrapped ? inflateSync(body, { maxOutputLength }) : inflateRawSync(body, { maxOutputLength });
}

/** The result of zstdDecompressSync with `info`, which its types leave out. */
interface Unzstd {
  readonly buffer: Buffer;
  /** `bytesWritten` is the number of bytes that the decoder read. */
  readonly engine: { readonly bytesWritten: number };
}

/** The most frames in one body. Node reads only the first frame, so each takes a decoder of its own and must be bounded. */
const FRAMES_MAX = 256;

/** Decompresses zstd, which Node supports since 22.15 and 23.8; older versions would not start with an import by name. */
function unzstd(body: Buffer, bytesMax: number): Buffer {
  const { zstdDecompressSync } = zlib as Partial<Pick<typeof zlib, "zstdDecompressSync">>;
  if (zstdDecompressSync === undefined)
    throw new Error('content-encoding "zstd" is decoded by Node 22.15 (23.8) and later');
  const frames: Buffer[] = [];
  let left = bytesMax;
  for (let at = 0; at < body.length; ) {
    if (frames.length === FRAMES_MAX) throw new Error(`more than ${FRAMES_MAX} frames of zstd`);
    const options = { maxOutputLength: Math.max(left, 1), info: true };
    const { buffer, engine } = zstdDecompressSync(body.subarray(at), options) as unknown as Unzstd;
    frames.push(buffer);
    left -= buffer.length;
    at += engine.bytesWritten;
  }
  return Buffer.concat(frames);
}
