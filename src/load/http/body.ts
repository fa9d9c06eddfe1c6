/**
 * Bodies that do not arrive whole with their head: delimited by length, by chunks, or by the end of the connection. A body is
 * fed bytes, copies what it keeps, and knows when it is whole. A body that is too large is read and counted, but not kept.
 */
import type { KeptBytes } from "./kept-bytes.ts";

export interface Body {
  /** Takes bytes and returns the index of the first one that is not part of this body. */
  feed(bytes: Buffer, from: number, to: number): number;
  readonly whole: boolean;
  /** Describes what is wrong with the framing; empty when nothing is. */
  readonly problem: string;
  /** The number of bytes that arrived, kept or not. */
  readonly size: number;
  /** True when the end of the connection is a proper end of this body. */
  readonly endsWithConnection: boolean;
  /** Returns all bytes so far as one buffer; null when they were too many to be kept. */
  bytes(): Buffer | null;
  /** Frees what is reserved for this body, once it no longer receives bytes. */
  release(): void;
}

/** The bytes of one arriving body; `kept` is null when nothing of it is to be kept. */
export class Pieces {
  #pieces: Buffer[] = [];
  #kept: KeptBytes | null;
  size = 0;

  constructor(kept: KeptBytes | null) {
    this.#kept = kept;
  }

  keep(bytes: Buffer, from: number, to: number): void {
    if (to <= from) return;
    const more = to - from;
    const before = this.size;
    this.size += more;
    if (this.#kept === null) return;
    if (!this.#kept.take(before, more)) return this.#drop(this.#kept, before);
    const piece = Buffer.allocUnsafe(more);
    bytes.copy(piece, 0, from, to);
    this.#pieces.push(piece);
    // Without this, a body that arrives byte by byte would hold thousands of tiny buffers.
    if (this.#pieces.length >= 512) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  join(): Buffer | null {
    if (this.#kept === null) return null;
    const [first] = this.#pieces;
    return this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces);
  }

  release(): void {
    if (this.#kept !== null) this.#drop(this.#kept, this.size);
  }

  #drop(kept: KeptBytes, held: number): void {
    kept.release(held);
    this.#kept = null;
    this.#pieces = [];
  }
}

export class LengthBody implements Body {
  readonly problem = "";
  readonly endsWithConnection = false;
  readonly #pieces: Pieces;
  readonly #length: number;

  constructor(length: number, kept: KeptBytes | null) {
    this.#length = length;
    this.#pieces = new Pieces(kept !== null && length <= kept.eachMax ? kept : null);
  }

  feed(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#length - this.#pieces.size);
    this.#pieces.keep(bytes, from, end);
    return end;
  }

  get whole(): boolean {
    return this.#pieces.size === this.#length;
  }

  get size(): number {
    return this.#pieces.size;
  }

  bytes(): Buffer | null {
    return this.#pieces.join();
  }

  release(): void {
    this.#pieces.release();
  }
}

export class UntilCloseBody implements Body {
  readonly problem = "";
  readonly whole = false;
  readonly endsWithConnection = true;
  readonly #pieces: Pieces;

  constructor(kept: KeptBytes | null) {
    this.#pieces = new Pieces(kept);
  }

  feed(bytes: Buffer, from: number, to: number): number {
    this.#pieces.keep(bytes, from, to);
    return to;
  }

  get size(): number {
    return this.#pieces.size;
  }

  bytes(): Buffer | null {
    return this.#pieces.join();
  }

  release(): void {
    this.#pieces.release();
  }
}

const STATE = { size: 0, extension: 1, sizeEnd: 2, data: 3, dataEnd: 4, dataEndFeed: 5, trailer: 6, trailerEnd: 7 };
/** The most bytes of one chunk-size line, or of all trailers. They contain nothing that is used here. */
const OVERHEAD_MAX = 16_384;
/** The largest chunk, 256 TB. A size may have many leading zeros, because some servers pad it. */
const SIZE_MAX = 2 ** 48;

/** A body in the chunked coding (RFC 9112, section 7.1). Extensions and trailers are skipped. */
export class ChunkedBody implements Body {
  whole = false;
  problem = "";
  readonly endsWithConnection = false;
  readonly #pieces: Pieces;
  #state = STATE.size;
  #left = 0;
  #digits = 0;
  #overhead = 0;
  #lineIsEmpty = true;

  constructor(kept: KeptBytes | null) {
    this.#pieces = new Pieces(kept);
  }

  feed(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && !this.whole && this.problem === "") {
      if (this.#state === STATE.data) at = this.#takeData(bytes, at, to);
      else this.#takeByte(bytes[at++] as number);
    }
    return at;
  }

  get size(): number {
    return this.#pieces.size;
  }

  bytes(): Buffer | null {
    return this.#pieces.join();
  }

  release(): void {
    this.#pieces.release();
  }

  #takeData(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#left);
    this.#pieces.keep(bytes, from, end);
    this.#left -= end - from;
    if (this.#left === 0) this.#state = STATE.dataEnd;
    return end;
  }

  #takeByte(byte: number): void {
    switch (this.#state) {
      case STATE.size:
        return this.#sizeByte(byte);
      case STATE.extension:
        return this.#extensionByte(byte);
      case STATE.sizeEnd:
        return byte === 10 ? this.#beginChunk() : this.#bad("a chunk size without a line end");
      case STATE.dataEnd:
        if (byte === 13) this.#state = STATE.dataEndFeed;
        else if (byte === 10) this.#beginSize();
        else this.#bad("a chunk longer than its size");
        return;
      case STATE.dataEndFeed:
        return byte === 10 ? this.#beginSize() : this.#bad("a chunk without a line end");
      default:
        return this.#trailerByte(byte);
    }
  }

  #sizeByte(byte: number): void {
    const value = hexValue(byte);
    if (value >= 0) {
      this.#left = this.#left * 16 + value;
      if (++this.#digits > OVERHEAD_MAX || this.#left > SIZE_MAX) this.#bad("a chunk size beyond all sense");
    } else if (this.#digits === 0) this.#bad("a chunk without a size");
    else if (byte === 13) this.#state = STATE.sizeEnd;
    else if (byte === 10) this.#beginChunk();
    else if (byte === 59 || byte === 32 || byte === 9) this.#state = STATE.extension;
    else this.#bad("a chunk size that is not hexadecimal");
  }

  #extensionByte(byte: number): void {
    if (byte === 13) this.#state = STATE.sizeEnd;
    else if (byte === 10) this.#beginChunk();
    else if (++this.#overhead > OVERHEAD_MAX) this.#bad(`more than ${OVERHEAD_MAX} bytes of chunk extensions`);
  }

  #beginSize(): void {
    this.#state = STATE.size;
    this.#left = 0;
    this.#digits = 0;
    this.#overhead = 0;
  }

  #beginChunk(): void {
    this.#state = this.#left > 0 ? STATE.data : STATE.trailer;
    this.#overhead = 0;
    this.#lineIsEmpty = true;
  }

  #trailerByte(byte: number): void {
    if (this.#state === STATE.trailerEnd && byte !== 10) return this.#bad("a carriage return alone in the trailers");
    if (++this.#overhead > OVERHEAD_MAX) return this.#bad(`more than ${OVERHEAD_MAX} bytes of trailers`);
    if (byte === 13) this.#state = STATE.trailerEnd;
    else if (byte === 10) {
      this.whole = this.#lineIsEmpty;
      this.#state = STATE.trailer;
      this.#lineIsEmpty = true;
    } else this.#lineIsEmpty = false;
  }

  #bad(problem: string): void {
    this.problem = problem;
  }
}

function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
