/**
 * Bodies that do not come whole with their head: by length, chunked, or until the connection ends. A body is fed bytes,
 * copies what it keeps, and knows when it is whole.
 */
export interface Body {
  /** Takes bytes; gives the index of the first one that is not part of this body. */
  feed(bytes: Buffer, from: number, to: number): number;
  readonly whole: boolean;
  /** What is wrong with the framing; empty when nothing is. */
  readonly problem: string;
  readonly size: number;
  /** True when the end of the connection is a proper end of this body. */
  readonly endsWithConnection: boolean;
  /** All bytes kept so far, as one piece. */
  bytes(): Buffer;
}

class Pieces {
  #pieces: Buffer[] = [];
  size = 0;

  keep(bytes: Buffer, from: number, to: number): void {
    if (to <= from) return;
    const piece = Buffer.allocUnsafe(to - from);
    bytes.copy(piece, 0, from, to);
    this.#pieces.push(piece);
    this.size += to - from;
    // A body dribbled byte by byte would hold thousands of tiny buffers.
    if (this.#pieces.length >= 512) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  join(): Buffer {
    const [first] = this.#pieces;
    return this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces);
  }
}

export class LengthBody implements Body {
  readonly problem = "";
  readonly endsWithConnection = false;
  readonly #pieces = new Pieces();
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
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

  bytes(): Buffer {
    return this.#pieces.join();
  }
}

export class UntilCloseBody implements Body {
  readonly problem = "";
  readonly whole = false;
  readonly endsWithConnection = true;
  readonly #pieces = new Pieces();

  feed(bytes: Buffer, from: number, to: number): number {
    this.#pieces.keep(bytes, from, to);
    return to;
  }

  get size(): number {
    return this.#pieces.size;
  }

  bytes(): Buffer {
    return this.#pieces.join();
  }
}

const STATE = { size: 0, extension: 1, sizeEnd: 2, data: 3, dataEnd: 4, dataEndFeed: 5, trailer: 6, trailerEnd: 7 };
/** Bytes of one chunk-size line or of all trailers; they carry nothing that is used here. */
const OVERHEAD_MAX = 16_384;
/** A chunk of 256 TB; zeros before a size may be many, as servers that pad it write them. */
const SIZE_MAX = 2 ** 48;

/** The chunked coding (RFC 9112, 7.1): extensions and trailers are read over. */
export class ChunkedBody implements Body {
  whole = false;
  problem = "";
  readonly endsWithConnection = false;
  readonly #pieces = new Pieces();
  #state = STATE.size;
  #left = 0;
  #digits = 0;
  #overhead = 0;
  #lineIsEmpty = true;

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

  bytes(): Buffer {
    return this.#pieces.join();
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
