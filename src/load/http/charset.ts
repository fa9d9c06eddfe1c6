/**
 * Reads the text of a body as browsers do. A byte order mark determines the encoding and is skipped (WHATWG Encoding, section
 * 6.1); without one, the charset of the Content-Type does; without either, the text is UTF-8.
 */
const CHARSET = /^content-type:.*;\s*charset\s*=\s*["']?([^\s;"']+)/im;
const UTF8 = /^utf-?8$/i;

/** Returns the text of the body; `bytes` is the whole answer, head and body. */
export function textOf(bytes: Buffer, headLength: number): string {
  const marked = markOf(bytes, headLength);
  if (marked !== null) return marked;
  const charset = CHARSET.exec(bytes.toString("latin1", 0, headLength))?.[1];
  if (charset === undefined || UTF8.test(charset)) return bytes.toString("utf8", headLength);
  return decoderOf(charset).decode(bytes.subarray(headLength));
}

/**
 * Returns the text of a JSON body. It is read as UTF-8 regardless of the Content-Type, as RFC 8259 requires, unless it is not
 * UTF-8 and another charset is declared. The head is only inspected as a last resort: that costs more than reading a small body.
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

/** Returns the decoder of a charset. An unknown charset is ignored, so its text is decoded as UTF-8. */
function decoderOf(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
