import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { abortAt } from "./deadline.ts";
import { ExitCode, GamedayError } from "./errors.ts";
import { OutputTail } from "./output-tail.ts";

export interface ExecOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The most bytes that are kept from the beginning of each stream. */
  readonly outputBytesMax?: number;
  /** The most bytes that are kept from the end of both streams together. */
  readonly tailBytesMax?: number;
}

export interface ExecResult {
  readonly argv: readonly string[];
  /** The exit code; null if a signal ended the program. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The end of what the program printed, both streams in order of arrival: it usually contains the reason of a failure. */
  readonly tail: string;
  /** True if the tail is not everything that the program printed. */
  readonly tailIsCut: boolean;
}

const DEADLINE_MS = 30_000;
const TAIL_BYTES_MAX = 4_096;

/**
 * Runs argv (never a shell) until it ends and returns the result, whatever it is. Throws if it cannot be started or has not
 * ended at the deadline, and throws the signal's reason if that is aborted; the program is killed then.
 */
export async function tryExec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const { signal, deadlineMs = DEADLINE_MS } = options;
  using limit = abortAt({ what: `"${argv.join(" ")}" to end`, deadlineMs, signal });
  return await run(argv, options, limit.signal);
}

function run(argv: readonly string[], options: ExecOptions, signal: AbortSignal): Promise<ExecResult> {
  const [file, ...args] = argv;
  if (file === undefined) throw new RangeError("expected argv with a program, got an empty list");
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      signal,
      killSignal: "SIGKILL",
      stdio: ["pipe", "pipe", "pipe"],
    });
    const keep = options.outputBytesMax ?? 4 << 20;
    const stdout = collect(child.stdout, keep);
    const stderr = collect(child.stderr, keep);
    const tail = new OutputTail(options.tailBytesMax ?? TAIL_BYTES_MAX);
    tail.follow(child.stdout, child.stderr);
    child.on("error", (cause) => reject(signal.aborted ? signal.reason : notStarted(argv, options.cwd, cause)));
    child.stdin.on("error", () => undefined); // EPIPE if the program ignores its input; the exit code shows whether it failed
    child.stdin.end(options.input ?? "");
    child.on("close", (code, killedBy) => {
      const ended = { tail: tail.text(), tailIsCut: tail.isCut };
      resolve({ argv, code, signal: killedBy, stdout: stdout(), stderr: stderr(), ...ended });
    });
  });
}

/** Does the same as tryExec, but throws, with the end of the output, unless the exit code is 0. */
export async function exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const result = await tryExec(argv, options);
  if (result.code === 0) return result;
  throw new GamedayError({
    code: "command-failed",
    expected: `"${argv.join(" ")}" to exit 0`,
    got: `${result.signal ?? `exit ${result.code}`}: ${result.tail.trim().slice(-600)}`,
    exitCode: ExitCode.notReady,
  });
}

function collect(stream: NodeJS.ReadableStream, keep: number): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    if (size < keep) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, keep).toString("utf8");
}

function notStarted(argv: readonly string[], folder: string | undefined, cause: Error): GamedayError {
  return new GamedayError({
    code: "command-not-started",
    expected: `to run "${argv.join(" ")}"`,
    got: whyNotStarted(argv[0] ?? "", folder, cause),
    exitCode: ExitCode.notReady,
    cause,
  });
}

/**
 * Explains why a program could not be started. The system reports ENOENT both for a missing program and for a missing working
 * folder.
 */
function whyNotStarted(program: string, folder: string | undefined, cause: NodeJS.ErrnoException): string {
  if (folder !== undefined && !existsSync(folder)) return `no folder ${folder} to start it in`;
  if (cause.code === "ENOENT") return `no program "${program}"${program.includes("/") ? "" : " on the PATH"}`;
  return cause.code === "EACCES" ? `no permission to execute "${program}"` : cause.message;
}
