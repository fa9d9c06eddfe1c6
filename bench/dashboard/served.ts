/** The real `gameday serve` for a made run: what its process uses, its link, and watchers of its stream. Linux only: it reads /proc. */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";

const GAMEDAY = join(import.meta.dirname, "../../bin/gameday.mjs");
const TICKS_PER_SECOND = 100;

export class Served implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #env: NodeJS.ProcessEnv;
  readonly port: number;

  private constructor(child: ChildProcessByStdio<null, Readable, null>, env: NodeJS.ProcessEnv, port: number) {
    this.#child = child;
    this.#env = env;
    this.port = port;
  }

  static async start(runsFolder: string, stateFolder: string): Promise<Served> {
    const env = { ...process.env, GAMEDAY_STATE: stateFolder };
    const argv = [GAMEDAY, "serve", runsFolder, "--port", "0"];
    const child = spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<number>((resolve, reject) => {
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        const found = /127\.0\.0\.1:(\d+)/.exec(text)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
      child.once("exit", () => reject(new Error(`expected a dashboard, got its end: ${text}`)));
    });
    return new Served(child, env, port);
  }

  /** Returns a link that works once, which also controls. */
  link(): string {
    const argv = [GAMEDAY, "serve", "--link", "--port", String(this.port)];
    const said = execFileSync(process.execPath, argv, { env: this.#env, encoding: "utf8" });
    return /http:\S+/.exec(said)?.[0] ?? "";
  }

  /** Returns the seconds of CPU that the server has used. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Opens the stream of the run; resolves once its first bytes have come. */
  watch(run: string, heard: (text: string) => void = () => undefined): Promise<Socket> {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1", () =>
        socket.write(`GET /api/v1/runs/${run}/stream HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\n\r\n`),
      );
      socket.once("data", () => resolve(socket)).on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => heard(chunk.toString()));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}
