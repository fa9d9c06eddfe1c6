/**
 * The end of what a process printed, on both of its streams in order of arrival: the last lines show why a program failed, and
 * it may write them to either stream.
 */
export class OutputTail {
  readonly #bytesMax: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #bytesSeen = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** True if something was left out at the beginning. */
  get isCut(): boolean {
    return this.#bytesSeen > this.#bytesMax;
  }

  follow(...streams: readonly NodeJS.ReadableStream[]): void {
    for (const stream of streams) stream.on("data", (chunk: Buffer) => this.push(chunk));
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#bytesSeen += chunk.length;
    for (let first = this.#chunks[0]; first !== undefined; first = this.#chunks[0]) {
      if (this.#bytes - first.length < this.#bytesMax) return;
      this.#chunks.shift();
      this.#bytes -= first.length;
    }
  }

  /** Returns at most `bytesMax` bytes; if the beginning is left out, the text begins with a whole line, if there is one. */
  text(): string {
    const all = Buffer.concat(this.#chunks);
    const end = all.subarray(Math.max(0, all.length - this.#bytesMax));
    if (!this.isCut) return end.toString("utf8");
    const newline = end.indexOf(0x0a);
    return end.subarray(newline < 0 || newline === end.length - 1 ? 0 : newline + 1).toString("utf8");
  }
}
