/**
 * Reads the text of a body as browsers do. A byte order mark determines the encoding and is skipped (WHATWG Encoding, section
 * 6.1); without one, the charset of the Content-Type does; without either, the text is UTF-8.
 */
const CHARSET = /^content-type:.*;\s*charset\s*=\s*["']?([^\s;"']+)/im;
const UTF8 = /^utf-?8$/i;

/** Returns the text of the body, which reaches from `from` to `to`; the head, from `headFrom`, ends where the body begins. */
export function textOf(bytes: Buffer, headFrom: number, from: number, to: number): string {
  const marked = markOf(bytes, from, to);
  if (marked !== null) return marked;
  const charset = CHARSET.exec(bytes.toString("latin1", headFrom, from))?.[1];
  if (charset === undefined || UTF8.test(charset)) return bytes.toString("utf8", from, to);
  return decoderOf(charset).decode(bytes.subarray(from, to));
}

/**
 * Returns the text of a JSON body. It is read as UTF-8 regardless of the Content-Type, as RFC 8259 requires, unless it is not
 * UTF-8 and another charset is declared. The head is only inspected as a last resort: that costs more than reading a small body.
 */
export function jsonTextOf(bytes: Buffer, headFrom: number, from: number, to: number): string {
  const marked = markOf(bytes, from, to);
  if (marked !== null) return marked;
  const text = bytes.toString("utf8", from, to);
  return text.includes("\ufffd") || text.includes("\0") ? textOf(bytes, headFrom, from, to) : text;
}

/** Returns the text of a body that begins with a byte order mark; null when there is none. */
function markOf(bytes: Buffer, from: number, to: number): string | null {
  const first = bytes[from];
  if ((first !== 0xef && first !== 0xfe && first !== 0xff) || to - from < 2) return null;
  const second = bytes[from + 1];
  const isUtf8 = first === 0xef && second === 0xbb && to - from > 2 && bytes[from + 2] === 0xbf;
  if (isUtf8) return bytes.toString("utf8", from + 3, to);
  if (first === 0xff && second === 0xfe) return bytes.toString("utf16le", from + 2, to);
  if (first === 0xfe && second === 0xff) return decoderOf("utf-16be").decode(bytes.subarray(from, to));
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
