/**
 * The text of a body, as browsers read it: a byte order mark says what it is and is passed over (WHATWG Encoding, 6.1), else
 * the charset of the Content-Type does, else it is UTF-8.
 */
const CHARSET = /^content-type:.*;\s*charset\s*=\s*["']?([^\s;"']+)/im;
const UTF8 = /^utf-?8$/i;

/** `bytes`: of the whole answer, head and body. */
export function textOf(bytes: Buffer, headLength: number): string {
  const marked = markOf(bytes, headLength);
  if (marked !== null) return marked;
  const charset = CHARSET.exec(bytes.toString("latin1", 0, headLength))?.[1];
  if (charset === undefined || UTF8.test(charset)) return bytes.toString("utf8", headLength);
  return decoderOf(charset).decode(bytes.subarray(headLength));
}

/**
 * The text of JSON: UTF-8 whatever the Content-Type says, as RFC 8259 wants it, unless it is no UTF-8 and something else is
 * said. To look at the head costs more than to read a small body, so it is the last resort.
 */
export function jsonTextOf(bytes: Buffer, headLength: number): string {
  const marked = markOf(bytes, headLength);
  if (marked !== null) return marked;
  const text = bytes.toString("utf8", headLength);
  return text.includes("\ufffd") || text.includes("\0") ? textOf(bytes, headLength) : text;
}

function markOf(bytes: Buffer, from: number): string | null {
  const first = bytes[from];
  if (first !== 0xef && first !== 0xfe && first !== 0xff) return null;
  const second = bytes[from + 1];
  if (first === 0xef && second === 0xbb && bytes[from + 2] === 0xbf) return bytes.toString("utf8", from + 3);
  if (first === 0xff && second === 0xfe) return bytes.toString("utf16le", from + 2);
  if (first === 0xfe && second === 0xff) return decoderOf("utf-16be").decode(bytes.subarray(from));
  return null;
}

/** A charset that nobody knows is as though none were said. */
function decoderOf(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
