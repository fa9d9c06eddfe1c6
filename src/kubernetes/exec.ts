/** Runs a command in a running container over a WebSocket. A lost connection is an error here; the library never reports one. */
import { PassThrough, Readable, Writable } from "node:stream";
import type { V1Status } from "@kubernetes/client-node";
import type { ContainerReference, ExecOutcome } from "../kubernetes.ts";
import { ExitCode, GamedayError, messageOf } from "../std/errors.ts";
import type { ClusterLogin } from "./cluster-login.ts";
import { webSockets } from "./web-socket.ts";

const OUTPUT_BYTES_MAX = 1 << 20;

export interface PodExecOptions {
  readonly stdin?: string;
  readonly deadlineMs: number;
}

/** Throws GamedayError "kubernetes-exec" when the command could not be started, lost its connection, or took too long. */
export async function execInContainer(
  login: ClusterLogin,
  where: ContainerReference,
  argv: readonly string[],
  { options, signal }: { options: PodExecOptions; signal: AbortSignal },
): Promise<ExecOutcome> {
  const { Exec } = await import("@kubernetes/client-node");
  const { namespace, pod, container } = where;
  const [stdout, stderr] = [new Collected(), new Collected()];
  const stdin =
    options.stdin === undefined ? null : Readable.from([Buffer.from(options.stdin)]).pipe(new PassThrough());
  let status: V1Status | undefined;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(options.deadlineMs)]);
  try {
    const opening = new Exec(login.config, webSockets(login)).exec(
      namespace,
      pod,
      container,
      [...argv],
      stdout,
      stderr,
      stdin,
      false,
      (said) => {
        status = said;
      },
    );
    const socket = await settledBefore(opening, deadline, (late) => late.close());
    const closed = new Promise<string>((resolve) => {
      socket.on("close", (code: number) => resolve(`the connection closed (${code}) before an exit code came`));
      socket.on("error", (error: Error) => resolve(error.message));
    });
    const because = await settledBefore(closed, deadline, () => undefined).finally(() => socket.close());
    if (status === undefined) throw new Error(because);
  } catch (cause) {
    signal.throwIfAborted();
    throw notRun(where, argv, deadline.aborted ? `no end in ${options.deadlineMs / 1000} s` : messageOf(cause), cause);
  }
  return { code: exitCodeOf(status), stdout: stdout.text(), stderr: stderr.text() };
}

/** Returns 0 for success, the command's own exit code, or -1 when the server names none (the command could not be started). */
function exitCodeOf(status: V1Status): number {
  if (status.status === "Success") return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === "ExitCode");
  return Number(cause?.message ?? -1);
}

/** Returns the result of `promise` unless the signal aborts first; `late` then disposes of a result that still arrives. */
async function settledBefore<T>(promise: Promise<T>, signal: AbortSignal, late: (value: T) => void): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } catch (thrown) {
    promise.then(late, () => undefined);
    throw thrown;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

class Collected extends Writable {
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#bytes < OUTPUT_BYTES_MAX) this.#parts.push(chunk);
    this.#bytes += chunk.length;
    done();
  }

  text(): string {
    return Buffer.concat(this.#parts).toString("utf8");
  }
}

function notRun(
  { namespace, pod, container }: ContainerReference,
  argv: readonly string[],
  got: string,
  cause: unknown,
) {
  return new GamedayError({
    code: "kubernetes-exec",
    expected: `to run "${argv.join(" ").slice(0, 200)}" in container ${container} of pod ${namespace}/${pod}`,
    got,
    exitCode: ExitCode.notReady,
    cause,
  });
}
