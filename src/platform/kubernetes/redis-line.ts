/**
 * One connection to a Redis or a Sentinel that is kept for many commands: opening one through a port-forward costs as much as
 * fifty of them.
 */
import { connect, type Socket } from "node:net";
import { decodeRedis, encodeRedis, type RedisAnswer } from "../ask.ts";

interface Waiting {
  resolve(answer: RedisAnswer): void;
  reject(reason: Error): void;
}

/** A connection on which answers arrive in the order of the commands. Once it has failed it stays failed; create a new one. */
export class RedisLine {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #bytes = Buffer.alloc(0);
  #failed: Error | null = null;

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the connection was closed")));
  }

  get failed(): boolean {
    return this.#failed !== null;
  }

  /**
   * Sends a command. Rejects with Redis' own error, or when the signal aborts; the connection is then given up, because a late
   * answer would be taken for that of the next command.
   */
  ask(command: readonly string[], signal: AbortSignal): Promise<RedisAnswer> {
    if (this.#failed !== null) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      const abort = () => this.#fail(new Error("no answer in time"));
      const done = () => signal.removeEventListener("abort", abort);
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push({
        resolve: (answer) => {
          done();
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        },
        reject: (reason) => {
          done();
          reject(reason);
        },
      });
      this.#socket.write(encodeRedis(command));
    });
  }

  close(): void {
    this.#fail(new Error("the connection was closed"));
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    let offset = 0;
    for (let read = decodeRedis(this.#bytes, 0); read !== null; read = decodeRedis(this.#bytes, offset)) {
      offset = read.next;
      this.#waiting.shift()?.resolve(read.value);
    }
    this.#bytes = this.#bytes.subarray(offset);
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#socket.destroy();
    for (const one of this.#waiting.splice(0)) one.reject(this.#failed);
  }
}
